import type { InfoHash } from '../../torrents/metainfo/info-hash.ts'
import type { Metainfo } from '../../torrents/metainfo/metainfo.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'
import type { TorrentSource } from '../../torrents/metainfo/torrent-source.ts'
import type { ByteRange } from '../../torrents/pieces/byte-range.ts'
import type { ResolvedTorrent } from '../../torrents/session/metadata-resolver.ts'
import type { SessionStats } from '../../torrents/session/session-stats.ts'
import type { Undeleted } from '../../torrents/store/file-removal.ts'
import type { DhtFacts, PeerTimeouts } from '../../torrents/swarm/swarm.ts'
import type { SwarmPeer } from '../../torrents/swarm/swarm-peer.ts'
import type { TrackerStatus } from '../../torrents/swarm/tracker-status.ts'
import type { FetchedAhead, MissingReason } from '../../torrents/torrent/fetched-ahead.ts'
import type { TorrentState } from '../../torrents/torrent/torrent-state.ts'
import type { TorrentStats } from '../../torrents/torrent/torrent-stats.ts'

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
  readonly isPaused: boolean
  /** `null` while a magnet is being resolved. */
  readonly metainfo: Pick<Metainfo, 'torrentFile' | 'isFolder'> | null
  /** One bit for each piece that is here, MSB first; `null` until the first check is done. */
  readonly haves: Uint8Array | null
  /** `null` where it is not live. */
  readonly peers: readonly SwarmPeer[] | null
  readonly trackers: readonly TrackerStatus[]
  isSelected(fileIndex: number): boolean
  select(fileIndices: readonly number[]): Promise<void>
  /** `ip:port` */
  addPeers(addresses: readonly string[]): unknown
  stats(): TorrentStats
  /** Resolves once the files are known and can be streamed. */
  ready(options?: { timeoutMs?: number }): Promise<void>
  /** Whether every byte of a file is on the disk, and verified. */
  hasWhole(fileIndex: number): boolean
  whyMissing(fileIndex: number, position: number): MissingReason
  ahead(fileIndex: number, position: number): FetchedAhead
  /** Throws what `stream` would, and opens nothing. */
  requireStreamable(fileIndex: number, start: number): unknown
  stream(fileIndex: number, options?: StreamPortOptions): SeekableStreamPort
  /** Fetches ranges ahead of need until the returned function is called. */
  prefetch(fileIndex: number, ranges: readonly ByteRange[]): () => void
  /** Its own rates, below those of the session. */
  readonly limits: RateLimits
  /** Peers at once; `null`: as many as the session lets each have. */
  readonly maxConnections: number | null
  setLimits(limits: RateLimits & { readonly maxConnections?: number | null }): Promise<void>
  /** Nothing of it is freed to make room. */
  readonly keep: boolean
  setKeep(keep: boolean): Promise<void>
  /** When it has been seeded enough: 0 for never, `null` for what the settings say. */
  readonly seeding: SeedingGoals
  setSeeding(goal: Partial<SeedingGoals>): Promise<void>
  /** Checks all that is on the disk once more; its streams end. */
  recheck(): Promise<void>
  pause(): Promise<void>
  start(): Promise<void>
}

export interface AddRequest {
  readonly initialPeers?: readonly string[]
  readonly onlyFiles?: readonly number[]
  readonly outputFolder?: string
  readonly overwrite?: boolean
  readonly paused?: boolean
  readonly peerTimeouts?: PeerTimeouts
  /** Refuses a magnet of which nothing says where a peer could be found. */
  readonly requirePeers?: boolean
  /** A magnet is kept for later runs once its metadata is known, or `SessionPort.persist` is called. */
  readonly provisional?: boolean
}

export interface AddedPort {
  readonly torrent: TorrentPort
  /** False where the session had it already. */
  readonly isNew: boolean
}

export interface ResolveRequest {
  readonly initialPeers?: readonly string[]
  readonly timeoutMs?: number
}

/** Bytes per second; `null` for no limit. */
export interface RateLimits {
  readonly uploadBps: number | null
  readonly downloadBps: number | null
}

export interface SeedingGoals {
  readonly ratio: number | null
  readonly minutes: number | null
}

/** What HTTP needs of a `Session`. */
export interface SessionPort {
  readonly torrents: readonly TorrentPort[]
  get(idOrInfoHash: string): TorrentPort | undefined
  /** A torrent that is there already takes what is new: metadata, trackers, peers, selection. */
  add(source: TorrentSource, options?: AddRequest): Promise<AddedPort>
  /** What was added provisionally stays, whatever becomes of it. */
  persist(torrent: TorrentPort): Promise<void>
  /** Reads a source without adding it; the metadata of a magnet is looked for. */
  resolve(source: TorrentSource, options?: ResolveRequest): Promise<ResolvedTorrent>
  /** Where a torrent's files would lie, absolute. */
  placeFor(metainfo: Metainfo, outputFolder?: string): Promise<string>
  /** The data folder, absolute. */
  readonly folder: string
  /** Rejects with TorrentError `bad-folder` for a path that is not in the data folder. */
  requireInside(path: string): Promise<void>
  /** Of all torrents together. */
  readonly limits: RateLimits
  /** Those that hold now. */
  readonly limitsInForce: RateLimits & { readonly isAlternative: boolean }
  /** Also for later runs. */
  setLimits(limits: RateLimits): Promise<void>
  stats(): SessionStats
  /** `null` without a DHT. */
  dht(): DhtFacts | null
  on(event: 'added' | 'changed' | 'removed', listener: (torrent: TorrentPort) => void): unknown
  off(event: 'added' | 'changed' | 'removed', listener: (torrent: TorrentPort) => void): unknown
  /** Resolves with what could not be deleted. */
  remove(torrent: TorrentPort, options: { deleteFiles: boolean }): Promise<readonly Undeleted[]>
}
