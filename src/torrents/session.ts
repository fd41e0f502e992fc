import { EventEmitter } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { BackgroundGovernor } from './background-governor.ts'
import type { InfoHash } from './info-hash.ts'
import type { Metainfo } from './metainfo.ts'
import { resolveInside, STATE_FOLDER } from './output-folder.ts'
import { Places } from './places.ts'
import { SessionKeeper } from './session-keeper.ts'
import type { AddOptions, SessionEvents, SessionOptions } from './session-options.ts'
import { type Lock, lockFolder } from './state/lock.ts'
import { type SessionRecord, SessionState, type TorrentRecord } from './state/session-state.ts'
import { Disk } from './store/disk.ts'
import { SegmentPool } from './store/segment-pool.ts'
import { deleteFiles } from './stored-files.ts'
import type { SwarmClient } from './swarm.ts'
import { Torrent } from './torrent.ts'
import { TorrentContent } from './torrent-content.ts'
import { TorrentError } from './torrent-error.ts'
import type { TorrentHost } from './torrent-host.ts'
import { TorrentList } from './torrent-list.ts'
import type { TorrentSource } from './torrent-source.ts'
import { checkSelection, readSource } from './wanted-torrent.ts'
import { openSwarmClient } from './webtorrent/swarm-client.ts'

/** Blocks that are not on the disk yet, of all torrents together. */
const UNWRITTEN_LIMIT_BYTES = 24 * 1024 * 1024

/** All torrents of one data folder. The way in to everything about torrents. */
export class Session extends EventEmitter<SessionEvents> {
  readonly #options: SessionOptions
  readonly #state: SessionState
  readonly #lock: Lock
  readonly #swarms: SwarmClient
  readonly #disk = new Disk()
  readonly #pool = new SegmentPool(UNWRITTEN_LIMIT_BYTES)
  readonly #places: Places
  readonly #governor: BackgroundGovernor
  readonly #torrents = new TorrentList()
  readonly #removals = new Map<InfoHash, Promise<void>>()
  readonly #keeper: SessionKeeper
  #isClosed = false

  /**
   * Locks the folder, listens for peers and brings back the torrents of the last run.
   * Throws LockError where another process has the folder, and the system's errors.
   */
  static async open(options: SessionOptions): Promise<Session> {
    const folder = resolve(options.folder)
    await mkdir(folder, { recursive: true })
    const stateFolder = join(folder, STATE_FOLDER)
    const lock = await lockFolder(stateFolder)
    try {
      const state = new SessionState(stateFolder)
      const record = await state.load()
      const swarms = await openSwarmClient({
        ...options,
        port: options.peerPort,
        uploadBytesPerSecond: options.uploadBytesPerSecond ?? null,
        log: options.log.child({ name: 'swarm' }),
      })
      const session = new Session({ ...options, folder }, state, lock, swarms, record.nextId)
      try {
        await session.#restore(record)
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
    options: SessionOptions,
    state: SessionState,
    lock: Lock,
    swarms: SwarmClient,
    nextId: number,
  ) {
    super()
    this.setMaxListeners(0)
    this.#options = options
    this.#state = state
    this.#lock = lock
    this.#swarms = swarms
    this.#places = new Places(options.folder)
    this.#governor = new BackgroundGovernor(() => this.torrents)
    this.#keeper = new SessionKeeper(state, this.#torrents, nextId, options.log)
  }

  /** By ascending id. */
  get torrents(): readonly Torrent[] {
    return this.#torrents.all
  }

  /** The data folder, absolute. */
  get folder(): string {
    return this.#options.folder
  }

  get peerPort(): number {
    return this.#swarms.port
  }

  /** By decimal id, or by info hash (hex or base32). */
  find(idOrInfoHash: string): Torrent | undefined {
    return this.#torrents.find(idOrInfoHash)
  }

  /**
   * Adds a torrent and returns at once, but for a URL, which is fetched first. A torrent that is
   * there already gets the new peers. Throws TorrentError `invalid-torrent`, `fetch-failed`,
   * `unknown-file`, `bad-folder` or `files-exist`; nothing is added then.
   */
  async add(
    source: TorrentSource,
    options: AddOptions = {},
  ): Promise<{ torrent: Torrent; isNew: boolean }> {
    const wanted = await readSource(source)
    const peers = [...wanted.peers, ...(options.initialPeers ?? [])]
    const wantedFolder =
      options.outputFolder === undefined ? null : resolveInside(this.folder, options.outputFolder)
    for (const index of options.onlyFiles ?? []) checkSelection(wanted.metainfo, [index])
    await this.#removals.get(wanted.infoHash)
    if (this.#isClosed) throw new TorrentError('closed', 'the session is closed')
    const known = this.#torrents.get(wanted.infoHash)
    if (known !== undefined) {
      known.addPeers(peers)
      return { torrent: known, isNew: false }
    }
    let record: TorrentRecord = {
      id: -1,
      infoHash: wanted.infoHash,
      addedAt: new Date(),
      isPaused: options.paused ?? false,
      onlyFiles: options.onlyFiles ?? wanted.onlyFiles,
      ...{ outputFolder: null, wantedFolder, peers },
      adopt: options.overwrite ?? false,
      name: wanted.name,
      trackers: wanted.trackers,
    }
    if (wanted.metainfo !== null) {
      const outputFolder = await this.#places.claim(record, wanted.metainfo)
      record = { ...record, outputFolder: this.#places.relative(outputFolder) }
    }
    return await this.#keep(record, wanted.metainfo)
  }

  /** Throws TorrentError `wrong-state` where it is paused already. */
  async pause(torrent: Torrent): Promise<void> {
    await torrent.pause()
    await this.#keeper.save()
  }

  /** Throws TorrentError `wrong-state` where it is live already. */
  async start(torrent: Torrent): Promise<void> {
    await torrent.start()
    await this.#keeper.save()
  }

  /** Ends its streams and forgets it; `deleteFiles` also deletes what it stored. */
  async remove(torrent: Torrent, options: { deleteFiles: boolean }): Promise<void> {
    if (!this.#torrents.has(torrent)) {
      throw new TorrentError('unknown-torrent', `torrent ${torrent.id} is not here`)
    }
    this.#torrents.delete(torrent)
    const removal = this.#forget(torrent, options.deleteFiles).finally(() => {
      this.#removals.delete(torrent.infoHash)
    })
    // Whoever adds it again meanwhile waits for the end of it, also for a bad one.
    this.#removals.set(
      torrent.infoHash,
      removal.catch(() => {}),
    )
    await removal
  }

  /** Leaves all swarms, saves, and gives the folder free. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await Promise.all(this.#removals.values())
    try {
      await this.#keeper.save()
    } catch (error) {
      this.#options.log.error({ err: error }, 'cannot save the session')
    }
    await this.#end()
  }

  /** Frees everything; what was saved stays as it is. */
  async #end(): Promise<void> {
    this.#isClosed = true
    this.#keeper.close()
    this.#governor.close()
    const closed = await Promise.allSettled(this.torrents.map((torrent) => torrent.close()))
    for (const ending of closed.filter(({ status }) => status === 'rejected')) {
      this.#options.log.error(ending, 'cannot save progress')
    }
    await this.#swarms.close()
    await this.#disk.close()
    await this.#lock.release()
  }

