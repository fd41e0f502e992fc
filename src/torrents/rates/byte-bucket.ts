/** What was not used is kept for so long; ms. */
const BURST_MS = 250

/**
 * Bytes that may be moved, refilled at a rate that may change. It may be overdrawn by what is taken
 * last, which the next ones wait for: so blocks of any size keep to any rate.
 */
export class ByteBucket {
  readonly #now: () => number
  #bytesPerSecond = Number.POSITIVE_INFINITY
  #bytes = 0
  #at: number

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#now = now
    this.#at = now()
  }

  get bytesPerSecond(): number {
    return this.#bytesPerSecond
  }

  /** More than 0; infinite for no limit, which forgets what is owed. */
  setRate(bytesPerSecond: number): void {
    this.#refill()
    if (!Number.isFinite(bytesPerSecond)) this.#bytes = 0
    this.#bytesPerSecond = bytesPerSecond
    this.#bytes = Math.min(this.#bytes, this.#most)
  }

  get isEmpty(): boolean {
    if (!Number.isFinite(this.#bytesPerSecond)) return false
    this.#refill()
    return this.#bytes <= 0
  }

  /** Until it is not empty; 0 where it is not. */
  get waitMs(): number {
    if (!this.isEmpty) return 0
    return Math.max(1, Math.ceil((-this.#bytes * 1_000) / this.#bytesPerSecond))
  }

  /** Negative gives back. */
  take(bytes: number): void {
    if (!Number.isFinite(this.#bytesPerSecond)) return
    this.#refill()
    this.#bytes = Math.min(this.#bytes - bytes, this.#most)
  }

  get #most(): number {
    return (this.#bytesPerSecond * BURST_MS) / 1_000
  }

  #refill(): void {
    const now = this.#now()
    const passed = now - this.#at
    this.#at = now
    if (passed <= 0 || !Number.isFinite(this.#bytesPerSecond)) return
    this.#bytes = Math.min(this.#most, this.#bytes + (passed * this.#bytesPerSecond) / 1_000)
  }
}
