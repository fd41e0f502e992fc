import type { InfoHash } from '../metainfo/info-hash.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { TorrentFile } from '../metainfo/torrent-file.ts'
import type { TorrentSource } from '../metainfo/torrent-source.ts'
import type { ByteRange } from '../pieces/byte-range.ts'
import type { DailyLimits } from '../rates/daily-limits.ts'
import type { Limits } from '../rates/limits.ts'
import type { ResolvedTorrent } from '../session/metadata-resolver.ts'
import { Session as TorrentSession } from '../session/session.ts'
import type { AddOptions, ResolveOptions, SessionOptions } from '../session/session-options.ts'
import type { SessionStats } from '../session/session-stats.ts'
import type { OwnSeedingGoal, SeedingGoal } from '../state/seeding.ts'
import type { Undeleted } from '../store/file-removal.ts'
import type { DhtFacts, MaxConnections } from '../swarm/swarm.ts'
import type { SwarmPeer } from '../swarm/swarm-peer.ts'
import type { TrackerStatus } from '../swarm/tracker-status.ts'
import type { FetchedAhead, MissingReason } from '../torrent/fetched-ahead.ts'
import type { WaitOptions } from '../torrent/metadata-wait.ts'
import type { StreamOptions } from '../torrent/streamable-file.ts'
import type { RemoveOptions } from '../torrent/torrent-host.ts'
import type { TorrentState } from '../torrent/torrent-state.ts'
import type { TorrentStats } from '../torrent/torrent-stats.ts'

/** Reads a file of a torrent while it arrives; its position says what is fetched next. */
export interface FileStream extends AsyncIterable<Uint8Array> {
  /** Bytes of the file. */
  readonly length: number
  /** Offset in the file of the next byte to be read. */
  readonly position: number
  /**
   * Reads at least one byte and at most `buffer.length`, waiting for pieces to arrive; 0 at the end.
   * One read at a time. Rejects with TorrentError `closed`, `corrupt` or `unavailable`, or with the
   * reason of a signal; of the one given here the stream can be read on.
   */
  read(buffer: Uint8Array, options?: { readonly signal?: AbortSignal | undefined }): Promise<number>
  /** As `read`, but `null` where it would have to wait: no buffer is held meanwhile. */
  readNow(buffer: Uint8Array): Promise<number | null>
  /** Resolves once a read would not wait. Rejects as `read` does. */
  whenReadable(): Promise<void>
  /** The next read starts at `position`; past the end it reads nothing. */
  seek(position: number): void
  /** Frees what it holds at once; a pending read rejects with `closed`. Idempotent. */
  close(): void
  /**
   * A Node stream of `range` (both ends inclusive; from the position on where `start` is absent);
   * destroying it closes this stream.
   */
  toReadable(range?: Partial<ByteRange>): import('node:stream').Readable
}

/** A file of a torrent, and the way to its bytes. */
export interface StreamableFile extends TorrentFile {
  /** Opens it for reading; `Torrent.stream` with its index. */
  stream(options?: StreamOptions): FileStream
  /** Fetches ranges ahead of need, until the returned function is called. */
  prefetch(ranges: readonly ByteRange[]): () => void
}

