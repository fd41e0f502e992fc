import { relative, resolve } from 'node:path'
import type { Logger } from '../log.ts'
import type { ByteRange } from './byte-range.ts'
import { askExactSources } from './exact-sources.ts'
import type { FileSet } from './file-set.ts'
import type { FileStream, StreamPriority } from './file-stream.ts'
import type { InfoHash } from './info-hash.ts'
import { MetadataWait } from './metadata-wait.ts'
import { type Metainfo, readMetainfo } from './metainfo.ts'
import type { TorrentRecord } from './state/session-state.ts'
import type { DiskError } from './store/disk.ts'
import { type StoredFile, storedFiles } from './store/file-layout.ts'
import type { Swarm } from './swarm.ts'
import { SwarmMembership } from './swarm-membership.ts'
import type { TorrentContent } from './torrent-content.ts'
import { TorrentError } from './torrent-error.ts'
import type { TorrentFile } from './torrent-file.ts'
import type { TorrentHost } from './torrent-host.ts'
import { stateOf, type TorrentPhase, type TorrentState } from './torrent-state.ts'
import { type TorrentStats, torrentStats } from './torrent-stats.ts'
import { checkSelection } from './wanted-torrent.ts'

/** One torrent of the session, from the moment it is added. */
export class Torrent {
  readonly id: number
  readonly infoHash: InfoHash
  readonly addedAt: Date
  readonly #host: TorrentHost
  readonly #record: TorrentRecord
  readonly #log: Logger
  readonly #membership: SwarmMembership
  readonly #closing = new AbortController()
  readonly #metadata = new MetadataWait()
  #phase: TorrentPhase
  #isPaused: boolean
  #mayAdopt: boolean
  #onlyFiles: FileSet | null
  #failure: string | null = null
  #metainfo: Metainfo | null
  /** The torrent file is on the disk: a restart needs no peer for it. */
  #isMetadataKept: boolean
  #content: TorrentContent | null = null
  #initializing: Promise<void> | null = null
  #isAskingSources = false
  #leaving: Promise<void> = Promise.resolve()
  /** The swarm that has been told what is here. */
  #begun: Swarm | null = null

