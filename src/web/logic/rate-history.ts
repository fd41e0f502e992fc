export interface RateSample {
  /** Milliseconds on the page's own clock. */
  readonly at: number
  /** Bytes per second. */
  readonly down: number
  readonly up: number
}

/** Five minutes at one sample a second. */
const MAX_SAMPLES = 300

/** The latest rates of something, oldest first. */
export class RateHistory {
  #samples: RateSample[] = []

  get samples(): readonly RateSample[] {
    return this.#samples
  }

  add(sample: RateSample): void {
    this.#samples.push(sample)
    if (this.#samples.length > MAX_SAMPLES) this.#samples.shift()
  }

  /** The highest rate in either direction; 0 without samples. */
  get peak(): number {
    return this.#samples.reduce((peak, { down, up }) => Math.max(peak, down, up), 0)
  }
}