/** One torrent of a session, from the moment that it is added. */
export interface Torrent {
  /** Its number in this data folder, for ever. */
  readonly id: number
  readonly infoHash: InfoHash
  readonly addedAt: Date
  /** `null` while a nameless magnet is being resolved. */
  readonly name: string | null
  /** All entries of the torrent file, pads too; empty while a magnet is being resolved. */
  readonly files: readonly StreamableFile[]
  /** Bytes; 0 while a magnet is being resolved. */
  readonly length: number
  readonly pieceCount: number
  /** Absolute; where the files lie, or will as far as it is known. */
  readonly outputFolder: string
  readonly state: TorrentState
  /** Why single files cannot be used, by index; the others go on. */
  readonly fileFaults: ReadonlyMap<number, string>
  /** The metadata as it was found; `null` while a magnet is being resolved. */
  readonly metainfo: Metainfo | null
  /** All that was stored of it is gone from the disk: it waits for it, or for a start. */
  readonly filesAreGone: boolean
  /** Somebody has paused it, whatever it does meanwhile. */
  readonly isPaused: boolean
  /** One bit for each piece that is here, MSB first; `null` until the first check is done. */
  readonly haves: Uint8Array | null
  /** `null` where it is not live. */
  readonly peers: readonly SwarmPeer[] | null
  /** In the order of the torrent. */
  readonly trackers: readonly TrackerStatus[]
  isSelected(fileIndex: number): boolean
  /**
   * Downloads these files and no others, also after a restart. Rejects with TorrentError
   * `unknown-file`, or `resolving` where the files are not known yet.
   */
  select(fileIndices: readonly number[]): Promise<void>
  stats(): TorrentStats
  /**
   * Resolves once the files are known and can be streamed. Rejects with TorrentError `timeout`,
   * `closed` or what is wrong, or with the signal's reason.
   */
  ready(options?: WaitOptions): Promise<void>
  /** `ip:port`; resolves to nothing, returns how many are addresses. */
  addPeers(addresses: readonly string[]): number
  /**
   * Opens a file for reading. Throws TorrentError `resolving`, `unknown-file`, or `unavailable` where
   * the torrent is stopped and the first byte asked for is not on the disk.
   */
  stream(fileIndex: number, options?: StreamOptions): FileStream
  /** Whether every byte of a file is on the disk, and verified. Throws as `stream` does. */
  hasWhole(fileIndex: number): boolean
  /** Bytes of all pieces that a range of a file lies in and that are not on the disk. */
  missingBytes(fileIndex: number, range: ByteRange): number
  /** Why the byte at `position` of a file is not here yet. Throws TorrentError `unknown-file`, `resolving`. */
  whyMissing(fileIndex: number, position: number): MissingReason
  /** What is fetched for a stream at `position` of a file, and what of it is here. */
  ahead(fileIndex: number, position: number): FetchedAhead
  /** Throws what `stream` would, and opens nothing. */
  requireStreamable(fileIndex: number, start: number): unknown
  /** Fetches ranges of a file ahead of need, until the returned function is called. */
  prefetch(fileIndex: number, ranges: readonly ByteRange[]): () => void
  /** Leaves the swarm, also after a restart. Rejects with TorrentError `wrong-state` where it has. */
  pause(): Promise<void>
  /** Goes on, also after a restart. Rejects with TorrentError `wrong-state` where it is live. */
  start(): Promise<void>
  /** Its own rates, below those of the session. */
  readonly limits: Limits
  /**
   * Changes those that are named, also for later runs. Rejects with TorrentError `bad-limit`, or with StorageError; nothing is
   * changed then.
   */
  setLimits(change: Partial<Limits & Pick<Torrent, 'maxConnections'>>): Promise<void>
  /** Checks all that is on the disk once more; its streams end. Rejects with TorrentError `wrong-state`. */
  recheck(): Promise<void>
  /** When it is to be paused after it was finished: 0 for never, `null` for what the session says. */
  readonly seeding: OwnSeedingGoal
  /** Changes what is named, also for later runs. Rejects with TorrentError `bad-limit`. */
  setSeeding(goal: Partial<OwnSeedingGoal>): Promise<void>
  /** Peers at once; `null`: as many as the session lets each have. */
  readonly maxConnections: number | null
  /** Also for later runs; whoever is too many is hung up on. Rejects with TorrentError `bad-limit`. */
  setMaxConnections(most: number | null): Promise<void>
  /** Nothing of it is freed to make room for others. */
  readonly keep: boolean
  /** Also for later runs. Rejects with StorageError. */
  setKeep(keep: boolean): Promise<void>
  /** The same as `Session.remove`. */
  remove(options?: RemoveOptions): Promise<readonly Undeleted[]>
}

export interface AddedTorrent {
  readonly torrent: Torrent
  /** False where the session had it already. */
  readonly isNew: boolean
}

/**
 * What a session tells. `changed`: metadata, state, selection or what is finished; `finished`: the
 * last of what is selected has arrived, which does not happen where a check finds all of it there.
 */
export type SessionEvent = 'added' | 'removed' | 'changed' | 'finished'

