import { Readable } from 'node:stream'
import type { ByteRange } from '../pieces/byte-range.ts'
import { TorrentError } from '../torrent-error.ts'

const CHUNK_BYTES = 256 * 1024

/** What is there at a position. */
export type Available =
  /** On the disk; `length` bytes in a row. `unverifiedPiece`: their piece if it is not verified. */
  | { readonly kind: 'stored'; readonly length: number; readonly unverifiedPiece: number | null }
  /** Received and not written yet; valid until the next turn of the event loop. */
  | { readonly kind: 'memory'; readonly data: Uint8Array; readonly unverifiedPiece: number }
  | { readonly kind: 'missing' }

/** What a stream needs of its torrent. Offsets are of the torrent, not of the file. */
export interface StreamSource {
  /** What can be given out from `offset` on, at most `limit` bytes of it. */
  available(stream: FileStream, offset: number, limit: number): Available
  /** Reads stored bytes; fewer where a file has been cut short. */
  read(offset: number, target: Uint8Array): Promise<number>
  /** The stream waits, has moved, or has been read from: windows are to be computed again. */
  changed(stream: FileStream, change: 'opened' | 'moved' | 'waiting' | 'sought' | 'closed'): void
}

export interface FileStreamOptions {
  /** Offset of the file in the torrent. */
  readonly fileOffset: number
  readonly length: number
  readonly start: number
  /** Of the last byte that is read, in the file; the end of the file when absent. */
  readonly end?: number | undefined
  /** Ends the stream with its reason. */
  readonly signal?: AbortSignal | undefined
  readonly verifiedOnly: boolean
  readonly priority: StreamPriority
  /** Bytes that are fetched ahead of the position; 0 waits for what others fetch. 32 MiB when absent. */
  readonly lookAhead?: number | undefined
}

export type StreamPriority = 'viewer' | 'probe'

/** Reads a file of a torrent while it arrives, and says by its position what is needed next. */
export class FileStream implements AsyncIterable<Uint8Array> {
  readonly length: number
  readonly fileOffset: number
  readonly verifiedOnly: boolean
  readonly priority: StreamPriority
  /** Where reading ends, in the file; exclusive. */
  readonly end: number
  readonly lookAhead: number | undefined
  readonly #source: StreamSource
  readonly #signal: AbortSignal | undefined
  /** Pieces of which bytes were given out before they were verified. */
  readonly #unverifiedPieces = new Set<number>()
  /** The piece of the read from the disk that is under way, if it is not verified. */
  #readingPiece: number | null = null
  /** That piece turned out to be wrong: what is being read must not be given out. */
  #isReadVoid = false
  #position: number
  #failure: Error | null = null
  #wake: (() => void) | null = null

  constructor(source: StreamSource, options: FileStreamOptions) {
    this.#source = source
    this.length = options.length
    this.fileOffset = options.fileOffset
    this.verifiedOnly = options.verifiedOnly
    this.priority = options.priority
    this.lookAhead = options.lookAhead
    this.#position = options.start
    this.end = Math.min((options.end ?? this.length - 1) + 1, this.length)
    this.#signal = options.signal
    this.#signal?.throwIfAborted()
    this.#signal?.addEventListener('abort', this.#onAbort)
    source.changed(this, 'opened')
  }

  /** Offset in the file of the next byte to be read. */
  get position(): number {
    return this.#position
  }

  /** True while a read waits for bytes that have not arrived. */
  get isWaiting(): boolean {
    return this.#wake !== null
  }

