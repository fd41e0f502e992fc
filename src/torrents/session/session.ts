import { join, resolve } from 'node:path'
import { steadyClock } from '../../clock.ts'
import { OneByOne } from '../../concurrency/one-by-one.ts'
import type { InfoHash } from '../metainfo/info-hash.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import { sourceOf } from '../metainfo/named-source.ts'
import { fetchTorrentFile, type TorrentSource } from '../metainfo/torrent-source.ts'
import type { Limits } from '../rates/limits.ts'
import { type Lock, lockFolder } from '../state/lock.ts'
import type { SeedingGoal } from '../state/seeding.ts'
import type { SessionRecord, TorrentRecord } from '../state/session-record.ts'
import { SessionState } from '../state/session-state.ts'
import { Disk } from '../store/disk.ts'
import type { Undeleted } from '../store/file-removal.ts'
import {
  foldersFor,
  requireRealInside,
  resolveInside,
  STATE_FOLDER,
} from '../store/output-folder.ts'
import type { DhtFacts, SwarmClient } from '../swarm/swarm.ts'
import { Torrent } from '../torrent/torrent.ts'
import type { RemoveOptions } from '../torrent/torrent-host.ts'
import { readSource, requireFiles, type WantedTorrent } from '../torrent/wanted-torrent.ts'
import { TorrentError } from '../torrent-error.ts'
import { DiskLimits, prepareDisk } from './disk-limits.ts'
import { extendTorrent } from './extended-torrent.ts'
import { GuardedEmitter } from './guarded-emitter.ts'
import { MetadataResolver, type ResolvedTorrent } from './metadata-resolver.ts'
import { Places } from './places.ts'
import { SeedingWatch } from './seeding-watch.ts'
import { SessionKeeper } from './session-keeper.ts'
import { limitsAtStart, SessionLimits } from './session-limits.ts'
import {
  type AddOptions,
  type ResolvedOptions,
  type ResolveOptions,
  type SessionEvents,
  type SessionOptions,
  type SessionPorts,
  withDefaults,
} from './session-options.ts'
import { allPeers, type SessionStats } from './session-stats.ts'
import { openSessionSwarms } from './session-swarms.ts'
import { forgetStored } from './stored-files.ts'
import { TorrentHosts } from './torrent-hosts.ts'
import { TorrentList } from './torrent-list.ts'
import { type AddedTorrent, newRecord, requirePeers } from './torrent-request.ts'
import { addNamedPeers, restoreTorrents } from './torrent-starts.ts'
import { TurnKeeper } from './turn-keeper.ts'

/** What a session closes when it ends. */
interface SessionParts {
  readonly state: SessionState
  readonly lock: Lock
  readonly swarms: SwarmClient
}

/** All torrents of one data folder. The way in to everything about torrents. */
export class Session extends GuardedEmitter<SessionEvents> implements AsyncDisposable {
  readonly #options: ResolvedOptions
  readonly #state: SessionState
  readonly #lock: Lock
  readonly #swarms: SwarmClient
  readonly #disk = new Disk()
  readonly #places: Places
  readonly #limits: SessionLimits
  readonly #seeding: SeedingWatch
  readonly #room: DiskLimits
  readonly #hosts: TorrentHosts
  readonly #torrents = new TorrentList()
  readonly #changes = new OneByOne<InfoHash>()
  readonly #keeper: SessionKeeper
  readonly #turns: TurnKeeper
  readonly #resolver: MetadataResolver
  readonly #openedAt = performance.now()
  #isClosed = false

