import type { LoopClock } from '../../clock.ts'

/** Runs a plan soon, once for any number of reasons, or at a given time. */
export class PlanTimer {
  readonly #clock: LoopClock
  readonly #plan: () => void
  #cancelSoon: (() => void) | null = null
  #cancelLater: (() => void) | null = null

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
    this.#cancelLater =
      delayMs === Number.POSITIVE_INFINITY
        ? null
        : this.#clock.after(Math.max(1, Math.ceil(delayMs)), () => this.#plan())
  }

  stop(): void {
    this.#cancelSoon?.()
    this.#cancelLater?.()
    this.#cancelSoon = null
    this.#cancelLater = null
  }
}
