import type { BlockRequest } from './model/block-request.ts'
import { ENOUGH_DELIVERING } from './model/queue-limit.ts'
import type { SchedulerState } from './model/scheduler-state.ts'
import type { Wire } from './model/wire.ts'

/** While somebody streams, a wire that was delivering is given up after so long; ms. */
const SNUBBED_MS = 2_000
/** Or after so many times what it usually needs for a block. */
const SNUBBED_BLOCKS = 6
/** A wire that has never delivered may be slow rather than dead; ms. */
const STRANGER_SNUBBED_MS = 5_000
/** While nobody streams, or nobody else delivers, there is no hurry; ms. */
const PATIENT_MS = 25_000

/** Snubs wires that keep silent: takes back what was asked of them, so that no block hangs for ever. */
export class Snubbing {
  readonly #state: SchedulerState
  readonly #released: (wire: Wire) => void

  /** `released` hears of each wire that was snubbed. */
  constructor(state: SchedulerState, released: (wire: Wire) => void) {
    this.#state = state
    this.#released = released
  }

  /** Looks at all wires. */
  snub(): void {
    const { now, wires } = this.#state
    for (const wire of wires.values()) {
      if (wire.queue.size === 0) continue
      if (now - wire.answers.quietSince >= this.#patienceMs(wire)) this.#giveUp(wire)
      while (wire.queue.head !== null && now >= wire.answers.lostAt)
        this.#forget(wire, wire.queue.head)
    }
  }

  /** When the next wire, or a request of it, will be given up unless it sends something; ms. */
  get wakeAt(): number {
    let earliest = Number.POSITIVE_INFINITY
    for (const wire of this.#state.wires.values()) {
      if (wire.queue.size === 0) continue
      const givenUpAt = wire.answers.quietSince + this.#patienceMs(wire)
      earliest = Math.min(earliest, givenUpAt, wire.answers.lostAt)
    }
    return earliest
  }

  #patienceMs(wire: Wire): number {
    const { order, pace } = this.#state
    const others = pace.delivering - (wire.isDelivering ? 1 : 0)
    // Where all are silent, it is our own line that is down: what was asked for will come.
    if (order.size === 0 || others < ENOUGH_DELIVERING - 1) return PATIENT_MS
    if (!wire.isDelivering) return STRANGER_SNUBBED_MS
    const { blockMs, roundTripMs } = wire.timing
    return Math.max(SNUBBED_MS, roundTripMs + SNUBBED_BLOCKS * blockMs)
  }

  /** The wire has lost the request. */
  #forget(wire: Wire, request: BlockRequest): void {
    this.#state.cancel(request)
    wire.conduct.lost()
    if (wire.conduct.isFailing) this.#state.release(wire)
  }

  #giveUp(wire: Wire): void {
    for (const request of wire.queue.toArray()) this.#state.cancel(request)
    wire.conduct.snub()
    this.#released(wire)
  }
}
