const SLOT_MS = 500
const SLOTS = 10

/** Bytes per second over the last five seconds. */
export class RateMeter {
  readonly #now: () => number
  readonly #slots = new Float64Array(SLOTS)
  #slot = 0

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#now = now
    this.#slot = this.#currentSlot()
  }

  add(bytes: number): void {
    this.#advance()
    const index = this.#slot % SLOTS
    this.#slots[index] = (this.#slots[index] ?? 0) + bytes
  }

  get bytesPerSecond(): number {
    this.#advance()
    return this.#slots.reduce((sum, bytes) => sum + bytes, 0) / ((SLOTS * SLOT_MS) / 1_000)
  }

  #currentSlot(): number {
    return Math.floor(this.#now() / SLOT_MS)
  }

  #advance(): void {
    const slot = this.#currentSlot()
    const passed = Math.min(slot - this.#slot, SLOTS)
    for (let step = 1; step <= passed; step++) this.#slots[(this.#slot + step) % SLOTS] = 0
    this.#slot = slot
  }
}
