import { BLOCK_LENGTH } from '../pieces/block.ts'
import type { SchedulerState } from './model/scheduler-state.ts'

/** Requests that peers refuse (BEP 6, "Reject Request"). */
export class Rejections {
  readonly #state: SchedulerState

  constructor(state: SchedulerState) {
    this.#state = state
  }

  /** False where there is no such request. */
  rejected(id: number, piece: number, offset: number): boolean {
    const { ledger, layout, wires } = this.#state
    const wire = wires.get(id)
    if (wire === undefined || !layout.isPiece(piece)) return false
    const sample = wire.samples === 0 ? null : this.#state.samples.take(wire, piece, offset)
    if (sample !== null) {
      // Whoever chokes rejects all that stands open.
      if (wire.mayServe(piece)) this.#state.samples.refused(sample)
      else sample.reliedOnUntil = Number.NEGATIVE_INFINITY
      return true
    }
    // A request that was taken back is answered as well (BEP 6), which says nothing of a later one.
    const block = offset / BLOCK_LENGTH
    const index = layout.firstBlockOf(piece) + block
    if (this.#state.takeCancelled(wire, index) !== null) return true
    const request = ledger.downloading(piece)?.requestOf(block, id) ?? null
    if (request === null) return false
    this.#state.drop(wire, request)
    // Whoever chokes rejects all that stands open (BEP 6); it may have it again once it unchokes.
    if (!wire.mayServe(piece)) return true
    wire.rejected(index)
    if (wire.conduct.isFailing) this.#state.release(wire)
    return true
  }
}
