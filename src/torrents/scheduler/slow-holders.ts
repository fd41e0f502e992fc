import type { DownloadingPiece } from './model/downloading-piece.ts'
import type { SchedulerState } from './model/scheduler-state.ts'
import type { Wire } from './model/wire.ts'

/** Holders of whole pieces are judged so often; ms. */
const INTERVAL_MS = 500
/** A piece that is whole so soon stays where it is, while somebody reads it and otherwise; ms. */
const AWAITED_MS = 2_000
const PATIENCE_MS = 10_000
/** Another must have it so many times sooner, from its first block on. */
const ADVANTAGE = 4

/**
 * A piece that only one peer may send is in that peer's hands: where it trickles, the piece goes to
 * somebody who has it much sooner.
 */
export class SlowHolders {
  readonly #state: SchedulerState
  #lookedAt = Number.NEGATIVE_INFINITY

  constructor(state: SchedulerState) {
    this.#state = state
  }

  relieve(): void {
    const { ledger, now, parole, wires } = this.#state
    if (!parole.isActive || now < this.#lookedAt + INTERVAL_MS) return
    this.#lookedAt = now
    for (const wire of wires.values()) {
      for (const piece of parole.reservedFor(wire.peer)) {
        const downloading = ledger.downloading(piece)
        if (downloading !== null && this.#isTooSlow(wire, downloading)) this.#takeFrom(wire, piece)
      }
    }
  }

  #isTooSlow(holder: Wire, { blockCount, missing, piece }: DownloadingPiece): boolean {
    const { order, wires } = this.#state
    const remaining = msFor(holder, missing)
    if (remaining < (order.coversPiece(piece) ? AWAITED_MS : PATIENCE_MS)) return false
    for (const wire of wires.values()) {
      if (wire === holder || !wire.isDelivering || !wire.canBeAsked) continue
      if (!wire.pieces.gives(piece)) continue
      if (ADVANTAGE * msFor(wire, blockCount) < remaining) return true
    }
    return false
  }

  #takeFrom(wire: Wire, piece: number): void {
    for (const request of wire.queue.toArray()) {
      if (request.piece === piece) this.#state.cancel(request)
    }
    this.#state.parole.tooSlow(wire.peer)
    this.#state.release(wire)
  }
}

/** How long the wire will take for so many blocks; ms. */
function msFor(wire: Wire, blocks: number): number {
  return blocks * wire.timing.blockMs + wire.answers.overdueMs
}
