import type { SchedulerState } from './model/scheduler-state.ts'

/** Verified pieces are missing again; what is being downloaded goes on. */
export function losePieces(state: SchedulerState, pieces: readonly number[]): void {
  const { ledger, order, provenance } = state
  for (const piece of pieces) {
    if (!ledger.have.has(piece)) continue
    provenance.forget(piece)
    ledger.failed(piece)
  }
  order.outdate()
  state.workVersion++
}

/** What is here of a piece that has been begun is thrown away, and what was asked for is taken back. */
export function giveUpPiece(state: SchedulerState, piece: number): void {
  const { layout, ledger, provenance, samples } = state
  const [from, to] = [layout.firstBlockOf(piece), layout.endBlockOf(piece)]
  for (let index = from; index < to; index++) state.cancelHolders(index)
  provenance.forget(piece)
  samples.forget(from, to)
  ledger.failed(piece)
  state.workVersion++
}
