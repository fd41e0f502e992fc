/** Bytes that may arrive twice at once, as at a start among bad peers. */
const ALLOWANCE_BYTES = 512 * 1_024
/** Beyond that, the share of what arrives that may be duplicates. */
const TOLERATED_SHARE = 0.02

/**
 * Keeps account of bytes that came twice for nothing. Where much does, as on a line that is full,
 * more duplicates would only make everything later.
 */
export class Waste {
  #debt = 0

  fresh(bytes: number): void {
    this.#debt = Math.max(0, this.#debt - bytes * TOLERATED_SHARE)
  }

  duplicate(bytes: number): void {
    this.#debt += bytes
  }

  get isExcessive(): boolean {
    return this.#debt > ALLOWANCE_BYTES
  }
}
