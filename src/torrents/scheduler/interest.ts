import type { SchedulerState } from './model/scheduler-state.ts'
import type { Wire } from './model/wire.ts'

/**
 * Interest outlives the last want by so long: a player that seeks or opens its next request must
 * not wait for an unchoke, which a busy peer gives once in ten seconds at best.
 */
const LINGER_MS = 60_000
/** While a reader goes on, wants change all the time; they are looked at so often only. */
const INTERVAL_MS = 500

/** Tells each peer whether it has anything that is wanted. */
export class Interest {
  readonly #state: SchedulerState
  readonly #isWantedInBackground: (wire: Wire) => boolean
  #isDirty = false
  #isUrgent = false
  #updatedAt = Number.NEGATIVE_INFINITY
  #lingersUntil = Number.POSITIVE_INFINITY

  constructor(state: SchedulerState, isWantedInBackground: (wire: Wire) => boolean) {
    this.#state = state
    this.#isWantedInBackground = isWantedInBackground
  }

  /** When a look is due without further events; ms. */
  get wakeAt(): number {
    const next = this.#isDirty ? this.#updatedAt + INTERVAL_MS : Number.POSITIVE_INFINITY
    return Math.min(next, this.#lingersUntil)
  }

  /** What is wanted has changed a little. */
  touch(): void {
    this.#isDirty = true
  }

  /** Somebody else is wanted now: peers must hear of it at once. */
  touchUrgently(): void {
    this.#isDirty = true
    this.#isUrgent = true
  }

  update(now: number): void {
    if (!this.#isUrgent && now < this.wakeAt) return
    this.#isDirty = false
    this.#isUrgent = false
    this.#updatedAt = now
    this.#lingersUntil = Number.POSITIVE_INFINITY
    for (const wire of this.#state.wires.values()) this.#updateWire(wire, now)
  }

  #updateWire(wire: Wire, now: number): void {
    const isWanted = this.#isWanted(wire)
    if (wire.isWanted && !isWanted) wire.wantedUntil = now + LINGER_MS
    wire.isWanted = isWanted
    if (isWanted) {
      if (!wire.isInterested) this.#tell(wire, true)
    } else if (wire.isInterested) {
      if (now >= wire.wantedUntil) this.#tell(wire, false)
      else this.#lingersUntil = Math.min(this.#lingersUntil, wire.wantedUntil)
    }
  }

  #tell(wire: Wire, isInterested: boolean): void {
    wire.isInterested = isInterested
    this.#state.actions.interest(wire)
  }

  #isWanted(wire: Wire): boolean {
    if (wire.isBanned) return false
    if (wire.queue.size > 0) return true
    return this.#isWantedByStreams(wire) || this.#isWantedInBackground(wire)
  }

  #isWantedByStreams(wire: Wire): boolean {
    const { layout, ledger, order } = this.#state
    for (const { from, to, state } of order.ranges) {
      if (!state.isActive) continue
      const last = layout.pieceOf(to - 1)
      for (let piece = layout.pieceOf(from); piece <= last; piece++) {
        if (!ledger.have.has(piece) && wire.pieces.has(piece)) return true
      }
    }
    return false
  }
}
