import { join, resolve } from 'node:path'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { TorrentSource } from '../metainfo/torrent-source.ts'
import type { DailyLimits } from '../rates/daily-limits.ts'
import type { Limits } from '../rates/limits.ts'
import { lockFolder } from '../state/lock.ts'
import type { SeedingGoal } from '../state/seeding.ts'
import type { SessionRecord, TorrentRecord } from '../state/session-record.ts'
import { SessionState } from '../state/session-state.ts'
import type { Undeleted } from '../store/file-removal.ts'
import { requireRealInside, resolveInside, STATE_FOLDER } from '../store/output-folder.ts'
import { changedConnections } from '../swarm/max-connections.ts'
import type { DhtFacts, MaxConnections } from '../swarm/swarm.ts'
import { Torrent } from '../torrent/torrent.ts'
import type { RemoveOptions } from '../torrent/torrent-host.ts'
import { TorrentError } from '../torrent-error.ts'
import { prepareDisk } from './disk-limits.ts'
import { GuardedEmitter } from './guarded-emitter.ts'
import type { ResolvedTorrent } from './metadata-resolver.ts'
import {
  type AddOptions,
  type ResolvedOptions,
  type ResolveOptions,
  type SessionEvents,
  type SessionOptions,
  type SessionPorts,
  withDefaults,
} from './session-options.ts'
import { type SessionGround, SessionParts } from './session-parts.ts'
import { allPeers, type SessionStats } from './session-stats.ts'
import { openSessionSwarms } from './session-swarms.ts'
import { type HostSession, SessionTorrentHost } from './session-torrent-host.ts'
import {
  endRemoval,
  type Forgotten,
  finishRemovals,
  forgetStored,
  markRemoval,
} from './stored-files.ts'
import { type AddedTorrent, TorrentAdding } from './torrent-adding.ts'
import { restoreTorrents } from './torrent-starts.ts'