  /**
   * Reads at least one byte and at most `buffer.length`, waiting for pieces to arrive; 0 at the
   * end. One read at a time. Rejects with TorrentError `closed`, `corrupt` or `unavailable`, or with
   * the reason of a signal; of the one given here the stream can be read on.
   */
  async read(
    buffer: Uint8Array,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<number> {
    for (;;) {
      while (buffer.length > 0 && this.#mustWait()) await this.#waitForBytes(signal)
      const count = await this.readNow(buffer)
      if (count !== null) return count
    }
  }

  /** As `read`, but `null` where it would have to wait. */
  async readNow(buffer: Uint8Array): Promise<number | null> {
    let filled = 0
    while (filled < buffer.length) {
      this.#throwIfFailed()
      const limit = Math.min(buffer.length - filled, this.end - this.#position)
      if (limit <= 0) break
      const at = this.fileOffset + this.#position
      const available = this.#source.available(this, at, limit)
      if (available.kind === 'missing') {
        if (filled === 0) return null
        break
      }
      if (available.kind === 'memory') {
        const data = available.data.subarray(0, limit)
        buffer.set(data, filled)
        filled += data.length
        this.#position += data.length
        this.#unverifiedPieces.add(available.unverifiedPiece)
        continue
      }
      // Bytes already taken from memory go out at once rather than wait for the disk.
      if (filled > 0) break
      this.#readingPiece = available.unverifiedPiece
      filled = await this.#readStored(at, buffer.subarray(0, Math.min(limit, available.length)))
      if (filled === 0) return null
      break
    }
    if (filled > 0) this.#source.changed(this, 'moved')
    return filled
  }

  /** Resolves once a read would not wait. Rejects as `read` does. */
  async whenReadable(): Promise<void> {
    while (this.#mustWait()) await this.#waitForBytes()
  }

  /** The next read starts at `position`; past the end it reads nothing. */
  seek(position: number): void {
    if (position === this.#position) return
    this.#position = Math.max(0, position)
    this.#source.changed(this, 'sought')
    // What a pending read waited for is not what it wants now, and that may be here already.
    this.wake()
  }

  /** Frees the window and its requests at once; a pending read rejects with `closed`. */
  close(): void {
    this.fail(new TorrentError('closed', 'the stream was closed'))
  }

  /** Ends the stream for a reason; the first reason counts. */
  fail(error: Error): void {
    if (this.#failure !== null) return
    this.#failure = error
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.wake()
    this.#source.changed(this, 'closed')
  }

  /** A piece was wrong: ends the stream if it has given out bytes of it. */
  withdraw(piece: number, error: TorrentError): void {
    if (this.#readingPiece === piece) this.#isReadVoid = true
    if (this.#unverifiedPieces.has(piece)) this.fail(error)
  }

  /** A piece is right, and so is what was given out of it. */
  verified(piece: number): void {
    if (this.#readingPiece === piece) this.#readingPiece = null
    this.#unverifiedPieces.delete(piece)
  }

  /** Bytes may have arrived: a waiting read looks again. */
  wake(): void {
    const wake = this.#wake
    this.#wake = null
    wake?.()
  }

  /** The bytes from the position on, in chunks that the caller may keep. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const chunk = new Uint8Array(CHUNK_BYTES)
        const count = await this.read(chunk)
        if (count === 0) return
        yield chunk.subarray(0, count)
      }
    } finally {
      this.close()
    }
  }

  /**
   * A Node stream of `range` (both ends inclusive; from the position on where `start` is absent);
   * destroying it closes this stream.
   */
  toReadable(range: Partial<ByteRange> = {}): Readable {
    const end = Math.min(range.end ?? this.end - 1, this.end - 1)
    if (range.start !== undefined) this.seek(range.start)
    const readable = new Readable({
      highWaterMark: CHUNK_BYTES,
      read: (size) => {
        void this.#pushNext(readable, Math.min(Math.max(size, 1), end - this.#position + 1))
      },
      destroy: (error, callback) => {
        this.close()
        callback(error)
      },
    })
    return readable
  }

  async #pushNext(readable: Readable, wanted: number): Promise<void> {
    if (wanted <= 0) {
      readable.push(null)
      return
    }
    try {
      const chunk = new Uint8Array(wanted)
      const count = await this.read(chunk)
      readable.push(count === 0 ? null : chunk.subarray(0, count))
    } catch (error) {
      readable.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** 0 where the bytes must not be given out: their piece was found wrong meanwhile. */
  async #readStored(at: number, target: Uint8Array): Promise<number> {
    this.#isReadVoid = false
    const position = this.#position
    let count = 0
    try {
      count = await this.#source.read(at, target)
    } catch (error) {
      this.fail(new TorrentError('unavailable', 'a stored file cannot be read', { cause: error }))
    }
    this.#throwIfFailed()
    if (count === 0) {
      this.fail(new TorrentError('unavailable', 'a stored file has been cut short'))
      this.#throwIfFailed()
    }
    const [piece, isVoid] = [this.#readingPiece, this.#isReadVoid]
    this.#readingPiece = null
    if (isVoid) return 0
    if (piece !== null) this.#unverifiedPieces.add(piece)
    if (this.#position === position) this.#position += count
    return count
  }

  #mustWait(): boolean {
    this.#throwIfFailed()
    if (this.#position >= this.end) return false
    const at = this.fileOffset + this.#position
    return this.#source.available(this, at, 1).kind === 'missing'
  }

  async #waitForBytes(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    const wake = (): void => this.wake()
    signal?.addEventListener('abort', wake)
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      this.#source.changed(this, 'waiting')
    })
    signal?.removeEventListener('abort', wake)
    signal?.throwIfAborted()
  }

  readonly #onAbort = (): void => {
    const reason: unknown = this.#signal?.reason
    this.fail(reason instanceof Error ? reason : new TorrentError('closed', String(reason)))
  }

  #throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure
  }
}