/** All torrents of one data folder, with one port for peers. */
export interface Session extends AsyncDisposable {
  /** By ascending id. */
  readonly torrents: readonly Torrent[]
  /** The data folder, absolute. */
  readonly folder: string
  readonly peerPort: number
  /** Does some viewer wait for bytes that a peer could give now? */
  isAnyStarving(): boolean
  /** Rates of all torrents together. */
  readonly limits: Limits
  /** Those that hold now; others at their time of day. */
  readonly limitsInForce: Limits & { readonly isAlternative: boolean }
  /**
   * Changes those that are named, also for later runs. Rejects with TorrentError `bad-limit`, or with StorageError; nothing is
   * changed then.
   */
  setLimits(change: Partial<Limits>): Promise<void>
  /** Connections with peers. */
  readonly maxConnections: MaxConnections
  /** Those that are named, for this run: whoever is too many is hung up on. Throws TorrentError `bad-limit`. */
  setMaxConnections(change: Partial<MaxConnections>): void
  /** Others at their time of day in place of `limits`, for this run; of several that hold the first. */
  setDailyLimits(daily: readonly DailyLimits[]): void
  /**
   * When torrents that say nothing else have been seeded enough, `null` for no limit. Changes what is
   * named, for this run. Throws TorrentError `bad-limit`.
   */
  setSeedingGoal(change: Partial<SeedingGoal>): void
  /** Bytes that all torrents together may store; `null` for no quota. */
  readonly quotaBytes: number | null
  /** For this run. Throws TorrentError `bad-limit`, also where torrents are not fetched on demand. */
  setQuota(bytes: number | null): void
  /** Bytes of the disk that stay free: downloading stops before; `null` for no reserve. */
  readonly reserveBytes: number | null
  /** For this run, within a second. Throws TorrentError `bad-limit`. */
  setReserve(bytes: number | null): void
  /**
   * Whom no peer may be: a file or an http(s) URL, `null` for nobody. For this run. Rejects where it cannot be read; the
   * list before holds then. Of a URL that is tried again instead where it need not be `there` now.
   */
  setBlocklist(source: string | null, need?: 'there' | 'some time'): Promise<void>
  stats(): SessionStats
  /** Our node of the DHT; `null` where there is none. */
  dht(): DhtFacts | null
  /** A torrent that was added provisionally stays, whatever becomes of it. Rejects with the system's error. */
  persist(torrent: Pick<Torrent, 'infoHash'>): Promise<void>
  /**
   * Reads a source without adding it; the metadata of a magnet is looked for. Rejects with TorrentError
   * `invalid-torrent`, `fetch-failed`, `no-peers`, `timeout` or `closed`, or with the signal's reason.
   */
  resolve(source: TorrentSource, options?: ResolveOptions): Promise<ResolvedTorrent>
  /** Rejects with TorrentError `bad-folder` for a path that is not in the data folder, or is a link out of it. */
  requireInside(path: string): Promise<void>
  /** Where a torrent's files would lie if it were added now, absolute. Rejects with TorrentError `bad-folder`. */
  placeFor(metainfo: Metainfo, outputFolder?: string): Promise<string>
  /** By id, or by info hash (hex or base32). */
  get(idOrInfoHash: number | string): Torrent | undefined
  /**
   * Adds a torrent: a magnet URI, http(s) URL, info hash or path of a torrent file as text, the bytes
   * of a torrent file, or a source that was parsed. Text is for the owner of this machine, as it may
   * name any file; pass a stranger's through `parseTorrentSource`. Resolves at once, but for a URL or
   * path, which is read first. A torrent that is there already takes what is new: trackers, peers,
   * the metadata that it waits for, and the selection, if one is named. Rejects with TorrentError
   * `invalid-torrent`, `fetch-failed`, `unknown-file`, `bad-folder` or `files-exist`, or with the
   * signal's reason; nothing is added or changed then.
   */
  add(source: string | Uint8Array | TorrentSource, options?: AddOptions): Promise<AddedTorrent>
  /**
   * Ends its streams and forgets it; `deleteFiles` also deletes what it stored. Resolves with what of
   * that could not be deleted: the torrent is gone in any case.
   */
  remove(torrent: Torrent, options?: RemoveOptions): Promise<readonly Undeleted[]>
  on(event: SessionEvent, listener: (torrent: Torrent) => void): this
  once(event: SessionEvent, listener: (torrent: Torrent) => void): this
  off(event: SessionEvent, listener: (torrent: Torrent) => void): this
  /** Leaves all swarms, saves, and frees the folder. Idempotent. */
  close(): Promise<void>
}

export const Session: {
  /**
   * Locks the folder, listens for peers and brings back the torrents of the last run. A torrent that
   * makes trouble is in error then. Rejects with LockError where another process has the folder, and
   * with the system's errors.
   */
  open(options: SessionOptions): Promise<Session>
} = { open: (options) => TorrentSession.open(options) }
