/** As large as it pays: a bare server that reads files is no faster with more. */
const LARGE_BYTES = 1024 * 1024
/** For clients that take their time, and for everybody once the large ones are used up. */
const SMALL_BYTES = 64 * 1024
/** Large buffers that are being filled or sent; clients that stop reading can hold no more of them. */
const MOST_LARGE = 24
/** Twice the threads that the system's reads have. More would only be cold when they are sent. */
const MOST_READS = 8
/** Buffers of each size kept for the next reads. */
const MOST_FREE = 16

export type BufferSize = 'small' | 'large'

/** A buffer of which the first `count` bytes were read; `null`: there was nothing to be read. */
export interface FilledBuffer {
  readonly buffer: Buffer
  readonly count: number | null
}

/**
 * Memory for bytes on their way from the disk to sockets, shared by all responses. Only so many are
 * filled at once, and the one used last is used next: with many clients the bytes are still in the
 * processor's cache when they are sent. All responses together hold at most 24 MiB and one small
 * buffer each; nobody waits for a buffer that somebody else has.
 */
export class BodyBuffers {
  readonly #freeLarge: Buffer[] = []
  readonly #freeSmall: Buffer[] = []
  readonly #waiting: (() => void)[] = []
  #reads = 0
  #largeInUse = 0

  /** `read` must not wait for anything but the disk. Rejects as it does. */
  async fill(
    read: (buffer: Buffer) => Promise<number | null>,
    size: BufferSize = 'large',
  ): Promise<FilledBuffer> {
    if (this.#reads < MOST_READS) this.#reads++
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    const buffer = this.#take(size)
    try {
      return { buffer, count: await read(buffer) }
    } catch (error) {
      this.release(buffer)
      throw error
    } finally {
      this.#next()
    }
  }

  /** The bytes have been sent. */
  release(buffer: Buffer): void {
    const isLarge = buffer.length === LARGE_BYTES
    if (isLarge) this.#largeInUse--
    const free = isLarge ? this.#freeLarge : this.#freeSmall
    if (free.length < MOST_FREE) free.push(buffer)
  }

  #take(size: BufferSize): Buffer {
    if (size === 'small' || this.#largeInUse >= MOST_LARGE) {
      return this.#freeSmall.pop() ?? Buffer.allocUnsafeSlow(SMALL_BYTES)
    }
    this.#largeInUse++
    return this.#freeLarge.pop() ?? Buffer.allocUnsafeSlow(LARGE_BYTES)
  }

  #next(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#reads--
    else next()
  }
}
