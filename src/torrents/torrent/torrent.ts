import { relative, resolve } from 'node:path'
import { FileSet } from '../metainfo/file-set.ts'
import type { InfoHash } from '../metainfo/info-hash.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { ByteRange } from '../pieces/byte-range.ts'
import type { Limits } from '../rates/limits.ts'
import type { OwnSeedingGoal, SeedingRecord } from '../state/seeding.ts'
import type { TorrentRecord } from '../state/session-record.ts'
import type { Undeleted } from '../store/file-removal.ts'
import type { FileStream } from '../streams/file-stream.ts'
import type { Swarm } from '../swarm/swarm.ts'
import type { SwarmPeer } from '../swarm/swarm-peer.ts'
import { type TrackerStatus, waitingTracker } from '../swarm/tracker-status.ts'
import type { FetchedAhead, MissingReason } from './fetched-ahead.ts'
import type { Holdings } from './holdings.ts'
import type { WaitOptions } from './metadata-wait.ts'
import { StreamableFile, type StreamOptions } from './streamable-file.ts'
import {
  type CommandedTorrent,
  pauseTorrent,
  selectFiles,
  startTorrent,
} from './torrent-commands.ts'
import type { TorrentContent } from './torrent-content.ts'
import type { RemoveOptions, TorrentHost } from './torrent-host.ts'
import { TorrentLife } from './torrent-life.ts'
import {
  aheadOf,
  isWhole,
  missingIn,
  openStream,
  prefetchRanges,
  readableFile,
  requireStreamable,
  whyMissing,
} from './torrent-reading.ts'
import { type TorrentLimits, TorrentSettings } from './torrent-settings.ts'
import type { TorrentState } from './torrent-state.ts'
import { type PeerCounts, peerCounts, type TorrentStats, torrentStats } from './torrent-stats.ts'
import { requireFiles } from './wanted-torrent.ts'

const NO_FAULTS: ReadonlyMap<number, string> = new Map()

/** One torrent of the session, from the moment it is added. */
export class Torrent {
  readonly id: number
  readonly infoHash: InfoHash
  readonly addedAt: Date
  /** What the session does with it. */
  readonly life: TorrentLife
  readonly #host: TorrentHost
  readonly #record: TorrentRecord
  #files: readonly StreamableFile[] = []
  readonly #settings: TorrentSettings

  /**
   * @param record - What the session knows of it.
   * @param metainfo - From the disk; `null` where it is not known yet.
   */
  constructor(host: TorrentHost, record: TorrentRecord, metainfo: Metainfo | null) {
    this.id = record.id
    this.infoHash = record.infoHash
    this.addedAt = record.addedAt
    this.life = new TorrentLife(host, record, metainfo)
    this.#host = host
    this.#record = record
    this.#settings = new TorrentSettings(host, this.life.membership, record)
  }

  /** `null` while a nameless magnet is being resolved. */
  get name(): string | null {
    return this.metainfo?.name ?? this.#record.name
  }

  /** Empty while a magnet is being resolved. */
  get files(): readonly StreamableFile[] {
    const files = this.metainfo?.files ?? []
    if (this.#files.length !== files.length) {
      this.#files = files.map((file) => new StreamableFile(this, file))
    }
    return this.#files
  }

  /** Bytes; 0 while a magnet is being resolved. */
  get length(): number {
    return this.metainfo?.length ?? 0
  }

  get pieceCount(): number {
    return this.metainfo?.pieceCount ?? 0
  }

  /** `null` while a magnet is being resolved. */
  get metainfo(): Metainfo | null {
    return this.life.metadata.metainfo
  }

