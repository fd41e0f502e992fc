const SECONDS = 5

/** Bytes per second over the last five seconds. */
export class RecentRate {
  readonly #now: () => number
  readonly #bytes = new Float64Array(SECONDS)
  #second: number

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#now = now
    this.#second = Math.floor(now() / 1_000)
  }

  add(bytes: number): void {
    this.#advance()
    const slot = this.#second % SECONDS
    this.#bytes[slot] = (this.#bytes[slot] ?? 0) + bytes
  }

  get bytesPerSecond(): number {
    this.#advance()
    return this.#bytes.reduce((sum, bytes) => sum + bytes, 0) / SECONDS
  }

  #advance(): void {
    const second = Math.floor(this.#now() / 1_000)
    const passed = Math.min(second - this.#second, SECONDS)
    for (let step = 1; step <= passed; step++) this.#bytes[(this.#second + step) % SECONDS] = 0
    this.#second = second
  }
}
