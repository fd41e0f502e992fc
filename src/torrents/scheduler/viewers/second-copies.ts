import { BLOCK_LENGTH } from '../../pieces/block.ts'
import { ENOUGH_DELIVERING } from '../model/queue-limit.ts'
import type { SchedulerState } from '../model/scheduler-state.ts'
import {
  ASSUMED_BYTES_PER_MS,
  LARGE_PIECE_BYTES,
  READY_BLOCKS,
  type WindowState,
} from '../model/stream-window.ts'
import { ensureCopies, MOST_HOLDERS } from './block-copies.ts'

/** Blocks at a reader's position that are fetched twice while no address is trusted. */
const FIRST_COPIES = 2
/** A piece of so many blocks is whole before second copies could be compared. */
const SMALL_PIECE_BLOCKS = 8
/** Blocks for which no wire has room: the rest can wait for the next plan. */
const MOST_REFUSALS = 16
/** A piece that will be whole so soon needs no second copies of its blocks; ms. */
const SOON_VERIFIED_MS = 300

/**
 * Early serving: a block is good for a viewer before its piece is verified once it has come from a
 * trusted address, or from two addresses with the same bytes.
 */
export class SecondCopies {
  readonly #state: SchedulerState

  constructor(state: SchedulerState) {
    this.#state = state
  }

  request(now: number): void {
    for (const state of this.#state.order.states) {
      if (!state.isStarving || state.window.priority === 'prefetch') continue
      if (this.#needsProof(state)) {
        if (this.#state.pace.trusted === 0) this.#copyHead(state, now)
        if (state.window.waiting) this.#copyUnproven(state, now)
      } else this.#hedge(state, now)
    }
  }

  #needsProof(state: WindowState): boolean {
    const { layout, provenance } = this.#state
    if (provenance.verification !== 'proven' || state.isHashedOnly) return false
    return layout.blocksPerPiece > SMALL_PIECE_BLOCKS
  }

  /** While nobody has delivered, one peer in some is dead: the first block must not hang on it. */
  #hedge(state: WindowState, now: number): void {
    if (this.#state.pace.delivering > 0) return
    if (state.front === state.startBlock) this.#copy(state.startBlock, MOST_HOLDERS, false, 0, now)
  }

  #copyHead(state: WindowState, now: number): void {
    const { layout, pace } = this.#state
    const isLarge = layout.pieceLength > LARGE_PIECE_BYTES
    const end = state.anchor + (isLarge ? READY_BLOCKS : FIRST_COPIES)
    // Each block comes twice.
    const msPerBlock = pace.blocksPerMs === 0 ? 0 : 2 / pace.blocksPerMs
    const isBlind = pace.delivering < ENOUGH_DELIVERING
    let refusals = 0
    for (let index = state.playableFront; index < Math.min(end, state.endBlock); index++) {
      const isFirst = index < state.anchor + FIRST_COPIES
      const copies = isBlind && isFirst ? MOST_HOLDERS : 2
      const dueMs = (index - state.playableFront) * msPerBlock
      if (!this.#copy(index, copies, true, dueMs, now) && ++refusals >= MOST_REFUSALS) return
    }
  }

  /** What the reader waits for is here, from an untrusted address, and its piece takes long. */
  #copyUnproven(state: WindowState, now: number): void {
    const { layout, ledger, pace, provenance } = this.#state
    const piece = layout.pieceOf(state.playableFront)
    const open = ledger.openPiece(piece)
    if (open === null || pace.blocksPerMs === 0) return
    const isLarge = layout.pieceLength > LARGE_PIECE_BYTES
    if (pace.trusted === 0 && !isLarge) return
    if (open.missing / pace.blocksPerMs < SOON_VERIFIED_MS) return
    // No faster than it is played: a player that only fills its buffer can wait for the hash.
    const bytes = (now - state.soughtAt) * (state.window.bytesPerMs || ASSUMED_BYTES_PER_MS)
    const played = state.anchor + Math.ceil(bytes / BLOCK_LENGTH)
    const end = Math.min(played, state.endBlock, layout.endBlockOf(piece))
    let refusals = 0
    for (let index = state.playableFront; index < end; index++) {
      const sender = provenance.senderOf(piece, index - open.firstBlock)
      if (sender === undefined ? pace.trusted > 0 : provenance.isTrusted(sender.peer)) continue
      if (!this.#copy(index, 2, true, 0, now) && ++refusals >= MOST_REFUSALS) return
    }
  }

  #copy(index: number, copies: number, otherAddress: boolean, dueMs: number, now: number): boolean {
    return ensureCopies(this.#state, index, { copies, otherAddress, dueMs, excess: 0 }, now)
  }
}
