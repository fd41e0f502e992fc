import { BLOCK_LENGTH } from '../../pieces/block.ts'
import { ENOUGH_DELIVERING } from '../model/queue-limit.ts'
import {
  ASSUMED_BYTES_PER_MS,
  LARGE_PIECE_BYTES,
  READY_BLOCKS,
  type Reader,
} from '../model/reader.ts'
import type { SchedulerState } from '../model/scheduler-state.ts'
import { type CopyNeed, ensureCopies, MOST_HOLDERS } from './block-copies.ts'
import { MOST_OF_A_BLOCK } from './samples.ts'

/** Blocks at a reader's position that are fetched twice while no address is trusted. */
const FIRST_COPIES = 2
/** A piece of so many blocks is whole before second copies could be compared. */
const SMALL_PIECE_BLOCKS = 8
/** Blocks for which no wire has room: the rest can wait for the next plan. */
const MOST_REFUSALS = 16
/** A piece that will be whole so soon needs no second copies of its blocks; ms. */
const SOON_VERIFIED_MS = 300

/** From any wire, as soon as can be. */
const HEDGE: CopyNeed = { copies: MOST_HOLDERS, otherAddress: false, dueMs: 0, excess: 0 }
/** From two addresses, as soon as can be. */
const SECOND_COPY: CopyNeed = { copies: 2, otherAddress: true, dueMs: 0, excess: 0 }

/**
 * Early serving: a block is good for a viewer before its piece is verified once it has come from a
 * trusted peer, or from two addresses with the same bytes.
 */
export class SecondCopies {
  readonly #state: SchedulerState

  constructor(state: SchedulerState) {
    this.#state = state
  }

  request(): void {
    for (const reader of this.#state.order.readers) {
      if (!reader.isStarving || reader.window.priority === 'prefetch') continue
      if (this.#needsProof(reader)) {
        if (this.#state.pace.trusted === 0) this.#copyHead(reader)
        if (reader.window.waiting) this.#copyUnproven(reader)
      } else this.#hedge(reader)
    }
  }

  #needsProof(reader: Reader): boolean {
    const { layout, provenance } = this.#state
    if (provenance.verification !== 'proven' || reader.isHashedOnly) return false
    return layout.blocksPerPiece > SMALL_PIECE_BLOCKS
  }

  /** While nobody has delivered, one peer in some is dead: the first block must not hang on it. */
  #hedge(reader: Reader): void {
    if (this.#state.pace.delivering > 0) return
    if (reader.front === reader.startBlock) ensureCopies(this.#state, reader.startBlock, HEDGE)
  }

  #copyHead(reader: Reader): void {
    const { layout, pace } = this.#state
    const isLarge = layout.pieceLength > LARGE_PIECE_BYTES
    const end = reader.anchor + (isLarge && !this.#state.canSample ? READY_BLOCKS : FIRST_COPIES)
    // Each block comes twice.
    const msPerBlock = pace.blocksPerMs === 0 ? 0 : 2 / pace.blocksPerMs
    const isBlind = pace.delivering < ENOUGH_DELIVERING
    let refusals = 0
    for (let index = reader.playableFront; index < Math.min(end, reader.endBlock); index++) {
      const isFirst = index < reader.anchor + FIRST_COPIES
      const copies = isBlind && isFirst ? MOST_HOLDERS : 2
      const dueMs = (index - reader.playableFront) * msPerBlock
      const need = { copies, otherAddress: true, dueMs, excess: 0 }
      if (!ensureCopies(this.#state, index, need) && ++refusals >= MOST_REFUSALS) return
    }
  }

  /** Nobody will vouch for the block: its sender was caught, or enough have been asked in vain. */
  #isBeyondSamples(index: number, sender: string): boolean {
    const { now, provenance, samples } = this.#state
    if (provenance.isDiscredited(sender) || samples.isHopeless(index)) return true
    const asked = samples.of(index)
    if (asked.length < MOST_OF_A_BLOCK) return false
    return asked.every(({ reliedOnUntil }) => reliedOnUntil <= now)
  }

  /** What the reader waits for is here, from an untrusted address, and its piece takes long. */
  #copyUnproven(reader: Reader): void {
    const { canSample, layout, ledger, now, pace, provenance } = this.#state
    const piece = layout.pieceOf(reader.playableFront)
    const downloading = ledger.downloading(piece)
    if (downloading === null || pace.blocksPerMs === 0) return
    const isLarge = layout.pieceLength > LARGE_PIECE_BYTES
    if (pace.trusted === 0 && !isLarge && !canSample) return
    if (downloading.missing / pace.blocksPerMs < SOON_VERIFIED_MS) return
    // No faster than it is played: a player that only fills its buffer can wait for the hash.
    const bytes = (now - reader.soughtAt) * (reader.window.bytesPerMs || ASSUMED_BYTES_PER_MS)
    const played = reader.anchor + Math.ceil(bytes / BLOCK_LENGTH)
    const end = Math.min(played, reader.endBlock, layout.endBlockOf(piece))
    let refusals = 0
    for (let index = reader.playableFront; index < end; index++) {
      const sender = provenance.senderOf(piece, index - downloading.firstBlock)
      if (
        sender === undefined ? pace.trusted > 0 || canSample : provenance.isTrusted(sender.peer)
      ) {
        continue
      }
      if (canSample && sender !== undefined && !this.#isBeyondSamples(index, sender.peer)) continue
      if (!ensureCopies(this.#state, index, SECOND_COPY) && ++refusals >= MOST_REFUSALS) return
    }
  }
}