  /** Absolute; where the files lie, or will as far as it is known. */
  get outputFolder(): string {
    const planned = this.#record.outputFolder ?? this.#record.wantedFolder ?? ''
    return this.holdings?.outputFolder ?? resolve(this.#host.folder, planned)
  }

  /** `null` while the torrent rests, and until it has a place for its files. */
  get content(): TorrentContent | null {
    return this.life.content
  }

  /** What is here of it; `null` until it has a place for its files. */
  get holdings(): Holdings | null {
    return this.life.holdings
  }

  /** Why single files cannot be used, by index; the others go on. */
  get fileFaults(): ReadonlyMap<number, string> {
    return this.holdings?.fileFaults ?? NO_FAULTS
  }

  get swarm(): Swarm | null {
    return this.life.membership.swarm
  }

  get state(): TorrentState {
    return this.life.state
  }

  /** What a restart needs. */
  get record(): TorrentRecord {
    return {
      ...this.#record,
      name: this.name,
      isPaused: this.life.isPaused,
      onlyFiles: this.life.onlyFiles,
      adopt: this.life.mayAdopt,
      outputFolder:
        this.holdings === null
          ? this.#record.outputFolder
          : relative(this.#host.folder, this.holdings.outputFolder),
      trackers: this.life.membership.trackers,
      peers: this.life.membership.addresses,
      maxConnections: this.life.membership.maxConnections ?? undefined,
      ...this.#settings.record,
      webSeeds: this.life.webSeeds.urls,
    }
  }

  /** When it is to be paused after it was finished: 0 for never, `null` for what the session says. */
  get seeding(): OwnSeedingGoal {
    return this.#settings.seeding
  }

  /** Changes what is named, also for later runs. Throws TorrentError `bad-limit`. */
  setSeeding(goal: Partial<OwnSeedingGoal>): Promise<void> {
    return this.#settings.setSeeding(goal)
  }

  /** How much it was seeded; another object when that has changed. */
  get seeded(): SeedingRecord {
    return this.#settings.seedingTally.record
  }

  /** Counts what it was seeded; which goal is reached, if one is. `now` in ms. */
  countSeeding(now: number): 'ratio' | 'time' | null {
    const { seedingTally } = this.#settings
    // So it is with those that rest, of which there may be thousands.
    if (this.content === null && !seedingTally.isCounting) return null
    const isLive = this.state.kind === 'live'
    seedingTally.look(isLive ? this.swarm : null, this.content, now)
    return isLive ? seedingTally.reached(this.#host.seedingGoal, this.content) : null
  }

  /** It has been seeded enough. Throws as `pause` does. */
  async stopSeeding(): Promise<void> {
    await this.life.pause()
    await this.#host.save()
  }

  /** All that was stored of it is gone from the disk: it waits for it, or for a start. */
  get filesAreGone(): boolean {
    return this.life.gonePath !== null
  }

  /** Somebody has paused it, whatever it does meanwhile. */
  get isPaused(): boolean {
    return this.life.isPaused
  }

  /** One bit for each piece that is here; `null` until the first check is done. */
  get haves(): Uint8Array | null {
    const { kind } = this.state
    return kind === 'live' || kind === 'paused' ? (this.holdings?.have.bytes ?? null) : null
  }

  /** `null` where it is not live. */
  get peers(): readonly SwarmPeer[] | null {
    return this.state.kind === 'live' ? (this.swarm?.knownPeers() ?? null) : null
  }

  /** `null` where it is not live. */
  get peerCounts(): PeerCounts | null {
    const { content, swarm } = this
    const isLive = this.state.kind === 'live' && content !== null && swarm !== null
    return isLive ? peerCounts(content.downloader, swarm) : null
  }

  get trackers(): readonly TrackerStatus[] {
    return this.swarm?.trackers ?? this.life.membership.trackers.map(waitingTracker)
  }

  /** Nothing of it is freed to make room. */
  get keep(): boolean {
    return this.#settings.keep
  }

  /** Also for later runs. Rejects with StorageError. */
  setKeep(keep: boolean): Promise<void> {
    return this.#settings.setKeep(keep)
  }

  /** Frees pieces that no stream wants; returns how many bytes it were. Rejects with the system's error. */
  async evict(pieces: readonly number[]): Promise<number> {
    const content = await this.life.wake()
    return this.keep ? 0 : await content.evict(pieces)
  }

  /** Its own rates, below those of the session. */
  get limits(): Limits {
    return this.#settings.limits
  }

  /** Changes those that are named, also for later runs. Rejects with TorrentError `bad-limit`, or StorageError. */
  setLimits(change: Partial<TorrentLimits>): Promise<void> {
    return this.#settings.setLimits(change)
  }

  /** Peers at once; `null`: as many as the session lets each have. */
  get maxConnections(): number | null {
    return this.life.membership.maxConnections
  }

  /** Also for later runs; whoever is too many is hung up on. Rejects with TorrentError `bad-limit`. */
  setMaxConnections(most: number | null): Promise<void> {
    return this.#settings.setLimits({ maxConnections: most })
  }

  isSelected(fileIndex: number): boolean {
    return this.life.onlyFiles?.has(fileIndex) ?? true
  }

  stats(): TorrentStats {
    return torrentStats(this)
  }

  /**
   * Resolves once the files are known and can be streamed. Rejects with TorrentError `timeout`,
   * `closed` or what is wrong, or with the signal's reason.
   */
  ready(options: WaitOptions = {}): Promise<void> {
    return this.life.metadata.outcome.wait(options)
  }

  /**
   * Downloads these files and no others. Throws TorrentError `unknown-file`, or `resolving` where the
   * files are not known yet.
   */
  async select(fileIndices: readonly number[]): Promise<void> {
    for (const index of fileIndices) {
      if (this.metainfo === null) readableFile(this.life, index)
      else requireFiles(this.metainfo, [index])
    }
    await this.choose(FileSet.of(fileIndices))
  }

  /** The same, whatever is known of its files; all of them for `null`. Rejects with StorageError. */
  choose(onlyFiles: FileSet | null): Promise<void> {
    return selectFiles({ host: this.#host, life: this.life }, onlyFiles)
  }

  /** Leaves the swarm, also after a restart. Throws TorrentError `wrong-state` where it is paused. */
  pause(): Promise<void> {
    return pauseTorrent(this.#commanded)
  }

  /** Goes on, also after a restart. Throws TorrentError `wrong-state` where it is live. */
  start(): Promise<void> {
    return startTorrent(this.#commanded)
  }

  get #commanded(): CommandedTorrent {
    return { host: this.#host, life: this.life, tally: this.#settings.seedingTally }
  }

  /** Checks all that is on the disk once more. Rejects with TorrentError `wrong-state`. */
  recheck(): Promise<void> {
    return this.life.recheck()
  }

  /** Ends its streams and takes it out of the session. Resolves with what could not be deleted. */
  remove(options?: RemoveOptions): Promise<readonly Undeleted[]> {
    return this.#host.remove(options)
  }

  addPeers(addresses: readonly string[]): number {
    return this.life.membership.addPeers(addresses)
  }

  /**
   * Throws what `stream` would, and opens nothing: TorrentError `resolving`, `unknown-file`, or
   * `unavailable` where the torrent is stopped and the first byte asked for is not on the disk.
   */
  requireStreamable(fileIndex: number, start: number): void {
    requireStreamable(this.life, fileIndex, start)
  }

  /** Whether every byte of a file is on the disk, and verified. Throws TorrentError `unknown-file`, `resolving`. */
  hasWhole(fileIndex: number): boolean {
    return isWhole(this.life, fileIndex)
  }

  /** Opens a file for reading. Throws as `requireStreamable` does, or the signal's reason. */
  stream(fileIndex: number, options: StreamOptions = {}): FileStream {
    return openStream(this.life, this.#host, { ...options, fileIndex })
  }

  /**
   * Bytes that have to be fetched before the range can be read verified: all pieces that it lies in and
   * that are not on the disk. Throws TorrentError as `stream` does.
   */
  missingBytes(fileIndex: number, range: ByteRange): number {
    return missingIn(this.life, fileIndex, range)
  }

  /** Why the byte at `position` of a file is not here yet. Throws TorrentError `unknown-file`, `resolving`. */
  whyMissing(fileIndex: number, position: number): MissingReason {
    return whyMissing(this.life, fileIndex, position)
  }

  /** What is fetched for a stream at `position` of a file, and what of it is here. */
  ahead(fileIndex: number, position: number): FetchedAhead {
    return aheadOf(this.life, fileIndex, position)
  }

  /** Fetches ranges of a file ahead of need, until the returned function is called. */
  prefetch(fileIndex: number, ranges: readonly ByteRange[]): () => void {
    return prefetchRanges(this.life, fileIndex, ranges)
  }
}
