import type { ByteRange } from '../../torrents/pieces/byte-range.ts'
import type { ProbedStream, ProbedTorrent, Starvation } from './probed-torrent.ts'

/** How often a fetch looks whether a viewer starves; ms. */
const LOOK_MS = 250
/** No piece has come for so long: others may have more luck; ms. */
const PATIENCE_MS = 30_000

export interface QuietReaderOptions {
  readonly torrent: ProbedTorrent
  readonly fileIndex: number
  readonly length: number
  /** Bytes that may be fetched; what is here costs nothing. */
  readonly mayFetch: number
  readonly starvation: Starvation
  readonly signal: AbortSignal
}

/** Bytes did not come in time, or cannot. */
export class NotNowError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'NotNowError'
  }
}

/**
 * Reads a file of a torrent without being in anybody's way: fetches only the pieces that are read,
 * behind what viewers wait for, nothing at all while one starves, and no more than it may.
 */
export class QuietReader {
  readonly length: number
  readonly #options: QuietReaderOptions
  readonly #stream: ProbedStream
  #fetchedBytes = 0
  #isRefused = false

  /** Throws TorrentError where nothing of the file can be read now. */
  constructor(options: QuietReaderOptions) {
    const { torrent, fileIndex, length, signal } = options
    this.#options = options
    this.length = length
    this.#stream = torrent.stream(fileIndex, {
      ...{ start: 0, verifiedOnly: true, priority: 'probe', lookAhead: 0 },
    })
    signal.addEventListener('abort', this.close)
  }

  get fetchedBytes(): number {
    return this.#fetchedBytes
  }

  /** More would have had to be fetched than was allowed. */
  get isRefused(): boolean {
    return this.#isRefused
  }

  /**
   * `length` bytes at `position`, fewer at the end; none where they would cost too much. Rejects with
   * NotNowError, or TorrentError where the stream is closed.
   */
  async read(position: number, length: number): Promise<Uint8Array> {
    const { torrent, fileIndex, mayFetch } = this.#options
    const count = Math.min(length, this.length - position)
    if (count <= 0) return new Uint8Array()
    const range = { start: position, end: position + count - 1 }
    const missing = torrent.missingBytes(fileIndex, range)
    if (missing === 0) return await this.#take(position, count)
    if (this.#fetchedBytes + missing > mayFetch) {
      this.#isRefused = true
      return new Uint8Array()
    }
    if (torrent.state.kind !== 'live') throw new NotNowError('the torrent is not live')
    this.#fetchedBytes += missing
    return await this.#fetch(range)
  }

  close = (): void => {
    this.#options.signal.removeEventListener('abort', this.close)
    this.#stream.close()
  }

  async #fetch(range: ByteRange): Promise<Uint8Array> {
    const { torrent, fileIndex, starvation } = this.#options
    let release: (() => void) | null = null
    let isLate = false
    let lookedAt = performance.now()
    let patience = PATIENCE_MS
    let missing = torrent.missingBytes(fileIndex, range)
    const look = (): void => {
      const now = performance.now()
      const isStarving = starvation.isAnyStarving()
      // Time in which nothing is asked for does not count.
      if (release !== null) patience -= now - lookedAt
      lookedAt = now
      const left = torrent.missingBytes(fileIndex, range)
      if (left < missing) patience = PATIENCE_MS
      missing = left
      if (isStarving) {
        release?.()
        release = null
      } else release ??= torrent.prefetch(fileIndex, [range])
      if (patience > 0) return
      isLate = true
      this.#stream.close()
    }
    look()
    const timer = setInterval(look, LOOK_MS)
    try {
      return await this.#take(range.start, range.end - range.start + 1)
    } catch (error) {
      if (isLate) throw new NotNowError('no peer gives what is to be looked at', { cause: error })
      throw error
    } finally {
      clearInterval(timer)
      // Set by `look`, which the compiler does not see.
      ;(release as (() => void) | null)?.()
    }
  }

  async #take(position: number, count: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(count)
    this.#stream.seek(position)
    for (let filled = 0; filled < count; ) {
      const read = await this.#stream.read(bytes.subarray(filled))
      if (read === 0) return bytes.subarray(0, filled)
      filled += read
    }
    return bytes
  }
}
