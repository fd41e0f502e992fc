/** As large as it pays: a bare server that reads files is no faster with more. */
const BUFFER_BYTES = 1024 * 1024
/** Twice the threads that the system's reads have. More would only be cold when they are sent. */
const MOST_READS = 8
/** Buffers kept for the next reads. */
const MOST_FREE = 16

/** A buffer of which the first `count` bytes were read; `null`: there was nothing to be read. */
export interface FilledBuffer {
  readonly buffer: Buffer
  readonly count: number | null
}

/**
 * Memory for bytes on their way from the disk to sockets, shared by all responses. Only so many are
 * filled at once, and the one used last is used next: with many clients the bytes are still in the
 * processor's cache when they are sent.
 */
export class BodyBuffers {
  readonly #free: Buffer[] = []
  readonly #waiting: (() => void)[] = []
  #reads = 0

  /** `read` must not wait for anything but the disk. Rejects as it does. */
  async fill(read: (buffer: Buffer) => Promise<number | null>): Promise<FilledBuffer> {
    if (this.#reads < MOST_READS) this.#reads++
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    const buffer = this.#free.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES)
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
    if (this.#free.length < MOST_FREE) this.#free.push(buffer)
  }

  #next(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#reads--
    else next()
  }
}
