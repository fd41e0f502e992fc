import type { BlockRequest } from '../model/block-request.ts'
import { remainingMs } from '../model/patience.ts'
import type { SchedulerState } from '../model/scheduler-state.ts'
import type { Wire } from '../model/wire.ts'

/** The last blocks are looked at so often; ms. */
const INTERVAL_MS = 500
/** A holder that needs no longer keeps its block; ms. */
const PATIENCE_MS = 2_000
/** A wire with nothing to do must be better by this factor. */
const ADVANTAGE = 1.5

/**
 * The end of a background download: everything is asked for, and most wires have nothing to do.
 * They take over what slow or silent ones hold, so that no file waits for its worst peer. Nothing
 * is asked for twice: the block is taken back first.
 */
export class EndGame {
  readonly #state: SchedulerState
  #lookedAt = Number.NEGATIVE_INFINITY

  constructor(state: SchedulerState) {
    this.#state = state
  }

  /** `idle`: wires that have room and found nothing. Returns when to look again, ms. */
  takeOver(idle: readonly Wire[]): number {
    const { now, wires } = this.#state
    if (idle.length === 0) return Number.POSITIVE_INFINITY
    if (now < this.#lookedAt + INTERVAL_MS) return this.#lookedAt + INTERVAL_MS
    this.#lookedAt = now
    let isAnythingLeft = false
    for (const wire of wires.values()) {
      if (wire.queue.tail?.purpose !== 'background') continue
      isAnythingLeft = true
      this.#relieve(wire, idle)
    }
    return isAnythingLeft ? now + INTERVAL_MS : Number.POSITIVE_INFINITY
  }

  #relieve(slow: Wire, idle: readonly Wire[]): void {
    const { ledger } = this.#state
    for (const request of slow.queue.toArray().reverse()) {
      const remaining = remainingMs(this.#state, request)
      if (remaining < PATIENCE_MS) return
      if (ledger.holdersOf(request.index)?.nextHolder !== null) continue
      const wire = this.#better(request, idle, remaining)
      if (wire === null) continue
      this.#state.cancel(request)
      this.#state.request(wire, request.index, 'background')
    }
  }

  #better(request: BlockRequest, idle: readonly Wire[], remaining: number): Wire | null {
    let best: Wire | null = null
    let earliest = this.#state.now + remaining / ADVANTAGE
    for (const wire of idle) {
      if (wire === request.wire || !wire.isDelivering) continue
      if (!wire.mayServe(request.piece) || wire.avoided.has(request.index)) continue
      const { completion } = wire.answers
      if (wire.queue.size >= wire.requestLimit || completion >= earliest) continue
      earliest = completion
      best = wire
    }
    return best
  }
}
