/** Time as it comes in from outside, so that tests own it. */
export interface Clock {
  /** Milliseconds, from any beginning; it never goes back. */
  now(): number
  /** Calls `run` once after `delayMs`, unless the returned function is called before. */
  after(delayMs: number, run: () => void): () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}
