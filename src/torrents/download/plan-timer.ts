import type { LoopClock } from '../../clock.ts'

/** Runs a plan soon, once for any number of reasons, or at a given time. */
export class PlanTimer {
  readonly #clock: LoopClock
  readonly #plan: () => void
  #cancelSoon: (() => void) | null = null
  #cancelLater: (() => void) | null = null
  /** When the appointment is; ms. */
  #laterAt = Number.POSITIVE_INFINITY

  constructor(clock: LoopClock, plan: () => void) {
    this.#clock = clock
    this.#plan = plan
  }

  /** After what the event loop has at hand, so that a batch of blocks makes one plan. */
  soon(): void {
    this.#cancelSoon ??= this.#clock.soon(() => {
      this.#cancelSoon = null
      this.#plan()
    })
  }

  /** `delayMs` from now, in place of any earlier appointment; never where it is infinite. */
  after(delayMs: number): void {
    this.#cancelLater?.()
    this.#cancelLater = null
    this.#laterAt = Number.POSITIVE_INFINITY
    if (delayMs === Number.POSITIVE_INFINITY) return
    const ms = Math.max(1, Math.ceil(delayMs))
    this.#laterAt = this.#clock.now() + ms
    this.#cancelLater = this.#clock.after(ms, () => {
      this.#laterAt = Number.POSITIVE_INFINITY
      this.#plan()
    })
  }

  /** `delayMs` from now at the latest: there is no hurry. */
  within(delayMs: number): void {
    if (this.#cancelSoon !== null || this.#laterAt <= this.#clock.now() + delayMs) return
    this.after(delayMs)
  }

  stop(): void {
    this.#cancelSoon?.()
    this.#cancelLater?.()
    this.#cancelSoon = null
    this.#cancelLater = null
  }
}
