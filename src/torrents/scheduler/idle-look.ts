import type { SchedulerState } from './model/scheduler-state.ts'

/** A reader starves and nothing comes: all wires are looked at again so often; ms. */
const STARVING_MS = 1_000
/** The same while something is missing that nobody waits for; ms. */
const BACKGROUND_MS = 10_000

/**
 * Wires that found nothing to do are not asked again until something changes. Should nothing change
 * any more, everybody is looked at afresh: where one peer is willing, nobody waits for ever.
 */
export class IdleLook {
  readonly #state: SchedulerState
  #lookedAt = Number.NEGATIVE_INFINITY

  constructor(state: SchedulerState) {
    this.#state = state
  }

  look(): void {
    const { isAnyStarving, now } = this.#state
    if (now < this.#lastAt() + (isAnyStarving ? STARVING_MS : BACKGROUND_MS)) return
    this.#lookedAt = now
    this.#state.workVersion++
  }

  /** When to look again; `isUnfinished`: something is missing that nobody waits for; ms. */
  wakeAt({ isUnfinished }: { readonly isUnfinished: boolean }): number {
    const { isAnyStarving, now, wires } = this.#state
    if (!isAnyStarving && !isUnfinished) return Number.POSITIVE_INFINITY
    for (const wire of wires.values()) {
      if (wire.canBeAsked) {
        return Math.max(now, this.#lastAt()) + (isAnyStarving ? STARVING_MS : BACKGROUND_MS)
      }
    }
    return Number.POSITIVE_INFINITY
  }

  #lastAt(): number {
    return Math.max(this.#lookedAt, this.#state.receivedAt)
  }
}
