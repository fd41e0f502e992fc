import type { SchedulerState } from './model/scheduler-state.ts'

/** Pieces that are not here any more, and nobody is to blame for it: files have changed, room is needed. */
export class Losses {
  readonly #state: SchedulerState

  constructor(state: SchedulerState) {
    this.#state = state
  }

  /** Verified pieces are missing again; what is being downloaded goes on. */
  lost(pieces: readonly number[]): void {
    const { ledger, order, provenance } = this.#state
    for (const piece of pieces) {
      if (!ledger.have.has(piece)) continue
      provenance.forget(piece)
      ledger.failed(piece)
    }
    order.outdate()
    this.#state.workVersion++
  }

  /** What is here of a piece is thrown away, and what was asked for is taken back. */
  givenUp(piece: number): void {
    const { layout, ledger, provenance, samples } = this.#state
    const [from, to] = [layout.firstBlockOf(piece), layout.endBlockOf(piece)]
    for (let index = from; index < to; index++) this.#state.cancelHolders(index)
    provenance.forget(piece)
    samples.forget(from, to)
    ledger.failed(piece)
    this.#state.workVersion++
  }
}