  /** @param isMetadataKept - False where `metainfo` is still to be saved. */
  constructor(
    host: TorrentHost,
    record: TorrentRecord,
    metainfo: Metainfo | null,
    isMetadataKept = metainfo !== null,
  ) {
    this.#host = host
    this.#record = record
    this.id = record.id
    this.infoHash = record.infoHash
    this.addedAt = record.addedAt
    this.#isPaused = record.isPaused
    this.#mayAdopt = record.adopt
    this.#onlyFiles = record.onlyFiles
    this.#metainfo = metainfo
    this.#isMetadataKept = isMetadataKept
    this.#phase = metainfo === null ? 'resolving' : 'initializing'
    this.#log = host.log.child({ torrent: record.infoHash.slice(0, 8) })
    const { infoHash, trackers, peers } = record
    this.#membership = new SwarmMembership({
      ...{ swarms: host.swarms, infoHash, trackers, peers },
      listener: {
        metadata: (torrentFile) => void this.#onMetadata(torrentFile),
        failed: (error) => this.fail(error),
        readBlock: (...block) =>
          this.#content?.readBlock(...block) ?? Promise.reject(new Error('nothing is here yet')),
      },
    })
  }

  /** `null` while a nameless magnet is being resolved. */
  get name(): string | null {
    return this.#metainfo?.name ?? this.#record.name
  }

  /** Empty while a magnet is being resolved. */
  get files(): readonly TorrentFile[] {
    return this.#metainfo?.files ?? []
  }

  /** Bytes; 0 while a magnet is being resolved. */
  get length(): number {
    return this.#metainfo?.length ?? 0
  }

  get pieceCount(): number {
    return this.#metainfo?.pieceCount ?? 0
  }

  get metainfo(): Metainfo | null {
    return this.#metainfo
  }

  /** Absolute; where the files lie, or will as far as it is known. */
  get outputFolder(): string {
    const planned = this.#record.outputFolder ?? this.#record.wantedFolder ?? ''
    return this.#content?.outputFolder ?? resolve(this.#host.folder, planned)
  }

  /** What it stores, or was to store; empty where no place for it has been found yet. */
  get storedFiles(): readonly StoredFile[] {
    if (this.#content !== null) return this.#content.storedFiles
    if (this.#metainfo === null || this.#record.outputFolder === null) return []
    return storedFiles(this.#metainfo.files, this.outputFolder)
  }

  get content(): TorrentContent | null {
    return this.#content
  }

  get swarm(): Swarm | null {
    return this.#membership.swarm
  }

  get state(): TorrentState {
    return stateOf({
      failure: this.#failure,
      phase: this.#phase,
      isPaused: this.#isPaused,
      checkedBytes: this.#content?.checkedBytes ?? 0,
    })
  }

  /** What a restart needs. */
  get record(): TorrentRecord {
    return {
      ...this.#record,
      name: this.name,
      isPaused: this.#isPaused,
      onlyFiles: this.#onlyFiles,
      adopt: this.#mayAdopt,
      outputFolder:
        this.#content === null
          ? this.#record.outputFolder
          : relative(this.#host.folder, this.#content.outputFolder),
      trackers: this.#membership.trackers,
      peers: this.#membership.addresses,
    }
  }

  isSelected(fileIndex: number): boolean {
    return this.#onlyFiles?.has(fileIndex) ?? true
  }

  stats(): TorrentStats {
    return torrentStats(this)
  }

  /** Begins to resolve, to check and to download. Never rejects: failures become the state. */
  async open(): Promise<void> {
    if (this.#phase === 'closed') return
    try {
      if (this.#metainfo === null) await this.#resolve()
      else await this.#initialize(this.#metainfo)
    } catch (error) {
      this.fail(error)
    }
  }

  /** `stream` works from then on. Rejects with TorrentError `timeout`, `closed`, or what is wrong. */
  hasMetadata(timeoutMs = Number.POSITIVE_INFINITY): Promise<void> {
    return this.#metadata.wait(timeoutMs)
  }

  addPeers(addresses: readonly string[]): number {
    return this.#membership.addPeers(addresses)
  }

  /** Announces to these http(s) and udp URLs as well. */
  addTrackers(urls: readonly string[]): void {
    this.#membership.addTrackers(urls)
  }

  /** Downloads these files and no others; `null` selects all. */
  async select(onlyFiles: FileSet | null): Promise<void> {
    this.#onlyFiles = onlyFiles
    this.#content?.select(onlyFiles)
    if (this.state.kind === 'live') await this.#content?.createEmptyFiles()
    this.#host.changed(this)
  }

  /** Files that are in the way may be taken over when a place is looked for. */
  allowAdopting(): void {
    this.#mayAdopt = true
  }

  /**
   * Goes on with metadata that did not come from peers, whatever has failed without it. Nothing
   * happens where it is known already.
   */
  takeMetadata(metainfo: Metainfo): void {
    if (this.#metainfo !== null || this.#phase === 'closed') return
    this.#retry()
    void this.#accept(metainfo, 'elsewhere')
  }

  /** Tries again what failed before anything could be stored: to resolve, or to find a place. */
  retryOpening(): void {
    if (this.#phase === 'closed' || this.#failure === null || this.#content !== null) return
    this.#retry()
    void this.open()
    this.#host.changed(this)
  }

  /** It cannot go on: it is in error, out of its swarm, and waits for a start. */
  fail(error: unknown): void {
    if (this.#phase === 'closed') return
    this.#failure = error instanceof Error ? error.message : String(error)
    if (this.#phase !== 'ready') this.#phase = 'stopped'
    const failure = new TorrentError('unavailable', this.#failure, { cause: error })
    this.#metadata.settle(this.#metainfo === null ? failure : null)
    this.#log.error({ err: error }, 'torrent failed')
    void this.#leave()
    this.#host.changed(this)
  }

  /**
   * Throws what `stream` would, and opens nothing: TorrentError `resolving`, `unknown-file`, or
   * `unavailable` where the torrent is stopped and the first byte asked for is not on the disk.
   */
  requireStreamable(fileIndex: number, start: number): TorrentContent {
    const file = this.#fileAt(fileIndex)
    const content = this.#content
    const { kind } = this.state
    const isStopped = kind === 'paused' || kind === 'error'
    if (content !== null && (!isStopped || content.hasStored(file, start))) return content
    throw new TorrentError('unavailable', `the torrent is ${kind} and lacks what was asked for`)
  }

  /** Opens a file for reading at `start` (0). Throws as `requireStreamable` does. */
  stream(
    fileIndex: number,
    options: { start?: number; verifiedOnly?: boolean; priority?: StreamPriority } = {},
  ): FileStream {
    const { start = 0, verifiedOnly = false, priority = 'viewer' } = options
    const content = this.requireStreamable(fileIndex, start)
    return content.openStream(this.#fileAt(fileIndex), { start, verifiedOnly, priority })
  }

  /** Fetches ranges of a file ahead of need, until the returned function is called. */
  prefetch(fileIndex: number, ranges: readonly ByteRange[]): () => void {
    return this.#content?.prefetch(this.#fileAt(fileIndex), ranges) ?? (() => {})
  }

  /** Throws TorrentError `wrong-state` where it is paused already, or not checked yet. */
  async pause(): Promise<void> {
    if (this.#isPaused && this.#failure === null) {
      throw new TorrentError('wrong-state', 'torrent is already paused')
    }
    this.#isPaused = true
    this.#failure = null
    if (this.#phase === 'ready') await this.#leave()
    this.#host.changed(this)
  }

  /** Throws TorrentError `wrong-state` where it is live already. */
  async start(): Promise<void> {
    if (!this.#isPaused && this.#failure === null) {
      throw new TorrentError('wrong-state', 'torrent is already live')
    }
    this.#isPaused = false
    this.#failure = null
    this.#content?.downloader.store.retry()
    if (this.#phase === 'ready' && this.#content !== null) await this.#enter(this.#content)
    else {
      if (this.#phase === 'stopped') this.#retry()
      void this.open()
    }
    this.#host.changed(this)
  }

  /**
   * Leaves the swarm, ends the streams, saves progress and frees everything. Rejects where progress
   * cannot be saved, after all else is done.
   */
  async close(): Promise<void> {
    if (this.#phase === 'closed') return
    this.#phase = 'closed'
    this.#closing.abort()
    const error = removed()
    this.#metadata.settle(error)
    const content = this.#content?.close(error)
    await Promise.allSettled([content, this.#leave(), this.#initializing])
    await content
  }

  /** What failed is forgotten, and whoever waits now waits for the next try. */
  #retry(): void {
    this.#failure = null
    if (this.#content === null) this.#metadata.reset()
    this.#phase = this.#metainfo === null ? 'resolving' : 'initializing'
  }

  async #resolve(): Promise<void> {
    await this.#leaving
    if (this.#phase !== 'resolving') return
    this.#membership.join(null)
    void this.#askSources()
  }

  /** Peers are asked meanwhile. */
  async #askSources(): Promise<void> {
    const urls = this.#record.exactSources
    if (urls.length === 0 || this.#isAskingSources) return
    this.#isAskingSources = true
    const { infoHash } = this
    const { fetchTorrent } = this.#host
    const { signal } = this.#closing
    const metainfo = await askExactSources({ urls, infoHash, fetchTorrent, signal, log: this.#log })
    this.#isAskingSources = false
    if (metainfo !== null && this.#phase === 'resolving') await this.#accept(metainfo, 'elsewhere')
  }

  async #onMetadata(torrentFile: Uint8Array): Promise<void> {
    if (this.#metainfo !== null || this.#phase !== 'resolving') return
    try {
      const metainfo = await readMetainfo(torrentFile)
      if (metainfo.infoHash !== this.infoHash) {
        throw new TorrentError('invalid-torrent', 'the metadata is that of another torrent')
      }
      await this.#accept(metainfo, 'swarm')
    } catch (error) {
      // Something better came meanwhile.
      if (this.#metainfo !== null || this.#phase !== 'resolving') return
      if (error instanceof TorrentError) this.#metadata.settle(error)
      this.fail(error)
    }
  }

  /** Goes on with the metadata of a magnet. Never rejects. */
  async #accept(metainfo: Metainfo, from: 'swarm' | 'elsewhere'): Promise<void> {
    if (this.#metainfo !== null || this.#phase === 'closed') return
    this.#metainfo = metainfo
    this.#phase = 'initializing'
    this.#membership.addTrackers(metainfo.trackers)
    try {
      // A swarm that was joined without metadata cannot be given any; and one that was joined before
      // it was known to be private has asked where it must not (BEP 27).
      if (from === 'elsewhere' || metainfo.isPrivate) await this.#leave()
      await this.#initialize(metainfo)
    } catch (error) {
      if (error instanceof TorrentError && this.#content === null) this.#metadata.settle(error)
      this.fail(error)
    }
  }

  #initialize(metainfo: Metainfo): Promise<void> {
    this.#initializing ??= this.#openAndCheck(metainfo).finally(() => {
      this.#initializing = null
    })
    return this.#initializing
  }

  /** Finds a place for the files, checks what is in doubt, then downloads or rests. */
  async #openAndCheck(metainfo: Metainfo): Promise<void> {
    const content = this.#content ?? (await this.#openContent(metainfo))
    this.#content = content
    if (this.#phase === 'closed') return await content.close(removed())
    this.#metadata.settle(null)
    this.#host.changed(this)
    this.#membership.connect(content.downloader.wireEvents)
    await content.check()
    if (this.#phase !== 'initializing') return
    this.#phase = 'ready'
    if (this.#isPaused) await this.#leave()
    else await this.#enter(content)
    this.#host.changed(this)
  }

  async #openContent(metainfo: Metainfo): Promise<TorrentContent> {
    if (!this.#isMetadataKept) {
      await this.#host.saveMetadata(this, metainfo.torrentFile)
      this.#isMetadataKept = true
    }
    checkSelection(metainfo, this.#onlyFiles)
    return await this.#host.openContent(this, metainfo, {
      onFinished: () => this.#onFinished(),
      onWritable: (error) => this.#onWritable(error),
    })
  }

  /** Joins the swarm with what is here. Never rejects: a swarm that fails is an error of the torrent. */
  async #enter(content: TorrentContent): Promise<void> {
    try {
      await content.createEmptyFiles()
      await this.#leaving
      if (this.#phase !== 'ready' || this.#isPaused) return
      const swarm = this.#membership.join(content.metainfo)
      if (swarm === this.#begun) return
      this.#begun = swarm
      this.#membership.connect(content.downloader.wireEvents)
      content.downloader.attach(swarm)
      content.select(this.#onlyFiles)
      swarm.begin(content.have.bytes)
    } catch (error) {
      this.fail(error)
    }
  }

  /** Never rejects: what is left has no say any more. */
  #leave(): Promise<void> {
    this.#begun = null
    const leave = async (): Promise<void> => {
      try {
        this.#content?.downloader.attach(null)
        await this.#membership.leave()
      } catch (error) {
        this.#log.warn({ err: error }, 'the swarm cannot be left in order')
      }
    }
    const leaving = Promise.all([this.#leaving, leave()])
    this.#leaving = leaving.then(() => {})
    return this.#leaving
  }

  #onFinished(): void {
    this.#log.info('download finished')
    if (this.#content?.have.isFull) this.swarm?.complete()
    this.#host.changed(this)
  }

  /** A full disk makes an error of the torrent, and room makes it what it was. */
  #onWritable(error: DiskError | null): void {
    const failure = error === null ? null : `cannot write: ${error.message}`
    if (failure === this.#failure) return
    this.#failure = failure
    if (failure !== null) this.#log.error({ code: error?.code }, failure)
    else this.#log.info('writing works again')
    this.#host.changed(this)
  }

  #fileAt(index: number): TorrentFile {
    if (this.#phase === 'resolving') {
      throw new TorrentError('resolving', 'the metadata of this torrent is still being resolved')
    }
    if (this.#metainfo === null) {
      throw new TorrentError('unavailable', 'the metadata of this torrent is not known')
    }
    const file = this.files[index]
    if (file === undefined || file.padding || file.symlink !== null) {
      throw new TorrentError('unknown-file', `the torrent has no file ${index}`)
    }
    return file
  }
}

const removed = (): TorrentError => new TorrentError('closed', 'the torrent was removed')
