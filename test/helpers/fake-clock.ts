import type { Clock } from '../../src/clock.ts'

interface Timer {
  readonly at: number
  readonly run: () => void
}

/** Time that stands still until a test lets it pass. */
export class FakeClock implements Clock {
  #now: number
  /** How far timers lag behind, because they stood still while the machine slept. */
  #slept = 0
  readonly #timers = new Set<Timer>()

  constructor(now = Date.UTC(2026, 0, 2, 3, 4, 5)) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  /** Timers that have not run yet. */
  get pending(): number {
    return this.#timers.size
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { at: this.#now - this.#slept + delayMs, run }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Lets time pass and everything happen that is due, in order, with all that follows from it. */
  async advance(ms: number): Promise<void> {
    const end = this.#now - this.#slept + ms
    await settled()
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at + this.#slept)
      next.run()
      await settled()
    }
    this.#now = end + this.#slept
  }

  /** The machine sleeps: the clock goes on, timers do not. */
  suspend(ms: number): void {
    this.#now += ms
    this.#slept += ms
  }

  #next(end: number): Timer | undefined {
    const due = [...this.#timers].filter((timer) => timer.at <= end)
    return due.toSorted((a, b) => a.at - b.at)[0]
  }
}

/** All that needs no time has happened. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