/** All torrents of one data folder. The way in to everything about torrents. */
export class Session extends GuardedEmitter<SessionEvents> implements AsyncDisposable {
  readonly #parts: SessionParts
  readonly #adding: TorrentAdding
  readonly #hostSession: HostSession
  readonly #openedAt = performance.now()

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
      const session = new Session(options, record, {
        ...{ state, lock },
        ...(await openSessionSwarms(options, stateFolder)),
      })
      await session.#restore(record)
      return session
    } catch (error) {
      await lock.release()
      throw error
    }
  }

  private constructor(options: ResolvedOptions, record: SessionRecord, ground: SessionGround) {
    super(options.log)
    this.#parts = new SessionParts(options, record, ground)
    const { turns, keeper } = this.#parts
    this.#hostSession = {
      changed: (torrent) => this.#onChanged(torrent, { isSaved: false }),
      looked: (torrent) => this.#onChanged(torrent, { isSaved: true }),
      finished: (torrent) => this.emit('finished', torrent),
      save: (infoHash) => keeper.save([infoHash]),
      remove: (torrent, removal) => this.remove(torrent, removal),
      reviewTurns: turns.review,
      get isCrowded() {
        return turns.isCrowded
      },
    }
    this.#adding = new TorrentAdding(this.#parts, {
      list: (added, metainfo) => this.#list(added, metainfo),
      added: (torrent) => this.emit('added', torrent),
    })
  }

  /** By ascending id. */
  get torrents(): readonly Torrent[] {
    return this.#parts.torrents.all
  }

  /** Does some viewer wait for bytes that a peer could give now? */
  isAnyStarving(): boolean {
    return this.#parts.hosts.isAnyStarving
  }

  /** The data folder, absolute. */
  get folder(): string {
    return this.#parts.options.folder
  }

  get peerPort(): number {
    return this.#parts.swarms.port
  }

  /** Of all torrents together. */
  get limits(): Limits {
    return this.#parts.limits.limits
  }

  /** Those that hold now; others at their time of day. */
  get limitsInForce(): Limits & { readonly isAlternative: boolean } {
    const { inForce, isAlternative } = this.#parts.limits
    return { ...inForce, isAlternative }
  }

  /** Changes those that are named, also for later runs. Rejects with TorrentError `bad-limit`, or StorageError. */
  async setLimits(change: Partial<Limits>): Promise<void> {
    const { limits, keeper, hosts } = this.#parts
    await hosts.changes.run(
      'limits',
      {
        current: () => limits.limits,
        make: () => limits.change(change),
        isRefusal: (error) => error instanceof TorrentError,
        undo: (before) => {
          limits.change(before)
          // Others may have saved what is taken back here.
          void keeper.saveList().catch(() => {})
        },
      },
      () => keeper.saveList(),
    )
  }

  /** Connections with peers. */
  get maxConnections(): MaxConnections {
    return this.#parts.maxConnections
  }

  /** Those that are named, for this run: whoever is too many is hung up on. Throws TorrentError `bad-limit`. */
  setMaxConnections(change: Partial<MaxConnections>): void {
    this.#parts.maxConnections = changedConnections(this.maxConnections, change)
    this.#parts.swarms.limitConnections(this.maxConnections)
  }

  /** Others at their time of day in place of `limits`, for this run. */
  setDailyLimits(daily: readonly DailyLimits[]): void {
    this.#parts.limits.daily = daily
  }

  /** Of torrents that say nothing else, for this run. Throws TorrentError `bad-limit`. */
  setSeedingGoal(change: Partial<SeedingGoal>): void {
    this.#parts.hosts.setSeedingGoal(change)
  }

  /** Bytes that all torrents together may store; `null` for no quota. */
  get quotaBytes(): number | null {
    return this.#parts.room.quotaBytes
  }

  /** For this run. Throws TorrentError `bad-limit`. */
  setQuota(bytes: number | null): void {
    this.#parts.room.quotaBytes = bytes
  }

  /** Bytes of the disk that stay free; `null` for no reserve. */
  get reserveBytes(): number | null {
    return this.#parts.room.reserveBytes
  }

  /** For this run. Throws TorrentError `bad-limit`. */
  setReserve(bytes: number | null): void {
    this.#parts.room.reserveBytes = bytes
  }

  /**
   * Whom no peer may be: a file or an http(s) URL, `null` for nobody. For this run. Rejects where it cannot be read; the
   * list before holds then. Of a URL that is tried again instead where it need not be `there` now.
   */
  async setBlocklist(source: string | null, need: 'there' | 'some time' = 'there'): Promise<void> {
    await this.#parts.blocklist.use(source, need)
  }

  stats(): SessionStats {
    const uptimeSeconds = (performance.now() - this.#openedAt) / 1_000
    return { traffic: this.#parts.swarms.traffic, peers: allPeers(this.torrents), uptimeSeconds }
  }

  dht(): DhtFacts | null {
    return this.#parts.swarms.dht()
  }

  /** By decimal id, or by info hash (hex or base32). */
  get(idOrInfoHash: number | string): Torrent | undefined {
    return this.#parts.torrents.find(String(idOrInfoHash))
  }

  /**
   * Adds a torrent: a magnet URI, http(s) URL, info hash or path of a torrent file as text, the bytes
   * of a torrent file, or a source that was parsed. Text is for the owner of this machine, as it may
   * name any file. Returns at once, but for a URL or path, which is read first. A torrent that is
   * there already takes what is new: trackers, peers, the metadata that it waits for, and in place of
   * its selection the one that is named, if one is; its folder stays. Throws TorrentError
   * `invalid-torrent`, `fetch-failed`, `unknown-file`, `bad-folder` or `files-exist`, or the signal's
   * reason; nothing is added or changed then.
   */
  add(
    source: string | Uint8Array | TorrentSource,
    options: AddOptions = {},
  ): Promise<AddedTorrent> {
    return this.#adding.add(source, options)
  }

  /** A torrent that was added provisionally stays, whatever becomes of it. Rejects with the system's error. */
  async persist({ infoHash }: Pick<Torrent, 'infoHash'>): Promise<void> {
    const { torrents, keeper } = this.#parts
    const torrent = torrents.get(infoHash)
    if (torrent === undefined || !torrents.isProvisional(torrent)) return
    await torrents.promised(torrent, () => keeper.save([infoHash]))
  }

  /**
   * Reads a source without adding it; the metadata of a magnet is looked for. Rejects with TorrentError
   * `invalid-torrent`, `fetch-failed`, `no-peers`, `timeout` or `closed`, or with the signal's reason.
   */
  async resolve(source: TorrentSource, options: ResolveOptions = {}): Promise<ResolvedTorrent> {
    return await this.#parts.resolver.resolve(source, options)
  }

  requireInside(path: string): Promise<void> {
    return requireRealInside(this.folder, resolveInside(this.folder, path))
  }

  /** Where a torrent's files would lie if it were added now, absolute. Rejects with TorrentError `bad-folder`. */
  async placeFor(metainfo: Metainfo, outputFolder?: string): Promise<string> {
    const wanted = outputFolder === undefined ? null : resolveInside(this.folder, outputFolder)
    return await this.#parts.places.placeFor(metainfo, wanted)
  }

  /**
   * Ends its streams and forgets it; `deleteFiles` also deletes what it stored. Resolves with what of
   * that could not be deleted. Rejects with StorageError where a restart would bring it back: nothing is
   * removed then, unless there was no room on the disk before and is none after it.
   */
  async remove(
    { id, infoHash }: Pick<Torrent, 'id' | 'infoHash'>,
    { deleteFiles = false }: RemoveOptions = {},
  ): Promise<readonly Undeleted[]> {
    const { torrents, turns, changes, keeper } = this.#parts
    // An addition that was asked for before adds to it; one that is asked for later adds it anew.
    return await changes.run(infoHash, async () => {
      if (this.#parts.isClosed) throw new TorrentError('closed', 'the session is closed')
      const torrent = torrents.get(infoHash)
      if (torrent?.id !== id) throw new TorrentError('unknown-torrent', `torrent ${id} is not here`)
      await this.#markRemoval(torrent, deleteFiles)
      torrents.delete(torrent)
      turns.forget(id)
      const { leftovers, isForGood } = await this.#forget(torrent, deleteFiles)
      if (!isForGood) await keeper.save([infoHash])
      return leftovers
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Leaves all swarms, saves, and unlocks the folder. */
  close(): Promise<void> {
    return this.#parts.close()
  }

  /** Where that fails, nothing stays open. */
  async #restore(record: SessionRecord): Promise<void> {
    const { disk, state, places, keeper, options } = this.#parts
    const removal = { disk, places, state, folder: this.folder, log: options.log }
    const removed = [...state.removals.all.keys()]
    try {
      const torrents = await finishRemovals(removal, record.torrents)
      keeper.factsMissing = await restoreTorrents(torrents, {
        ...{ state, places, folder: this.folder },
        list: (known, metainfo) => this.#list(known, metainfo, 'earlier run'),
      })
      if (removed.length === 0 || !(await keeper.saveOrSay([]))) return
      for (const infoHash of removed) await endRemoval(removal, infoHash)
    } catch (error) {
      await this.#parts.end()
      throw error
    }
  }

  async #markRemoval(torrent: Torrent, alsoFiles: boolean): Promise<void> {
    const { state, torrents, options } = this.#parts
    try {
      await markRemoval({ state, log: options.log }, torrent.infoHash, { alsoFiles })
    } catch (error) {
      // Of what nobody was promised a restart need not know.
      if (!torrents.isProvisional(torrent)) throw error
    }
  }

  async #forget(torrent: Torrent, alsoFiles: boolean): Promise<Forgotten> {
    const { disk, places, state, keeper, options } = this.#parts
    const { log } = options
    try {
      await torrent.life.close()
    } catch (error) {
      log.debug({ err: error }, 'progress of a torrent that is removed cannot be saved')
    }
    this.emit('removed', torrent)
    const parts = { disk, places, state, keeper }
    return await forgetStored({ ...parts, folder: this.folder, log }, torrent, { alsoFiles })
  }

  #list(record: TorrentRecord, metainfo: Metainfo | null, from?: 'earlier run'): Torrent {
    const { hosts, torrents } = this.#parts
    const { infoHash } = record
    const isOfEarlierRun = from === 'earlier run'
    const host = new SessionTorrentHost(hosts, this.#hostSession, { infoHash, isOfEarlierRun })
    const torrent = new Torrent(host, record, metainfo)
    host.receive(torrent)
    torrents.add(torrent)
    return torrent
  }

  #onChanged(torrent: Torrent, { isSaved }: { readonly isSaved: boolean }): void {
    const { torrents } = this.#parts
    if (this.#parts.isClosed || !torrents.has(torrent)) return
    if (torrents.isAnnounced(torrent)) this.emit('changed', torrent)
    if (!isSaved) void this.#parts.keeper.saveOrSay([torrent.infoHash])
  }
}
