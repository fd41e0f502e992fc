/** Metadata of all torrents together that has arrived and is not known to be right yet. */
const MAX_HELD_BYTES = 192 * 1024 * 1024

/** Counts what peers make us hold while metadata is being fetched. */
export class MetadataRoom {
  readonly #most: number
  #held = 0

  constructor(mostBytes = MAX_HELD_BYTES) {
    this.#most = mostBytes
  }

  /** False, and nothing is taken, where it is too much. */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.#most) return false
    this.#held += bytes
    return true
  }

  give(bytes: number): void {
    this.#held -= bytes
  }
}
