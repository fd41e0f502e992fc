import type { StreamWindow } from '../scheduler/model/stream-window.ts'
import type { TorrentError } from '../torrent-error.ts'
import type { FileStream } from './file-stream.ts'

/** How far ahead of each stream pieces are fetched. */
export const LOOK_AHEAD_BYTES = 32 * 1024 * 1024
/** A stream that has not been read from for so long is paused: it asks for nothing new. */
const PAUSED_AFTER_MS = 2_000
const CONSUMPTION_MEASURED_AFTER_MS = 5_000

/** How fast a stream is read. */
interface Consumption {
  readonly id: number
  readonly openedAt: number
  lastReadAt: number
  lastPosition: number
  bytesRead: number
}

/** All open streams of one torrent: what each needs next, and whom a new piece wakes. */
export class TorrentStreams {
  readonly #streams = new Map<FileStream, Consumption>()
  readonly #now: () => number
  readonly #prefetches = new Map<number, readonly { start: number; end: number }[]>()
  #nextId = 1
  #leastAheadBytes = 0
  /** Why none is opened any more; `null` while some may. */
  #ended: TorrentError | null = null

  constructor(now: () => number) {
    this.#now = now
  }

  get count(): number {
    return this.#streams.size
  }

  /** Nobody reads, and nothing is fetched ahead. */
  get isIdle(): boolean {
    return this.#streams.size === 0 && this.#prefetches.size === 0
  }

  /** Somebody watches. */
  get hasViewers(): boolean {
    for (const { priority } of this.#streams.keys()) if (priority === 'viewer') return true
    return false
  }

  [Symbol.iterator](): IterableIterator<FileStream> {
    return this.#streams.keys()
  }

  add(stream: FileStream): void {
    const now = this.#now()
    this.#streams.set(stream, {
      id: this.#nextId++,
      openedAt: now,
      lastReadAt: now,
      lastPosition: stream.position,
      bytesRead: 0,
    })
    if (this.#ended !== null) stream.fail(this.#ended)
  }

  remove(stream: FileStream): void {
    this.#streams.delete(stream)
  }

  /** The stream has been read from. */
  wasRead(stream: FileStream): void {
    const consumption = this.#streams.get(stream)
    if (consumption === undefined) return
    consumption.lastReadAt = this.#now()
    consumption.bytesRead += stream.position - consumption.lastPosition
    consumption.lastPosition = stream.position
  }

  /** The stream has jumped: what it skipped was not consumed. */
  sought(stream: FileStream): void {
    const consumption = this.#streams.get(stream)
    if (consumption !== undefined) consumption.lastPosition = stream.position
  }

  /** Wants ranges (`end` exclusive) fetched that nobody reads yet; ended by the returned function. */
  prefetch(ranges: readonly { start: number; end: number }[]): () => void {
    const id = this.#nextId
    this.#nextId += ranges.length
    this.#prefetches.set(id, ranges)
    return () => {
      this.#prefetches.delete(id)
    }
  }

  /** Pieces are fetched at least so far ahead of each stream that does not say how far. */
  reach(bytes: number): void {
    this.#leastAheadBytes = bytes
  }

  /** Computed anew from the open streams each time, never patched. */
  windows(): StreamWindow[] {
    return [...this.#readWindows(), ...this.#prefetchWindows()]
  }

  #readWindows(): StreamWindow[] {
    const now = this.#now()
    return [...this.#streams].map(([stream, consumption]) => ({
      id: consumption.id,
      start: stream.fileOffset + stream.position,
      end: stream.fileOffset + Math.min(this.#endOfLookAhead(stream), stream.end),
      endsWithFile: this.#endOfLookAhead(stream) >= stream.end,
      waiting: stream.isWaiting,
      draining: stream.isWaiting || now - consumption.lastReadAt < PAUSED_AFTER_MS,
      // Whoever waits takes whatever comes: how fast that is says nothing of how soon it needs more.
      bytesPerMs: stream.isWaiting ? 0 : bytesPerMsOf(consumption, now),
      priority: stream.priority,
      verifiedOnly: stream.verifiedOnly,
    }))
  }

  #endOfLookAhead({ position, lookAhead }: FileStream): number {
    return position + (lookAhead ?? Math.max(LOOK_AHEAD_BYTES, this.#leastAheadBytes))
  }

  #prefetchWindows(): StreamWindow[] {
    return [...this.#prefetches].flatMap(([id, ranges]) =>
      ranges.map(({ start, end }, index) => ({
        id: id + index,
        start,
        end,
        endsWithFile: false,
        waiting: false,
        draining: true,
        bytesPerMs: 0,
        priority: 'prefetch' as const,
        verifiedOnly: true,
      })),
    )
  }

  /** Wakes the streams whose next byte lies in `start` to `end`, both inclusive. */
  wake(start: number, end: number): void {
    for (const stream of this.#streams.keys()) {
      const next = stream.fileOffset + stream.position
      if (stream.isWaiting && next >= start && next <= end) stream.wake()
    }
  }

  /** Ends the streams that have given out bytes of a piece that turned out to be wrong. */
  failCorrupt(piece: number, error: TorrentError): void {
    for (const stream of [...this.#streams.keys()]) {
      stream.withdraw(piece, error)
    }
  }

  /** A piece is verified: what was given out of it was right. */
  verified(piece: number): void {
    for (const stream of this.#streams.keys()) stream.verified(piece)
  }

  /** Ends the streams of one file. */
  failFile(file: { readonly offset: number; readonly length: number }, error: TorrentError): void {
    for (const stream of [...this.#streams.keys()]) {
      if (stream.fileOffset === file.offset && stream.length === file.length) stream.fail(error)
    }
  }

  /** Ends all, and whatever is opened from now on. */
  end(error: TorrentError): void {
    this.#ended = error
    for (const stream of [...this.#streams.keys()]) stream.fail(error)
  }
}

/** Bytes per millisecond, 0 until it can be told. */
function bytesPerMsOf(consumption: Consumption, now: number): number {
  const elapsed = now - consumption.openedAt
  return elapsed < CONSUMPTION_MEASURED_AFTER_MS ? 0 : consumption.bytesRead / elapsed
}
