/** A block that was asked for; bytes of the torrent. */
export interface AskedBlock {
  readonly piece: number
  /** In the piece. */
  readonly offset: number
  readonly length: number
  /** In the torrent. */
  readonly start: number
}

/** Fetched at once: an answer that nobody wants any more is cut off, so this is no promise. */
const MAX_BATCH_BYTES = 4 * 1024 * 1024

/** Requests that wait for a connection, in the order in which they came. */
export class BlockQueue {
  #blocks: AskedBlock[] = []

  get isEmpty(): boolean {
    return this.#blocks.length === 0
  }

  add(block: AskedBlock): void {
    this.#blocks.push(block)
  }

  /** False where it is not here. */
  remove(piece: number, offset: number): boolean {
    const index = this.#blocks.findIndex((one) => one.piece === piece && one.offset === offset)
    if (index >= 0) this.#blocks.splice(index, 1)
    return index >= 0
  }

  /** The first, and all that follow it in the torrent without a gap. */
  takeBatch(): AskedBlock[] {
    const [first] = this.#blocks
    if (first === undefined) return []
    const byStart = new Map(this.#blocks.map((block) => [block.start, block]))
    const batch: AskedBlock[] = []
    let bytes = 0
    for (let next: AskedBlock | undefined = first; next !== undefined; ) {
      if (batch.length > 0 && bytes + next.length > MAX_BATCH_BYTES) break
      batch.push(next)
      bytes += next.length
      next = byStart.get(next.start + next.length)
    }
    const taken = new Set(batch)
    this.#blocks = this.#blocks.filter((block) => !taken.has(block))
    return batch
  }

  /** Empties it. */
  drain(): AskedBlock[] {
    const blocks = this.#blocks
    this.#blocks = []
    return blocks
  }
}