  async #forget(torrent: Torrent, alsoFiles: boolean): Promise<void> {
    const files = torrent.content?.storedFiles ?? []
    try {
      await torrent.close()
      this.emit('removed', torrent)
      await this.#keeper.save()
      if (alsoFiles) await deleteFiles(files, this.folder)
    } finally {
      this.#places.release(torrent.infoHash)
      await this.#state.resumeData(torrent.infoHash).remove()
      await this.#state.torrentFile(torrent.infoHash).remove()
    }
  }

  async #restore(record: SessionRecord): Promise<void> {
    for (const torrent of record.torrents) {
      const metainfo = await this.#state.loadMetainfo(torrent.infoHash)
      if (metainfo !== null && torrent.outputFolder !== null) {
        this.#places.restore(metainfo, resolve(this.folder, torrent.outputFolder))
      }
      const restored = new Torrent(this.#host(), torrent, metainfo)
      this.#torrents.add(restored)
      void restored.open()
    }
  }

  async #keep(
    record: TorrentRecord,
    metainfo: Metainfo | null,
  ): Promise<{ torrent: Torrent; isNew: boolean }> {
    const known = this.#torrents.get(record.infoHash)
    if (known !== undefined) {
      known.addPeers(record.peers)
      return { torrent: known, isNew: false }
    }
    const torrent = new Torrent(this.#host(), { ...record, id: this.#keeper.takeId() }, metainfo)
    this.#torrents.add(torrent)
    try {
      if (metainfo !== null) {
        await this.#state.torrentFile(torrent.infoHash).write(metainfo.torrentFile)
      }
      await this.#keeper.save()
    } catch (error) {
      this.#torrents.delete(torrent)
      this.#places.release(torrent.infoHash)
      throw error
    }
    this.emit('added', torrent)
    void torrent.open()
    return { torrent, isNew: true }
  }

  #host(): TorrentHost {
    const { folder, log, verification, onDemand } = this.#options
    return {
      folder,
      swarms: this.#swarms,
      log,
      openContent: async (torrent, metainfo, events) =>
        await TorrentContent.open({
          ...events,
          metainfo,
          outputFolder: await this.#places.claim(torrent.record, metainfo),
          onlyFiles: torrent.record.onlyFiles,
          resumeFile: this.#state.resumeData(torrent.infoHash),
          disk: this.#disk,
          pool: this.#pool,
          verification,
          onDemand,
          log,
          now: () => performance.now(),
        }),
      saveMetadata: ({ infoHash }, bytes) => this.#state.torrentFile(infoHash).write(bytes),
      changed: (torrent) => this.#onChanged(torrent),
      reject: (torrent, error) => void this.#reject(torrent, error),
    }
  }

  #onChanged(torrent: Torrent): void {
    if (this.#isClosed || !this.#torrents.has(torrent)) return
    this.emit('changed', torrent)
    this.#keeper.saveQuietly()
  }

  async #reject(torrent: Torrent, error: TorrentError): Promise<void> {
    this.#options.log.warn({ err: error, torrent: torrent.name }, 'torrent refused')
    try {
      await this.remove(torrent, { deleteFiles: false })
    } catch (failure) {
      this.#options.log.error({ err: failure }, 'cannot forget a refused torrent')
    }
  }
}
