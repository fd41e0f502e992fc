/** What may happen at once, and how fast it may go on. */
export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

/** A budget that refills with time (a token bucket). */
export class RateBudget {
  readonly #rate: Rate
  readonly #now: () => number
  #left: number
  #at: number

  /** `now` in milliseconds. */
  constructor(rate: Rate, now: () => number) {
    this.#rate = rate
    this.#now = now
    this.#left = rate.burst
    this.#at = now()
  }

  /** False, and nothing is taken, where nothing is left. */
  take(): boolean {
    const now = this.#now()
    const refill = ((now - this.#at) / 1_000) * this.#rate.perSecond
    this.#left = Math.min(this.#rate.burst, this.#left + refill)
    this.#at = now
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}

/** A budget for each of many, known by names that strangers choose. */
export class RateBudgets {
  readonly #rate: Rate
  readonly #most: number
  readonly #now: () => number
  readonly #budgets = new Map<string, RateBudget>()

  /** Of more than `most` names the oldest are forgotten. */
  constructor(rate: Rate, most: number, now: () => number) {
    this.#rate = rate
    this.#most = most
    this.#now = now
  }

  take(name: string): boolean {
    let budget = this.#budgets.get(name)
    if (budget === undefined) {
      budget = new RateBudget(this.#rate, this.#now)
      this.#budgets.set(name, budget)
      if (this.#budgets.size > this.#most) this.#forgetOldest()
    }
    return budget.take()
  }

  #forgetOldest(): void {
    for (const name of this.#budgets.keys()) {
      this.#budgets.delete(name)
      return
    }
  }
}
