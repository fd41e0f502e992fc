import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'
import type { StreamPort, TorrentPort } from '../messages/session-port.ts'
import { RecentRate } from './recent-rate.ts'

/** A wait is a stall from this length on; ms. */
const STALL_MS = 250
/** A client that takes nothing for so long has paused; ms. */
const PAUSED_AFTER_MS = 2_000

export type StallReason = ReturnType<TorrentPort['whyMissing']> | 'client_paused'

export interface StreamClient {
  readonly address: string
  readonly userAgent: string | null
}

export interface OpenedStream {
  readonly torrent: TorrentPort
  readonly file: TorrentFile
  readonly client: StreamClient
  /** Offset in the file of the first byte. */
  readonly start: number
}

/** Who is told how streams go; both in milliseconds. */
export interface StreamRecords {
  firstByte(ms: number): void
  stalled(reason: StallReason, ms: number): void
}

/** One stream that is being sent. */
export class WatchedStream implements StreamPort {
  readonly id: number
  readonly opened: OpenedStream
  /** Milliseconds since 1970. */
  readonly startedAt = Date.now()
  readonly #stream: StreamPort
  readonly #records: StreamRecords
  readonly #now: () => number
  readonly #onClose: () => void
  readonly #rate: RecentRate
  readonly #openedAt: number
  #position: number
  #waitingSince: number | null = null
  #readAt: number
  #hasBegun = false
  #stalls = 0
  #stalledMs = 0

  constructor(
    id: number,
    stream: StreamPort,
    opened: OpenedStream,
    parts: {
      readonly records: StreamRecords
      readonly now: () => number
      readonly onClose: () => void
    },
  ) {
    this.id = id
    this.opened = opened
    this.#stream = stream
    this.#records = parts.records
    this.#now = parts.now
    this.#onClose = parts.onClose
    this.#rate = new RecentRate(parts.now)
    this.#openedAt = parts.now()
    this.#readAt = this.#openedAt
    this.#position = opened.start
  }

  async readNow(buffer: Uint8Array): Promise<number | null> {
    const count = await this.#stream.readNow(buffer)
    this.#readAt = this.#now()
    if (count === null) return count
    this.#position += count
    this.#rate.add(count)
    if (!this.#hasBegun && count > 0) {
      this.#hasBegun = true
      this.#records.firstByte(this.#readAt - this.#openedAt)
    }
    return count
  }

  async whenReadable(): Promise<void> {
    const since = this.#now()
    this.#waitingSince = since
    const reason = this.#whyMissing()
    try {
      await this.#stream.whenReadable()
    } finally {
      this.#waitingSince = null
      const ms = this.#now() - since
      this.#readAt = this.#now()
      if (this.#hasBegun && ms >= STALL_MS) {
        this.#stalls++
        this.#stalledMs += ms
        this.#records.stalled(reason, ms)
      }
    }
  }

  close(): void {
    this.#stream.close()
    this.#onClose()
  }

  /** The entry of GET /streams. */
  get json(): Record<string, unknown> {
    const { torrent, file, client } = this.opened
    const position = Math.min(this.#position, file.length)
    const { firstPiece, lastPiece, bufferedBytes } = torrent.ahead(file.index, position)
    const isWindowed = firstPiece !== null && lastPiece !== null
    return {
      id: this.id,
      torrent_id: torrent.id,
      info_hash: torrent.infoHash,
      torrent_name: torrent.name ?? torrent.infoHash,
      file_idx: file.index,
      file_name: file.components.join('/'),
      client: { address: client.address, user_agent: client.userAgent },
      position,
      length: file.length,
      window: isWindowed ? { first_piece: firstPiece, last_piece: lastPiece } : null,
      buffered_ahead_bytes: bufferedBytes,
      speed_bps: Math.round(this.#rate.bytesPerSecond),
      stalls: {
        count: this.#stalls,
        total_ms: Math.round(this.#stalledMs),
        current: this.#current,
      },
      started_at: this.startedAt,
    }
  }

  get #current(): Record<string, unknown> | null {
    const now = this.#now()
    const waitedMs = this.#waitingSince === null ? 0 : now - this.#waitingSince
    if (waitedMs >= STALL_MS) return stall(waitedMs, this.#whyMissing())
    const idleMs = now - this.#readAt
    if (this.#waitingSince !== null || idleMs < PAUSED_AFTER_MS) return null
    return stall(idleMs, 'client_paused')
  }

  #whyMissing(): StallReason {
    const { torrent, file } = this.opened
    return torrent.whyMissing(file.index, this.#position)
  }
}

function stall(ms: number, reason: StallReason): Record<string, unknown> {
  return { since_ms: Date.now() - Math.round(ms), reason }
}

/** All streams that are being sent now. */
export class OpenStreams {
  readonly #streams = new Set<WatchedStream>()
  readonly #records: StreamRecords
  readonly #now: () => number
  #nextId = 1

  /** `now` in milliseconds. */
  constructor(records: StreamRecords, now: () => number) {
    this.#records = records
    this.#now = now
  }

  get count(): number {
    return this.#streams.size
  }

  watch(stream: StreamPort, opened: OpenedStream): WatchedStream {
    const watched: WatchedStream = new WatchedStream(this.#nextId++, stream, opened, {
      records: this.#records,
      now: this.#now,
      onClose: () => this.#streams.delete(watched),
    })
    this.#streams.add(watched)
    return watched
  }

  /** The answer to GET /streams: only its owner is told who streams. */
  jsonFor(viewer: 'owner' | 'reader'): { readonly streams: readonly Record<string, unknown>[] } {
    const streams = Array.from(this.#streams, ({ json }) =>
      viewer === 'owner' ? json : { ...json, client: null },
    )
    return { streams }
  }
}
