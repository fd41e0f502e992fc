import type { InfoHash } from '../torrents/metainfo/info-hash.ts'
import type { TorrentFile } from '../torrents/metainfo/torrent-file.ts'
import type { TorrentSource } from '../torrents/metainfo/torrent-source.ts'
import type { ByteRange } from '../torrents/pieces/byte-range.ts'
import type { Undeleted } from '../torrents/store/file-removal.ts'
import type { TorrentState } from '../torrents/torrent/torrent-state.ts'
import type { TorrentStats } from '../torrents/torrent/torrent-stats.ts'

/** What HTTP needs of a `FileStream`. */
export interface StreamPort {
  /** At least 1 byte, 0 at the end of the file, `null` where nothing is there yet. Rejects once closed. */
  readNow(buffer: Uint8Array): Promise<number | null>
  /** Resolves once something is there to be read, or the end is reached. Rejects once closed. */
  whenReadable(): Promise<void>
  close(): void
}

/** A stream that can go elsewhere in its file. */
export interface SeekableStreamPort extends StreamPort {
  seek(position: number): void
}

export interface StreamPortOptions {
  readonly start?: number
  /** Only what has been checked. */
  readonly verifiedOnly?: boolean
  /** Bytes that are fetched ahead of the position. */
  readonly lookAhead?: number
}

/** What HTTP needs of a `Torrent`. */
export interface TorrentPort {
  readonly id: number
  readonly infoHash: InfoHash
  readonly addedAt: Date
  readonly name: string | null
  readonly outputFolder: string
  readonly files: readonly TorrentFile[]
  readonly pieceCount: number
  readonly state: TorrentState
  /** Why single files cannot be used, by index. */
  readonly fileFaults: ReadonlyMap<number, string>
  isSelected(fileIndex: number): boolean
  stats(): TorrentStats
  /** Resolves once the files are known and can be streamed. */
  ready(options?: { timeoutMs?: number }): Promise<void>
  /** Whether every byte of a file is on the disk, and verified. */
  hasWhole(fileIndex: number): boolean
  /** Throws what `stream` would, and opens nothing. */
  requireStreamable(fileIndex: number, start: number): unknown
  stream(fileIndex: number, options?: StreamPortOptions): SeekableStreamPort
  /** Fetches ranges ahead of need until the returned function is called. */
  prefetch(fileIndex: number, ranges: readonly ByteRange[]): () => void
  pause(): Promise<void>
  start(): Promise<void>
}

export interface AddRequest {
  readonly initialPeers?: readonly string[]
  readonly onlyFiles?: readonly number[]
  readonly outputFolder?: string
  readonly overwrite?: boolean
}

/** What HTTP needs of a `Session`. */
export interface SessionPort {
  readonly torrents: readonly TorrentPort[]
  get(idOrInfoHash: string): TorrentPort | undefined
  /** A torrent that is there already takes what is new: metadata, trackers, peers, selection. */
  add(source: TorrentSource, options?: AddRequest): Promise<{ torrent: TorrentPort }>
  /** Resolves with what could not be deleted. */
  remove(torrent: TorrentPort, options: { deleteFiles: boolean }): Promise<readonly Undeleted[]>
}
