import { relative, resolve } from 'node:path'
import type { Logger } from '../log.ts'
import type { ByteRange } from './byte-range.ts'
import type { FileStream, StreamPriority } from './file-stream.ts'
import type { InfoHash } from './info-hash.ts'
import { MetadataWait } from './metadata-wait.ts'
import { type Metainfo, parseMetainfo } from './metainfo.ts'
import type { TorrentRecord } from './state/session-state.ts'
import type { DiskError } from './store/disk.ts'
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
  readonly #metadata = new MetadataWait()
  #phase: TorrentPhase
  #isPaused: boolean
  #failure: string | null = null
  #metainfo: Metainfo | null
  #content: TorrentContent | null = null
  #initializing: Promise<void> | null = null

  constructor(host: TorrentHost, record: TorrentRecord, metainfo: Metainfo | null) {
    this.#host = host
    this.#record = record
    this.id = record.id
    this.infoHash = record.infoHash
    this.addedAt = record.addedAt
    this.#isPaused = record.isPaused
    this.#metainfo = metainfo
    this.#phase = metainfo === null ? 'resolving' : 'initializing'
    this.#log = host.log.child({ torrent: record.infoHash.slice(0, 8) })
    const { infoHash, trackers, peers } = record
    this.#membership = new SwarmMembership({
      ...{ swarms: host.swarms, infoHash, trackers, peers },
      listener: {
        metadata: (torrentFile) => void this.#onMetadata(torrentFile),
        failed: (error) => {
          void this.#leave()
          this.#fail(error)
        },
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

  get pieceCount(): number {
    return this.#metainfo?.pieceCount ?? 0
  }

  /** Absolute; where the files lie, or will as far as it is known. */
  get outputFolder(): string {
    const planned = this.#record.outputFolder ?? this.#record.wantedFolder ?? ''
    return this.#content?.outputFolder ?? resolve(this.#host.folder, planned)
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
      outputFolder:
        this.#content === null
          ? this.#record.outputFolder
          : relative(this.#host.folder, this.#content.outputFolder),
      peers: this.#membership.addresses,
    }
  }

  isSelected(fileIndex: number): boolean {
    return this.#record.onlyFiles === null || this.#record.onlyFiles.includes(fileIndex)
  }

  stats(): TorrentStats {
    return torrentStats(this)
  }

  /** Begins to resolve, to check and to download. Never rejects: failures become the state. */
  async open(): Promise<void> {
    try {
      if (this.#metainfo === null) this.#membership.join(null)
      else await this.#initialize(this.#metainfo)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** `stream` works from then on. Rejects with TorrentError `timeout`, `closed`, or what is wrong. */
  hasMetadata(timeoutMs = Number.POSITIVE_INFINITY): Promise<void> {
    return this.#metadata.wait(timeoutMs)
  }

  addPeers(addresses: readonly string[]): number {
    return this.#membership.addPeers(addresses)
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
    if (this.#content === null || this.#phase === 'initializing') void this.open()
    else await this.#goLive(this.#content)
    this.#host.changed(this)
  }

  /** Leaves the swarm, ends the streams, saves progress and frees everything. */
  async close(): Promise<void> {
    if (this.#phase === 'closed') return
    this.#phase = 'closed'
    const error = removed()
    this.#metadata.settle(error)
    await Promise.all([this.#content?.close(error), this.#membership.leave()])
  }

  #initialize(metainfo: Metainfo): Promise<void> {
    this.#initializing ??= this.#openAndCheck(metainfo).finally(() => {
      this.#initializing = null
    })
    return this.#initializing
  }

  /** Finds a place for the files, checks what is in doubt, then downloads or rests. */
  async #openAndCheck(metainfo: Metainfo): Promise<void> {
    const content =
      this.#content ??
      (await this.#host.openContent(this, metainfo, {
        onFinished: () => this.#onFinished(),
        onWritable: (error) => this.#onWritable(error),
      }))
    if (this.#phase === 'closed') return await content.close(removed())
    this.#content = content
    this.#metadata.settle(null)
    this.#host.changed(this)
    this.#membership.connect(content.downloader.wireEvents)
    await content.check()
    if (this.#phase !== 'initializing') return
    this.#phase = 'ready'
    if (this.#isPaused) await this.#leave()
    else await this.#goLive(content)
    this.#host.changed(this)
  }

  async #goLive(content: TorrentContent): Promise<void> {
    await content.createEmptyFiles()
    if (this.#phase !== 'ready' || this.#isPaused) return
    const swarm = this.#membership.join(content.metainfo)
    this.#membership.connect(content.downloader.wireEvents)
    content.downloader.attach(swarm)
    content.select(this.#record.onlyFiles)
    swarm.begin(content.have.bytes)
  }

  #leave(): Promise<void> {
    this.#content?.downloader.attach(null)
    return this.#membership.leave()
  }

  async #onMetadata(torrentFile: Uint8Array): Promise<void> {
    try {
      const metainfo = parseMetainfo(torrentFile)
      checkSelection(metainfo, this.#record.onlyFiles)
      await this.#host.saveMetadata(this, torrentFile)
      if (this.#phase === 'closed') return
      this.#metainfo = metainfo
      this.#phase = 'initializing'
      await this.#initialize(metainfo)
    } catch (error) {
      if (error instanceof TorrentError && this.#content === null) {
        this.#metadata.settle(error)
        this.#host.reject(this, error)
      }
      this.#fail(error)
    }
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

  #fail(error: unknown): void {
    if (this.#phase === 'closed') return
    this.#failure = error instanceof Error ? error.message : String(error)
    const failure = new TorrentError('unavailable', this.#failure, { cause: error })
    this.#metadata.settle(this.#metainfo === null ? failure : null)
    this.#log.error({ err: error }, 'torrent failed')
    this.#host.changed(this)
  }

  #fileAt(index: number): TorrentFile {
    if (this.#phase === 'resolving') {
      throw new TorrentError('resolving', 'the metadata of this torrent is still being resolved')
    }
    const file = this.files[index]
    if (file === undefined || file.padding || file.symlink !== null) {
      throw new TorrentError('unknown-file', `the torrent has no file ${index}`)
    }
    return file
  }
}

const removed = (): TorrentError => new TorrentError('closed', 'the torrent was removed')
