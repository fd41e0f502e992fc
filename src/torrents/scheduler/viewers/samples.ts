import { BLOCK_LENGTH } from '../../pieces/block.ts'
import { ENOUGH_DELIVERING } from '../model/queue-limit.ts'
import { READY_BLOCKS, type Reader } from '../model/reader.ts'
import type { Sample } from '../model/sample-book.ts'
import type { SchedulerState } from '../model/scheduler-state.ts'
import type { Wire } from '../model/wire.ts'

/** Bytes of a sample: with its messages less than 1 % of a block. */
const SAMPLE_BYTES = 128
/** Samples of a block altogether: what they do not settle, a second copy does. */
export const MOST_OF_A_BLOCK = 5
/** An answer is waited for so long, or for so many times what it should take; ms. */
const PATIENCE_MS = 120
const PATIENCE = 1.5
/** Comparing with what is on the disk takes no longer; ms. */
const COMPARING_MS = 100
/** Samples that stand open with one wire; a peer that is silent is asked for no more. */
const MOST_OF_A_WIRE = 64
/** Wires are as good as the soonest when they are later by no more; ms. */
const AS_GOOD_MS = 20

/**
 * Lets peers vouch for each other: of each block that a viewer waits for or will probably begin with, and
 * whose sender nobody knows, a random stretch is asked of another address at the same time. Neither of the
 * two can tell what the other is asked for, so wrong bytes contradict what is right.
 */
export class Samples {
  readonly #state: SchedulerState
  readonly #random: () => number

  constructor(state: SchedulerState, random: () => number) {
    this.#state = state
    this.#random = random
  }

  /** After the blocks have been assigned, as it depends on who is asked for them. */
  request(): void {
    if (!this.#state.canSample) return
    for (const reader of this.#state.order.readers) {
      if (reader.isStarving || reader.isPrefetching) this.#sampleAhead(reader)
    }
  }

  #sampleAhead(reader: Reader): void {
    const { ledger, layout, samples } = this.#state
    // Whoever waits for hashes has whole pieces fetched.
    const last = reader.isHashedOnly
      ? layout.endBlockOf(layout.pieceOf(reader.endBlock - 1))
      : reader.endBlock
    let index = reader.playableFront
    const end = Math.min(last, index + READY_BLOCKS)
    while (index < end && samples.hasRoom) {
      const piece = layout.pieceOf(index)
      const pieceEnd = Math.min(end, layout.endBlockOf(piece))
      if (ledger.downloading(piece) !== null) {
        for (; index < pieceEnd && samples.hasRoom; index++) this.#sample(piece, index)
      }
      index = pieceEnd
    }
  }

  #sample(piece: number, index: number): void {
    const { now, pace, samples } = this.#state
    const senders = this.#unknownSenders(piece, index)
    if (senders === null) return
    const known = samples.of(index)
    // While hardly anybody has delivered, one of two may be dead; and then it is known who is not.
    const isBlind = pace.delivering < ENOUGH_DELIVERING
    const relied = known.filter(({ isAnswered, reliedOnUntil, wire }) => {
      if (now >= reliedOnUntil || senders.includes(wire.address)) return false
      return isBlind || isAnswered || wire.isDelivering
    })
    const wanted = isBlind ? 2 : 1
    const asked = known.map(({ wire }) => wire.address)
    for (let count = relied.length; count < wanted && asked.length < MOST_OF_A_BLOCK; count++) {
      const wire = this.#pick(piece, [...senders, ...asked])
      if (wire === null) {
        if (count === 0) samples.noteHopeless(index)
        return
      }
      this.#ask(wire, piece, index)
      asked.push(wire.address)
    }
  }

  /**
   * Addresses of those that have sent the block or, where it is not here, were asked for it; `null`
   * where it needs no sample.
   */
  #unknownSenders(piece: number, index: number): readonly string[] | null {
    const { layout, ledger, provenance } = this.#state
    const block = index - layout.firstBlockOf(piece)
    const sender = provenance.senderOf(piece, block)
    if (sender !== undefined) {
      const isSettled = provenance.mayBeShown(piece, block, { verifiedOnly: false })
      // Whoever was caught is not vouched for.
      return isSettled || provenance.isDiscredited(sender.peer) ? null : [sender.address]
    }
    const addresses: string[] = []
    let isAnyUnknown = false
    for (let r = ledger.holdersOf(index); r !== null; r = r.nextHolder) {
      addresses.push(r.wire.address)
      if (!provenance.isTrusted(r.wire.peer)) isAnyUnknown = true
    }
    return isAnyUnknown ? addresses : null
  }

  /** One of the soonest, at random. */
  #pick(piece: number, involved: readonly string[]): Wire | null {
    const { now, pace, provenance, samples, wires } = this.#state
    const isBlind = pace.delivering < ENOUGH_DELIVERING
    const able: Wire[] = []
    let soonest = Number.POSITIVE_INFINITY
    for (const wire of wires.values()) {
      if (!wire.canBeAsked || !wire.pieces.gives(piece) || involved.includes(wire.address)) continue
      if (!isBlind && !wire.isDelivering) continue
      if (!samples.mayBeAsked(wire) || provenance.isDiscredited(wire.peer)) continue
      if (wire.samples >= MOST_OF_A_WIRE || wire.queue.size + 2 > wire.requestLimit) continue
      able.push(wire)
      soonest = Math.min(soonest, wire.answers.completion)
    }
    const latest = now + PATIENCE * (soonest - now) + AS_GOOD_MS
    const good = able.filter(({ answers }) => answers.completion <= latest)
    return good[Math.floor(this.#random() * good.length)] ?? null
  }

  #ask(wire: Wire, piece: number, index: number): void {
    const { actions, layout, now, samples } = this.#state
    const block = index - layout.firstBlockOf(piece)
    const spare = layout.blockLength(piece, block) - SAMPLE_BYTES
    if (spare < 1) return
    const sample: Sample = {
      ...{ wire, piece, index, length: SAMPLE_BYTES, isAnswered: false },
      // What begins where a block begins would be taken for a block.
      offset: block * BLOCK_LENGTH + 1 + Math.floor(this.#random() * spare),
      reliedOnUntil: now + Math.max(PATIENCE_MS, PATIENCE * (wire.answers.completion - now)),
    }
    samples.asked(sample)
    actions.sample(sample)
  }

  /** A sample has come. */
  answered(sample: Sample): void {
    const { layout, ledger, now } = this.#state
    const { piece, index } = sample
    sample.isAnswered = true
    const isHere = ledger.downloading(piece)?.isHere(index - layout.firstBlockOf(piece)) ?? false
    sample.reliedOnUntil = isHere ? now + COMPARING_MS : Number.POSITIVE_INFINITY
  }

  /** The block has come: what was sampled before is being compared. */
  blockReceived(index: number): void {
    for (const sample of this.#state.samples.of(index)) {
      if (sample.isAnswered) sample.reliedOnUntil = this.#state.now + COMPARING_MS
    }
  }
}
