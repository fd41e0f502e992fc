/**
 * Memory for blocks that are not on the disk yet, shared by all torrents of a session and shared
 * with the disk worker, so that nothing is copied on the way there. Bounded in bytes: whoever
 * takes memory while `isFull` first writes something out.
 */
export class SegmentPool {
  readonly #limitBytes: number
  readonly #free = new Map<number, Buffer[]>()
  #freeBytes = 0
  #usedBytes = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  get isFull(): boolean {
    return this.#usedBytes >= this.#limitBytes
  }

  /** Bytes handed out and not released. */
  get usedBytes(): number {
    return this.#usedBytes
  }

  /** Contents are arbitrary. */
  take(length: number): Buffer {
    this.#usedBytes += length
    const recycled = this.#free.get(length)?.pop()
    if (recycled !== undefined) {
      this.#freeBytes -= length
      return recycled
    }
    if (this.#usedBytes + this.#freeBytes > this.#limitBytes) this.#dropFree()
    return Buffer.from(new SharedArrayBuffer(length))
  }

  /** Memory of other lengths that nobody needs now. */
  #dropFree(): void {
    this.#free.clear()
    this.#freeBytes = 0
  }

  release(memory: Buffer): void {
    this.#usedBytes -= memory.length
    // What is kept is used again rather than left to the garbage collectors of two threads, which
    // are in no hurry: what is thrown away in a rush stays for seconds.
    if (this.#freeBytes + memory.length > this.#limitBytes) return
    const free = this.#free.get(memory.length) ?? []
    free.push(memory)
    this.#free.set(memory.length, free)
    this.#freeBytes += memory.length
  }
}
