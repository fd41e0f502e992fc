import { BLOCK_LENGTH } from '../../pieces/block.ts'
import type { Clock } from '../model/clock.ts'

/** A rate is kept over so long: short enough to be even, long enough for whole blocks; ms. */
const BURST_MS = 250

/** Holds what it is asked for to a rate in bytes per second. */
export class TokenBucket {
  readonly #clock: Clock
  #bytesPerMs = Number.POSITIVE_INFINITY
  #bytes = 0
  #at = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  setRate(bytesPerSecond: number): void {
    this.#bytesPerMs = bytesPerSecond / 1_000
    if (this.#bytesPerMs === 0) this.#bytes = 0
  }

  get isEmpty(): boolean {
    return Number.isFinite(this.#bytesPerMs) && this.#bytes < BLOCK_LENGTH
  }

  /** When there is enough for a block; ms, infinite where there is now or never will be. */
  get refillsAt(): number {
    if (!this.isEmpty || this.#bytesPerMs === 0) return Number.POSITIVE_INFINITY
    return this.#at + (BLOCK_LENGTH - this.#bytes) / this.#bytesPerMs
  }

  refill(): void {
    const { now } = this.#clock
    if (this.#bytesPerMs === 0 || !Number.isFinite(this.#bytesPerMs)) return
    const most = Math.max(BLOCK_LENGTH, this.#bytesPerMs * BURST_MS)
    this.#bytes = Math.min(most, this.#bytes + (now - this.#at) * this.#bytesPerMs)
    this.#at = now
  }

  take(bytes: number): void {
    if (Number.isFinite(this.#bytesPerMs)) this.#bytes -= bytes
  }
}
