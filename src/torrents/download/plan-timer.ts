/** Runs a plan soon (once for any number of reasons), or at a given time; the later wins nothing. */
export class PlanTimer {
  readonly #plan: () => void
  #immediate: NodeJS.Immediate | null = null
  #timer: NodeJS.Timeout | null = null

  constructor(plan: () => void) {
    this.#plan = plan
  }

  /** After what the event loop has at hand, so that a batch of blocks makes one plan. */
  soon(): void {
    if (this.#immediate !== null) return
    this.#immediate = setImmediate(() => {
      this.#immediate = null
      this.#plan()
    })
  }

  /** `delayMs` from now, in place of any earlier appointment; never where it is infinite. */
  after(delayMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer =
      delayMs === Number.POSITIVE_INFINITY
        ? null
        : setTimeout(() => this.#plan(), Math.max(1, Math.ceil(delayMs)))
  }

  stop(): void {
    if (this.#immediate !== null) clearImmediate(this.#immediate)
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#immediate = null
    this.#timer = null
  }
}
