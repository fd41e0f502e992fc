import type { StreamWindow } from '../../../../src/torrents/scheduler/model/stream-window.ts'
import { LOOK_AHEAD_BYTES } from '../../../../src/torrents/streams/torrent-streams.ts'
import type { SimulatedStore } from './simulated-store.ts'

const BLOCK = 16_384
/** A player begins with so much and buffers so much ahead. */
const READY = 2 * 1_048_576
const PLAYER_BUFFER = 24 * 1_048_576

export interface ReaderFacts {
  /** Bytes of the torrent that are its file; the end exclusive. */
  readonly from: number
  readonly to: number
  /** What is watched; infinite: a copy to disk. */
  readonly bytesPerMs: number
  readonly tellsRate?: boolean
  readonly verifiedOnly?: boolean
  readonly priority?: 'viewer' | 'probe' | 'prefetch'
}

/** A player at the other end of a stream: it reads ahead, starts with 2 MiB, and notices stalls. */
export class SimulatedReader {
  readonly id: number
  readonly facts: ReaderFacts
  /** Bytes read so far, as a position in the torrent. */
  position = 0
  /** When it was opened or last sought, and how long the first byte and 2 MiB took; ms. */
  openedAt = 0
  firstByteMs = Number.POSITIVE_INFINITY
  readyMs = Number.POSITIVE_INFINITY
  stallMs = 0
  stalls = 0
  /** Longest time without a byte that it wanted; ms. */
  longestWaitMs = 0
  isPaused = false
  isClosed = false
  bytesRead = 0
  #soughtTo = 0
  #watched = 0
  #isPlaying = false
  #tickedAt = 0
  #movedAt = 0
  readonly #store: SimulatedStore

  constructor(id: number, facts: ReaderFacts, store: SimulatedStore) {
    this.id = id
    this.facts = facts
    this.#store = store
  }

  seek(position: number, now: number): void {
    this.position = position
    this.openedAt = now
    this.firstByteMs = Number.POSITIVE_INFINITY
    this.readyMs = Number.POSITIVE_INFINITY
    this.#soughtTo = position
    this.#watched = position
    this.#isPlaying = false
    this.#tickedAt = now
    this.#movedAt = now
  }

  /** True where there is a byte to read that is not there. */
  get isWaiting(): boolean {
    return !this.isPaused && this.position < this.#wantedTo()
  }

  get isDone(): boolean {
    return this.position >= this.facts.to
  }

  /** Reads what is there, up to what its buffer holds. */
  read(now: number): void {
    if (this.isClosed) return
    this.#watch(now)
    const wantedTo = this.#wantedTo()
    const { layout } = this.#store
    const { verifiedOnly = false } = this.facts
    const before = this.position
    while (this.position < wantedTo && !this.isPaused) {
      const index = layout.blockAt(this.position)
      if (!this.#store.isPlayable(index, { verifiedOnly })) break
      const piece = layout.pieceOf(index)
      const end =
        piece * layout.pieceLength +
        (index - layout.firstBlockOf(piece)) * BLOCK +
        layout.blockLength(piece, index - layout.firstBlockOf(piece))
      this.position = Math.min(end, wantedTo)
    }
    this.bytesRead += this.position - before
    if (this.position > before || !this.isWaiting) this.#movedAt = now
    this.longestWaitMs = Math.max(this.longestWaitMs, now - this.#movedAt)
    const read = this.position - this.#soughtTo
    if (read > 0) this.firstByteMs = Math.min(this.firstByteMs, now - this.openedAt)
    if (read >= READY || this.isDone) {
      this.readyMs = Math.min(this.readyMs, now - this.openedAt)
      this.#isPlaying = true
    }
  }

  window(): StreamWindow {
    const { bytesPerMs, to, priority, tellsRate, verifiedOnly } = this.facts
    return {
      id: this.id,
      start: this.position,
      end: Math.min(to, this.position + LOOK_AHEAD_BYTES),
      endsWithFile: this.position + LOOK_AHEAD_BYTES >= to,
      waiting: this.isWaiting,
      draining: !this.isPaused,
      bytesPerMs: tellsRate === true && Number.isFinite(bytesPerMs) ? bytesPerMs : 0,
      priority: priority ?? 'viewer',
      verifiedOnly: verifiedOnly ?? false,
    }
  }

  /** Bytes read and not watched yet. */
  get buffered(): number {
    return this.position - this.#watched
  }

  #wantedTo(): number {
    if (!Number.isFinite(this.facts.bytesPerMs)) return this.facts.to
    return Math.min(this.facts.to, this.#watched + PLAYER_BUFFER)
  }

  #watch(now: number): void {
    const elapsed = now - this.#tickedAt
    this.#tickedAt = now
    if (this.isPaused || !this.#isPlaying) return
    const { bytesPerMs, to } = this.facts
    if (!Number.isFinite(bytesPerMs)) {
      this.#watched = this.position
      return
    }
    const watchable = this.buffered
    const wanted = Math.min(elapsed * bytesPerMs, to - this.#watched)
    this.#watched += Math.min(wanted, watchable)
    if (wanted <= watchable) return
    if (this.stallMs === 0 || watchable > 0) this.stalls++
    this.stallMs += (wanted - watchable) / bytesPerMs
  }
}
