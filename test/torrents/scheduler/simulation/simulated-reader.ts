import type { FileStream, FileStreamOptions } from '../../../../src/torrents/streams/file-stream.ts'
import { TorrentError } from '../../../../src/torrents/torrent-error.ts'

/** A player begins with so much and buffers so much ahead. */
const READY = 2 * 1_048_576
const BLOCK = 16_384
/** Wrong blocks are wrong all over. */
const LOOK = BLOCK / 16
const PLAYER_BUFFER = 24 * 1_048_576

/** Where what is read goes: nobody looks at it. */
const buffer = new Uint8Array(262_144)

export interface ReaderFacts {
  /** Bytes of the torrent that are its file; the end exclusive. */
  readonly from: number
  readonly to: number
  /** What is watched; infinite: a copy to disk. */
  readonly bytesPerMs: number
  readonly verifiedOnly?: boolean
  readonly priority?: 'viewer' | 'probe'
}

/** A player at the other end of a stream: it reads ahead, starts with 2 MiB, and notices stalls. */
export class SimulatedReader {
  readonly facts: ReaderFacts
  /** When it was opened or last sought, and how long the first byte and 2 MiB took; ms. */
  openedAt = 0
  firstByteMs = Number.POSITIVE_INFINITY
  readyMs = Number.POSITIVE_INFINITY
  stallMs = 0
  stalls = 0
  bytesRead = 0
  /** How often its stream was ended as it had been given wrong bytes; it opened another then. */
  corruptions = 0
  /** Blocks of the torrent that it was given wrong. */
  readonly wrongBlocks = new Set<number>()
  isPaused = false
  isClosed = false
  readonly #open: (options: FileStreamOptions) => FileStream
  readonly #now: () => number
  #stream: FileStream
  /** Bytes read so far, as a position in the torrent. */
  #position: number
  #soughtTo = 0
  #watched = 0
  #isPlaying = false
  #tickedAt = 0
  #isReading = false

  constructor(
    facts: ReaderFacts,
    position: number,
    world: { open(options: FileStreamOptions): FileStream; now(): number },
  ) {
    this.facts = facts
    this.#open = world.open
    this.#now = world.now
    this.#position = position
    this.#stream = this.#openStream()
    this.#begin()
  }

  /** As a position in the torrent. */
  get position(): number {
    return this.#position
  }

  get isDone(): boolean {
    return this.#position >= this.facts.to
  }

  /** It does something that goes on without time. */
  get isBusy(): boolean {
    return this.#isReading && !this.#stream.isWaiting
  }

  seek(position: number): void {
    this.#watch()
    this.#position = position
    this.#stream.seek(position - this.facts.from)
    this.#begin()
  }

  /** It reads no more, or goes on. */
  pause(isPaused: boolean): void {
    this.#watch()
    this.isPaused = isPaused
  }

  close(): void {
    this.isClosed = true
    this.#stream.close()
  }

  /** Time has passed: what was watched makes room for more. */
  tick(): void {
    this.#watch()
    if (!this.#isReading && this.#wants) void this.#read()
  }

  get #wants(): boolean {
    return !this.isClosed && !this.isPaused && this.#position < this.#wantedTo
  }

  get #wantedTo(): number {
    if (!Number.isFinite(this.facts.bytesPerMs)) return this.facts.to
    return Math.min(this.facts.to, Math.floor(this.#watched) + PLAYER_BUFFER)
  }

  #openStream(): FileStream {
    const { from, to, verifiedOnly = false, priority = 'viewer' } = this.facts
    const place = { fileOffset: from, length: to - from, start: this.#position - from }
    return this.#open({ ...place, verifiedOnly, priority })
  }

  #begin(): void {
    this.openedAt = this.#now()
    this.firstByteMs = Number.POSITIVE_INFINITY
    this.readyMs = Number.POSITIVE_INFINITY
    this.#soughtTo = this.#position
    this.#watched = this.#position
    this.#isPlaying = false
    this.#tickedAt = this.openedAt
  }

  async #read(): Promise<void> {
    this.#isReading = true
    while (this.#wants) {
      const limit = Math.min(buffer.length, this.#wantedTo - this.#position)
      try {
        const count = await this.#stream.read(buffer.subarray(0, limit))
        this.#took(count)
        this.#look(count)
      } catch (error) {
        if (!(error instanceof TorrentError) || error.kind === 'closed') break
        // A player asks again from where it is.
        this.corruptions++
        this.#stream = this.#openStream()
      }
    }
    this.#isReading = false
  }

  /** What was read last; right bytes are zeros. */
  #look(count: number): void {
    const start = this.#position - count
    for (let at = 0; at < count; at += LOOK) {
      if (buffer.subarray(at, at + 4).some((byte) => byte !== 0)) {
        this.wrongBlocks.add(Math.floor((start + at) / BLOCK))
      }
    }
  }

  #took(count: number): void {
    this.#watch()
    this.#position = this.facts.from + this.#stream.position
    this.bytesRead += count
    const elapsed = this.#now() - this.openedAt
    const read = this.#position - this.#soughtTo
    if (read > 0) this.firstByteMs = Math.min(this.firstByteMs, elapsed)
    if (read < READY && !this.isDone) return
    this.readyMs = Math.min(this.readyMs, elapsed)
    this.#isPlaying = true
  }

  #watch(): void {
    const now = this.#now()
    const elapsed = now - this.#tickedAt
    this.#tickedAt = now
    if (this.isPaused || !this.#isPlaying) return
    const { bytesPerMs, to } = this.facts
    if (!Number.isFinite(bytesPerMs)) {
      this.#watched = this.#position
      return
    }
    const watchable = this.#position - this.#watched
    const wanted = Math.min(elapsed * bytesPerMs, to - this.#watched)
    this.#watched += Math.min(wanted, watchable)
    if (wanted <= watchable) return
    if (this.stallMs === 0 || watchable > 0) this.stalls++
    this.stallMs += (wanted - watchable) / bytesPerMs
  }
}
