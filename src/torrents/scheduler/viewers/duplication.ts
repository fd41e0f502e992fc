import { BLOCK_LENGTH } from '../../pieces/block.ts'
import { type DownloadingPiece, MISSING } from '../model/downloading-piece.ts'
import { soonestAnswerMs } from '../model/patience.ts'
import { READY_BLOCKS, type Reader } from '../model/reader.ts'
import type { SchedulerState } from '../model/scheduler-state.ts'
import { ensureCopies, GOOD_ENOUGH_MS } from './block-copies.ts'

/** Holders are judged no more often; ms. */
const INTERVAL_MS = 5
/** Blocks not here that are looked at for each reader; more are never urgent at once. */
const MOST_LOOKED_AT = 256
/** Wires found full for so many blocks: the rest can wait for the next plan. */
const MOST_REFUSALS = 8
/** A duplicate may stand so far beyond the limit of a queue. */
const EXCESS_BLOCKS = 2

/** Blocks that a reader needs soon. */
interface UrgentBlocks {
  readonly from: number
  /** Exclusive. */
  readonly to: number
  /** The reader sees none of them before their piece is whole. */
  readonly isHashAwaited: boolean
}

/** One of them that comes later than is good. */
interface LateBlock extends UrgentBlocks {
  readonly index: number
  /** When what comes before it is here; ms from now. */
  readonly beforeMs: number
}

/** Asks a second wire for what a reader waits for, where the first one is too slow with it. */
export class Duplication {
  readonly #state: SchedulerState
  #lookedAt = Number.NEGATIVE_INFINITY

  constructor(state: SchedulerState) {
    this.#state = state
  }

  request(): void {
    const { now } = this.#state
    if (now < this.#lookedAt + INTERVAL_MS) return
    this.#lookedAt = now
    for (const reader of this.#state.order.readers) {
      if (reader.isStarving) this.#look(reader)
    }
  }

  #look(reader: Reader): void {
    const { ledger, layout } = this.#state
    const urgent = this.#urgent(reader)
    const { from, to } = urgent
    let looked = 0
    let refusals = 0
    // What comes before a block is not here sooner than this; ms from now.
    let beforeMs = 0
    let index = ledger.firstMissing(from, to)
    while (index < to && looked < MOST_LOOKED_AT && refusals < MOST_REFUSALS) {
      const piece = layout.pieceOf(index)
      const downloading = ledger.downloading(piece)
      const block = index - layout.firstBlockOf(piece)
      if (downloading !== null && downloading.blocks[block] !== MISSING) {
        const expected = this.#expectedMs(downloading, block)
        const isLate = expected > Math.max(beforeMs, GOOD_ENOUGH_MS)
        if (isLate && !this.#askAnother(reader, { index, beforeMs, ...urgent })) refusals++
        const answer = isLate ? this.#expectedMs(downloading, block) : expected
        if (Number.isFinite(answer)) beforeMs = Math.max(beforeMs, answer)
      }
      looked++
      index = ledger.firstMissing(index + 1, to)
    }
  }

  /** When a block that was asked for will be here; ms from now. */
  #expectedMs({ holders }: DownloadingPiece, block: number): number {
    return soonestAnswerMs(this.#state, holders[block] ?? null)
  }

  /** Another wire is asked where that is worth it. False: none has room. */
  #askAnother(reader: Reader, { index, from, beforeMs, isHashAwaited }: LateBlock): boolean {
    const { layout } = this.#state
    // A piece is awaited as a whole: its first block is no more urgent than its last.
    const last = isHashAwaited ? layout.endBlockOf(layout.pieceOf(index)) - 1 : index
    const dueMs = Math.max(beforeMs, this.#dueMs(reader, from, last))
    const need = { copies: 1, otherAddress: false, dueMs, excess: EXCESS_BLOCKS }
    return ensureCopies(this.#state, index, need)
  }

  /** The piece waited for and the next, and what a player starts with where that is more. */
  #urgent(reader: Reader): UrgentBlocks {
    const { layout } = this.#state
    const { endBlock, front, isHashedOnly, playableFront } = reader
    const waited = layout.pieceOf(playableFront)
    const to = Math.max(layout.firstBlockOf(waited + 2), playableFront + READY_BLOCKS)
    // What is here and cannot be seen waits for the rest of its piece, wherever that is, unless others vouch for it.
    const isHashAwaited = isHashedOnly || (playableFront < front && !this.#state.canSample)
    const from = isHashAwaited ? layout.firstBlockOf(waited) : front
    const last = layout.pieceOf(endBlock - 1)
    return {
      from,
      to: Math.min(isHashAwaited ? layout.endBlockOf(last) : endBlock, to),
      isHashAwaited,
    }
  }

  /**
   * When the block is needed, ms from now: once all blocks before it are here, as fast as the
   * swarm sends them, and no sooner than the reader gets there.
   */
  #dueMs({ window, startBlock }: Reader, from: number, index: number): number {
    const { blocksPerMs } = this.#state.pace
    const missing = this.#state.ledger.countMissing(from, index)
    const sent = blocksPerMs === 0 ? 0 : missing / blocksPerMs
    if (window.waiting || window.bytesPerMs === 0) return sent
    return Math.max(sent, ((index - startBlock) * BLOCK_LENGTH) / window.bytesPerMs)
  }
}
