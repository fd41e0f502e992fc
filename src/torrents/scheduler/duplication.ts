import { BLOCK_LENGTH } from '../block.ts'
import { MISSING, type OpenPiece } from './open-piece.ts'
import { remainingMs } from './patience.ts'
import type { SchedulerState } from './scheduler-state.ts'
import { READY_BLOCKS, type WindowState } from './stream-window.ts'
import { giveUpHolder, MOST_HOLDERS, soonestWire } from './wire-choice.ts'

/** A block that comes within this is not worth asking for again; ms. */
const PATIENCE_MS = 120
/** The other wire must be better by this factor. */
const ADVANTAGE = 1.5
/** Blocks not here that are looked at for each reader; more are never urgent at once. */
const MOST_LOOKED_AT = 256
/** Wires found full for so many blocks: the rest can wait for the next plan. */
const MOST_REFUSALS = 8
/** A duplicate may stand so far beyond the limit of a queue. */
const EXCESS_BLOCKS = 2

const NEED = { otherAddress: false, delivering: true, excess: EXCESS_BLOCKS }

/** Asks a second wire for what a reader waits for, where the first one is too slow with it. */
export class Duplication {
  readonly #state: SchedulerState

  constructor(state: SchedulerState) {
    this.#state = state
  }

  request(now: number): void {
    for (const state of this.#state.order.states) {
      if (state.isStarving) this.#look(state, now)
    }
  }

  #look(state: WindowState, now: number): void {
    const { ledger, layout } = this.#state
    const { from, to } = this.#urgent(state)
    let looked = 0
    let refusals = 0
    let index = ledger.firstMissing(from, to)
    while (index < to && looked < MOST_LOOKED_AT && refusals < MOST_REFUSALS) {
      const open = ledger.openPiece(layout.pieceOf(index))
      if (open !== null && open.states[index - open.firstBlock] !== MISSING) {
        if (!this.#consider(open, index, this.#dueOf(state, index), now)) refusals++
      }
      looked++
      index = ledger.firstMissing(index + 1, to)
    }
  }

  /** The piece waited for and the next, and what a player starts with where that is more. */
  #urgent(state: WindowState): { from: number; to: number } {
    const { layout } = this.#state
    const { endBlock, front, isHashedOnly, playableFront } = state
    const waited = layout.pieceOf(playableFront)
    const to = Math.max(layout.firstBlockOf(waited + 2), playableFront + READY_BLOCKS)
    // What is here and cannot be seen waits for the rest of its piece, wherever that is.
    const isHashAwaited = isHashedOnly || playableFront < front
    const from = isHashAwaited ? layout.firstBlockOf(waited) : front
    const last = layout.pieceOf(endBlock - 1)
    return { from, to: Math.min(isHashAwaited ? layout.endBlockOf(last) : endBlock, to) }
  }

  /** In ms from now; what a reader waits for is overdue. */
  #dueOf({ window, startBlock }: WindowState, index: number): number {
    if (window.waiting || window.bytesPerMs === 0) return 0
    return (Math.max(0, index - startBlock) * BLOCK_LENGTH) / window.bytesPerMs
  }

  /** False where no wire is better. */
  #consider(open: OpenPiece, index: number, dueMs: number, now: number): boolean {
    const { pace } = this.#state
    const block = index - open.firstBlock
    let remaining = Number.POSITIVE_INFINITY
    for (let r = open.holders[block] ?? null; r !== null; r = r.nextHolder) {
      remaining = Math.min(remaining, remainingMs(r, pace, now))
    }
    if (remaining <= Math.max(PATIENCE_MS, dueMs)) return true
    const wire = soonestWire(this.#state, index, NEED, now)
    if (wire === null || remaining <= ADVANTAGE * (wire.completion(now) - now)) return false
    if (open.holderCount(block) >= MOST_HOLDERS && !giveUpHolder(this.#state, open, block, now)) {
      return true
    }
    this.#state.request(wire, index, 'stream', now)
    return true
  }
}
