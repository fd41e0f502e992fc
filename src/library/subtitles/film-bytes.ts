import type { ByteSource, Need } from '../../media/subtitles/embedded/byte-source.ts'

/** What is needed of a `FileStream`. */
export interface SeekableStream {
  /** As FileStream: `null` where it would have to wait, 0 at the end of the file. */
  readNow(buffer: Uint8Array): Promise<number | null>
  whenReadable(): Promise<void>
  seek(position: number): void
  close(): void
}

/** Opens a stream of one file that sees verified bytes only, with this much fetched ahead. */
export type OpenStream = (options: { readonly lookAhead: number }) => SeekableStream

export interface FilmBytesOptions {
  readonly length: number
  readonly open: OpenStream
  /** Contents before this offset are worth waiting for; others are read if they are there. */
  readonly waitWithin: number
  /** How long may be waited for all parts of the index, and for all contents; ms. */
  readonly patienceMs: Readonly<Record<Need, number>>
}

/** Fetched beyond what is waited for. */
const LOOK_AHEAD_BYTES = 256 * 1024

/**
 * A film that may still be arriving, as subtitles are read out of it. The index is fetched and waited for. Of the
 * contents only the beginning is, which whoever plays the film fetches as well; of the rest what is there is read. To fetch
 * them all would mean to download the film, whose pieces each hold some cue, before its viewer
 * needs them; whoever asks again later is given more.
 */
export class FilmBytes implements ByteSource {
  readonly length: number
  readonly #options: FilmBytesOptions
  /** Fetches nothing. */
  #peeking: SeekableStream | null = null
  #waiting: SeekableStream | null = null
  readonly #patience: Map<Need, number>

  constructor(options: FilmBytesOptions) {
    this.length = options.length
    this.#options = options
    this.#patience = new Map(Object.entries(options.patienceMs) as [Need, number][])
  }

  async read(position: number, length: number, need: Need): Promise<Uint8Array | null> {
    const count = Math.max(0, Math.min(length, this.length - position))
    const buffer = Buffer.alloc(count)
    this.#peeking ??= this.#options.open({ lookAhead: 0 })
    const filled = await fill(this.#peeking, position, buffer)
    if (filled === count) return buffer
    const isAwaited = need === 'index' || position + count <= this.#options.waitWithin
    if (!isAwaited || !(await this.#fillInTime(position + filled, buffer.subarray(filled), need))) {
      return null
    }
    return buffer
  }

  close(): void {
    this.#peeking?.close()
    this.#waiting?.close()
  }

  async #fillInTime(position: number, buffer: Uint8Array, need: Need): Promise<boolean> {
    const patience = this.#patience.get(need) ?? 0
    if (patience <= 0) return false
    const stream = this.#waiting ?? this.#options.open({ lookAhead: LOOK_AHEAD_BYTES })
    this.#waiting = stream
    const startedAt = performance.now()
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      this.#waiting = null
      stream.close()
    }, patience)
    try {
      let filled = 0
      while (filled < buffer.length) {
        const count = await fill(stream, position + filled, buffer.subarray(filled))
        if (count === 0) await stream.whenReadable()
        filled += count
      }
      return true
    } catch (error) {
      if (isLate) return false
      throw error
    } finally {
      clearTimeout(timer)
      this.#patience.set(need, patience - (performance.now() - startedAt))
    }
  }
}

/** Reads what is there from `position` on, and says how much that was. */
async function fill(stream: SeekableStream, position: number, buffer: Uint8Array): Promise<number> {
  stream.seek(position)
  let filled = 0
  while (filled < buffer.length) {
    const count = await stream.readNow(buffer.subarray(filled))
    if (count === null || count === 0) break
    filled += count
  }
  return filled
}