  /**
   * Locks the folder, listens for peers and brings back the torrents of the last run. A torrent that
   * makes trouble is in error then. Throws LockError where another process has the folder, and the
   * system's errors.
   */
  static async open(given: SessionOptions & SessionPorts): Promise<Session> {
    const options = withDefaults({ ...given, folder: resolve(given.folder) })
    const { folder } = options
    const stateFolder = resolve(options.stateFolder ?? join(folder, STATE_FOLDER))
    const lock = await lockFolder(stateFolder)
    try {
      await prepareDisk(options)
      const state = new SessionState(stateFolder, options.log)
      const record = await state.load()
      const swarms = await openSessionSwarms(options)
      const session = new Session(options, record, { state, lock, swarms })
      try {
        session.#keeper.factsMissing = await restoreTorrents(record, {
          ...{ state, folder, places: session.#places },
          list: (known, metainfo) => session.#list(known, metainfo, 'earlier run'),
        })
      } catch (error) {
        await session.#end()
        throw error
      }
      return session
    } catch (error) {
      await lock.release()
      throw error
    }
  }

  private constructor(
    options: ResolvedOptions,
    { nextId, limits }: SessionRecord,
    { state, lock, swarms }: SessionParts,
  ) {
    super(options.log)
    this.#options = options
    this.#state = state
    this.#lock = lock
    this.#swarms = swarms
    this.#places = new Places(options.folder)
    this.#limits = new SessionLimits(limitsAtStart(options, limits), options.dailyLimits)
    this.#room = new DiskLimits(options, () => this.torrents)
    this.#hosts = new TorrentHosts({
      ...options,
      noRoom: () => this.#room.noRoom,
      ...{ limits: this.#limits, disk: this.#disk, places: this.#places },
      ...{ state, swarms },
    })
    const { fetchTorrent = fetchTorrentFile, log } = options
    const find = (infoHash: InfoHash): Torrent | undefined => this.#torrents.get(infoHash)
    this.#resolver = new MetadataResolver({ ...options, swarms, find, fetchTorrent, log })
    this.#keeper = new SessionKeeper(state, this.#torrents, nextId, options.log)
    this.#keeper.limits = () => this.limits
    this.#seeding = new SeedingWatch({ torrents: () => this.torrents, log })
    this.#turns = new TurnKeeper(this.#torrents, options, steadyClock)
  }

  /** By ascending id. */
  get torrents(): readonly Torrent[] {
    return this.#torrents.all
  }

  /** Does some viewer wait for bytes that a peer could give now? */
  isAnyStarving(): boolean {
    return this.#hosts.isAnyStarving
  }

  /** The data folder, absolute. */
  get folder(): string {
    return this.#options.folder
  }

  get peerPort(): number {
    return this.#swarms.port
  }

  /** Of all torrents together. */
  get limits(): Limits {
    return this.#limits.limits
  }

  /** Changes those that are named, also for later runs. Throws TorrentError `bad-limit`. */
  async setLimits(change: Partial<Limits>): Promise<void> {
    this.#limits.change(change)
    await this.#keeper.saveList()
  }

  /** Of torrents that say nothing else, for this run. Throws TorrentError `bad-limit`. */
  setSeedingGoal(change: Partial<SeedingGoal>): void {
    this.#hosts.setSeedingGoal(change)
  }

  /** Bytes that all torrents together may store; `null` for no quota. */
  get quotaBytes(): number | null {
    return this.#room.quotaBytes
  }

  /** For this run. Throws TorrentError `bad-limit`. */
  setQuota(bytes: number | null): void {
    this.#room.quotaBytes = bytes
  }

  /** Bytes of the disk that stay free; `null` for no reserve. */
  get reserveBytes(): number | null {
    return this.#room.reserveBytes
  }

  /** For this run. Throws TorrentError `bad-limit`. */
  setReserve(bytes: number | null): void {
    this.#room.reserveBytes = bytes
  }

  stats(): SessionStats {
    const uptimeSeconds = (performance.now() - this.#openedAt) / 1_000
    return { traffic: this.#swarms.traffic, peers: allPeers(this.torrents), uptimeSeconds }
  }

  dht(): DhtFacts | null {
    return this.#swarms.dht()
  }

  /** By decimal id, or by info hash (hex or base32). */
  get(idOrInfoHash: number | string): Torrent | undefined {
    return this.#torrents.find(String(idOrInfoHash))
  }

  /**
   * Adds a torrent, as surface/surface.ts says; the folder of one that is there stays. Throws TorrentError
   * `invalid-torrent`, `fetch-failed`, `unknown-file`, `bad-folder` or `files-exist`, or the signal's
   * reason; nothing is added or changed then.
   */
  async add(
    source: string | Uint8Array | TorrentSource,
    options: AddOptions = {},
  ): Promise<AddedTorrent> {
    const { signal } = options
    signal?.throwIfAborted()
    const wanted = await readSource(await sourceOf(source, signal), {
      known: (hash) => this.#torrents.metainfoOf(hash),
      signal,
    })
    signal?.throwIfAborted()
    const wantedFolder =
      options.outputFolder === undefined ? null : resolveInside(this.folder, options.outputFolder)
    requireFiles(wanted.metainfo, options.onlyFiles ?? [])
    const { infoHash } = wanted
    return await this.#changes.run(infoHash, () => this.#add(wanted, options, wantedFolder))
  }

  /**
   * Reads a source without adding it; the metadata of a magnet is looked for. Rejects with TorrentError
   * `invalid-torrent`, `fetch-failed`, `no-peers`, `timeout` or `closed`, or with the signal's reason.
   */
  async resolve(source: TorrentSource, options: ResolveOptions = {}): Promise<ResolvedTorrent> {
    return await this.#resolver.resolve(source, options)
  }

  requireInside(path: string): Promise<void> {
    return requireRealInside(this.folder, resolveInside(this.folder, path))
  }

  /** Where a torrent's files would lie, absolute. Throws TorrentError `bad-folder`. */
  placeFor(metainfo: Metainfo, outputFolder?: string): string {
    const wanted = outputFolder === undefined ? null : resolveInside(this.folder, outputFolder)
    return foldersFor(metainfo, this.folder, wanted)[0] ?? this.folder
  }

  /**
   * Ends its streams and forgets it; `deleteFiles` also deletes what it stored. Resolves with what of
   * that could not be deleted. The torrent is gone in any case.
   */
  async remove(
    { id, infoHash }: Pick<Torrent, 'id' | 'infoHash'>,
    { deleteFiles = false }: RemoveOptions = {},
  ): Promise<readonly Undeleted[]> {
    const torrent = this.#torrents.get(infoHash)
    if (torrent?.id !== id) throw new TorrentError('unknown-torrent', `torrent ${id} is not here`)
    this.#torrents.delete(torrent)
    this.#turns.forget(id)
    return await this.#changes.run(infoHash, () => this.#forget(torrent, deleteFiles))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Leaves all swarms, saves, and unlocks the folder. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#changes.idle()
    await this.#keeper.saveOrSay(this.#torrents.atWork)
    await this.#keeper.saveFacts()
    await this.#end()
  }

  /** Frees everything; what was saved stays as it is. */
  async #end(): Promise<void> {
    this.#isClosed = true
    this.#keeper.close()
    this.#turns.close()
    this.#hosts.close()
    this.#limits.close()
    this.#seeding.close()
    this.#room.close()
    await this.#resolver.close()
    const closed = await Promise.allSettled(this.torrents.map((torrent) => torrent.life.close()))
    for (const ending of closed.filter(({ status }) => status === 'rejected')) {
      this.#options.log.error(ending, 'cannot save progress')
    }
    await this.#swarms.close()
    await this.#disk.close()
    await this.#state.close()
    await this.#lock.release()
  }

  async #add(
    wanted: WantedTorrent,
    options: AddOptions,
    wantedFolder: string | null,
  ): Promise<AddedTorrent> {
    if (this.#isClosed) throw new TorrentError('closed', 'the session is closed')
    const known = this.#torrents.get(wanted.infoHash)
    if (known !== undefined) {
      await extendTorrent(known, wanted, options)
      await this.#keeper.save([known.infoHash])
      return { torrent: known, isNew: false }
    }
    if (options.requirePeers) requirePeers(wanted, options.initialPeers ?? [], this.#options)
    const tellResolver = await this.#resolver.release(wanted.infoHash)
    try {
      return { torrent: await this.#addNew(wanted, options, wantedFolder), isNew: true }
    } finally {
      tellResolver()
    }
  }

  async #addNew(
    wanted: WantedTorrent,
    options: AddOptions,
    wantedFolder: string | null,
  ): Promise<Torrent> {
    let record = newRecord(wanted, options, wantedFolder)
    if (wanted.metainfo !== null) {
      const outputFolder = await this.#places.claim(record, wanted.metainfo)
      record = { ...record, outputFolder: this.#places.relative(outputFolder) }
    }
    const torrent = await this.#keep(record, wanted.metainfo)
    void addNamedPeers(torrent, wanted.peerHosts)
    return torrent
  }

  async #forget(torrent: Torrent, alsoFiles: boolean): Promise<readonly Undeleted[]> {
    const { log } = this.#options
    try {
      await torrent.life.close()
    } catch (error) {
      log.debug({ err: error }, 'progress of a torrent that is removed cannot be saved')
    }
    this.emit('removed', torrent)
    const parts = {
      disk: this.#disk,
      places: this.#places,
      state: this.#state,
      keeper: this.#keeper,
    }
    return await forgetStored({ ...parts, folder: this.folder, log }, torrent, { alsoFiles })
  }

  async #keep(record: TorrentRecord, metainfo: Metainfo | null): Promise<Torrent> {
    const torrent = this.#list({ ...record, id: this.#keeper.takeId() }, metainfo)
    try {
      if (metainfo !== null) {
        await this.#state.torrentFile(torrent.infoHash).write(metainfo.torrentFile)
      }
      await this.#keeper.save([torrent.infoHash])
    } catch (error) {
      this.#torrents.delete(torrent)
      await torrent.life.close()
      await this.#places.release(torrent.infoHash)
      await this.#state.forget(torrent.infoHash)
      throw error
    }
    this.emit('added', torrent)
    void torrent.life.open()
    return torrent
  }

  #list(record: TorrentRecord, metainfo: Metainfo | null, from?: 'earlier run'): Torrent {
    const torrent: Torrent = new Torrent(
      this.#hosts.of(record.infoHash, {
        record: () => torrent.record,
        changed: () => this.#onChanged(torrent, { isSaved: false }),
        looked: () => this.#onChanged(torrent, { isSaved: true }),
        mayRest: () => from === 'earlier run' && this.#turns.isCrowded,
        reviewTurns: this.#turns.review,
        finished: () => this.emit('finished', torrent),
        save: () => this.#keeper.save([record.infoHash]),
        remove: (options) => this.remove(torrent, options),
      }),
      record,
      metainfo,
    )
    this.#torrents.add(torrent)
    return torrent
  }

  #onChanged(torrent: Torrent, { isSaved }: { readonly isSaved: boolean }): void {
    if (this.#isClosed || !this.#torrents.has(torrent)) return
    this.emit('changed', torrent)
    if (!isSaved) void this.#keeper.saveOrSay([torrent.infoHash])
  }
}
