import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Logger } from '../../log.ts'
import type { FileSet } from '../metainfo/file-set.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { TorrentRecord } from '../state/session-record.ts'
import type { DiskError } from '../store/disk.ts'
import { SwarmMembership } from '../swarm/membership.ts'
import { TorrentError } from '../torrent-error.ts'
import { WebSeeds } from '../web-seeds/web-seeds.ts'
import { SwarmPresence } from './swarm-presence.ts'
import type { TorrentContent } from './torrent-content.ts'
import type { TorrentHost } from './torrent-host.ts'
import { TorrentMetadata } from './torrent-metadata.ts'
import { stateOf, type TorrentPhase, type TorrentState } from './torrent-state.ts'
import { checkSelection, type WantedTorrent } from './wanted-torrent.ts'

/**
 * How a torrent comes along: it is resolved, finds a place, is checked, joins its swarm, and leaves it.
 * Whatever goes wrong on the way becomes its state, and it waits for a start.
 */
export class TorrentLife {
  readonly membership: SwarmMembership
  readonly metadata: TorrentMetadata
  readonly webSeeds: WebSeeds
  readonly #host: TorrentHost
  /** Says the torrent's name, once it has one. */
  #log: Logger
  readonly #presence: SwarmPresence
  readonly #closing = new AbortController()
  #phase: TorrentPhase
  #isPaused: boolean
  #mayAdopt: boolean
  #onlyFiles: FileSet | null
  #failure: string | null = null
  #content: TorrentContent | null = null
  #initializing: Promise<void> | null = null

  /** @param metainfo - From the disk; `null` where it is not known yet. */
  constructor(host: TorrentHost, record: TorrentRecord, metainfo: Metainfo | null) {
    this.#host = host
    this.#isPaused = record.isPaused
    this.#mayAdopt = record.adopt
    this.#onlyFiles = record.onlyFiles
    this.#phase = metainfo === null ? 'resolving' : 'initializing'
    this.#log = host.log.child({ torrent: metainfo?.name ?? record.name ?? record.infoHash })
    const { infoHash, trackers, peers, exactSources, timeouts } = record
    const { swarms, fetchTorrent, saveMetadata, throttles } = host
    this.metadata = new TorrentMetadata(
      { infoHash, exactSources, fetchTorrent, save: saveMetadata, log: this.#log },
      metainfo,
    )
    this.membership = new SwarmMembership({
      ...{ swarms, infoHash, trackers, peers, timeouts, uploads: throttles.upload },
      listener: {
        metadata: (infoBytes) => void this.#onMetadata(infoBytes),
        failed: (error) => this.fail(error),
        readBlock: (...block) =>
          this.#content?.readBlock(...block) ?? Promise.reject(new Error('nothing is here yet')),
        progress: () => ({
          downloadedBytes: this.#content?.downloader.fetchedBytes ?? 0,
          leftBytes: this.#content?.leftBytes ?? null,
        }),
      },
    })
    this.webSeeds = new WebSeeds(host.webSeeds, record.webSeeds ?? [])
    this.#presence = new SwarmPresence(this.membership, this.webSeeds, this.#log)
  }

  /** `null` until the torrent has a place for its files. */
  get content(): TorrentContent | null {
    return this.#content
  }

  get state(): TorrentState {
    return stateOf({
      failure: this.#failure,
      phase: this.#phase,
      isPaused: this.#isPaused,
      checkedBytes: this.#content?.checkedBytes ?? 0,
    })
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** Files that are in the way may be taken over when a place is looked for. */
  get mayAdopt(): boolean {
    return this.#mayAdopt
  }

  /** What is to be downloaded; `null` for everything. */
  get onlyFiles(): FileSet | null {
    return this.#onlyFiles
  }

  /** Begins to resolve, to check and to download. Never rejects: failures become the state. */
  async open(): Promise<void> {
    if (this.#phase === 'closed') return
    try {
      if (this.metadata.metainfo === null) await this.#resolve()
      else await this.#initialize(this.metadata.metainfo)
    } catch (error) {
      this.fail(error)
    }
  }

  /** Downloads these files and no others; `null` selects all. */
  async select(onlyFiles: FileSet | null): Promise<void> {
    this.#onlyFiles = onlyFiles
    this.#content?.select(onlyFiles)
    if (this.state.kind === 'live') await this.#content?.createEmptyFiles()
    this.#host.changed()
  }

  /** Asks these trackers and web seeds as well. */
  addSources({ trackers, webSeeds, metainfo }: WantedTorrent): void {
    this.membership.addTrackers([...trackers, ...(metainfo?.trackers ?? [])])
    this.webSeeds.add([...webSeeds, ...(metainfo?.webSeeds ?? [])])
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
    if (this.metadata.metainfo !== null || this.#phase === 'closed') return
    this.#retry()
    void this.#accept(metainfo)
  }

  /** Tries again what failed before anything could be stored: to resolve, or to find a place. */
  retryOpening(): void {
    if (this.#phase === 'closed' || this.#failure === null || this.#content !== null) return
    this.#retry()
    void this.open()
    this.#host.changed()
  }

  /** It cannot go on: it is in error, out of its swarm, and waits for a start. */
  fail(error: unknown): void {
    if (this.#phase === 'closed') return
    this.#failure = error instanceof Error ? error.message : String(error)
    if (this.#phase !== 'ready') this.#phase = 'stopped'
    const failure = new TorrentError('unavailable', this.#failure, { cause: error })
    this.metadata.outcome.settle(this.metadata.metainfo === null ? failure : null)
    this.#log.error({ err: error }, 'torrent failed')
    void this.#leave()
    this.#host.changed()
  }

  /** Throws TorrentError `wrong-state` where it is paused already, or not checked yet. */
  async pause(): Promise<void> {
    if (this.#isPaused && this.#failure === null) {
      throw new TorrentError('wrong-state', 'torrent is already paused')
    }
    this.#isPaused = true
    this.#failure = null
    if (this.#phase === 'ready') await this.#leave()
    this.#host.changed()
  }

  /** Throws TorrentError `wrong-state` where it is live already. */
  async start(): Promise<void> {
    if (!this.#isPaused && this.#failure === null) {
      throw new TorrentError('wrong-state', 'torrent is already live')
    }
    this.#isPaused = false
    this.#failure = null
    this.#content?.store.retry()
    if (this.#phase === 'ready' && this.#content !== null) await this.#enter(this.#content)
    else {
      if (this.#phase === 'stopped') this.#retry()
      void this.open()
    }
    this.#host.changed()
  }

  /**
   * Checks all that is on the disk once more; streams end meanwhile. Rejects with TorrentError
   * `wrong-state` while it is resolving or being checked, or with the system's error.
   */
  async recheck(): Promise<void> {
    const content = this.#content
    if (content === null || this.#phase !== 'ready') {
      throw new TorrentError('wrong-state', 'torrent is not checked for the first time yet')
    }
    this.#phase = 'initializing'
    this.#failure = null
    await this.#leave()
    await content.close(new TorrentError('closed', 'the torrent is being checked'))
    this.#content = null
    await this.#host.forgetProgress()
    void this.open()
    this.#host.changed()
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
    this.metadata.outcome.settle(error)
    const content = this.#content?.close(error)
    await Promise.allSettled([content, this.#leave(), this.#initializing])
    await content
  }

  /** What failed is forgotten, and whoever waits now waits for the next try. */
  #retry(): void {
    this.#failure = null
    if (this.#content === null) this.metadata.outcome.reset()
    this.#phase = this.metadata.metainfo === null ? 'resolving' : 'initializing'
  }

  async #resolve(): Promise<void> {
    await this.#presence.left
    if (this.#phase !== 'resolving') return
    this.membership.join(null)
    void this.#askSources()
  }

  /** Peers are asked meanwhile. */
  async #askSources(): Promise<void> {
    const metainfo = await this.metadata.ask(this.#closing.signal)
    if (metainfo !== null && this.#phase === 'resolving') await this.#accept(metainfo)
  }

  async #onMetadata(infoBytes: Uint8Array): Promise<void> {
    if (this.metadata.metainfo !== null || this.#phase !== 'resolving') return
    try {
      await this.#accept(await this.metadata.read(infoBytes))
    } catch (error) {
      // Something better came meanwhile.
      if (this.metadata.metainfo !== null || this.#phase !== 'resolving') return
      if (error instanceof TorrentError) this.metadata.outcome.settle(error)
      this.fail(error)
    }
  }

  /** Goes on with the metadata of a magnet. Never rejects. */
  async #accept(metainfo: Metainfo): Promise<void> {
    if (this.metadata.metainfo !== null || this.#phase === 'closed') return
    this.metadata.set(metainfo)
    this.#log = this.#host.log.child({ torrent: metainfo.name })
    this.#phase = 'initializing'
    this.membership.addTrackers(metainfo.trackers)
    try {
      // A swarm that was joined before it was known to be private has asked where it must not (BEP 27).
      if (metainfo.isPrivate) await this.#leave()
      else this.membership.setMetadata(metainfo)
      await this.#initialize(metainfo)
    } catch (error) {
      if (error instanceof TorrentError && this.#content === null)
        this.metadata.outcome.settle(error)
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
    this.metadata.outcome.settle(null)
    this.#host.changed()
    this.membership.connect(content.downloader.wireListener)
    await content.check()
    await nextTurn()
    if (this.#phase !== 'initializing') return
    this.#phase = 'ready'
    if (this.#isPaused) await this.#leave()
    else await this.#enter(content)
    this.#host.changed()
  }

  async #openContent(metainfo: Metainfo): Promise<TorrentContent> {
    await this.metadata.keep()
    checkSelection(metainfo, this.#onlyFiles)
    return await this.#host.openContent(metainfo, {
      onFinished: () => this.#onFinished(),
      onWritable: (error) => this.#onWritable(error),
    })
  }

  /** Joins the swarm with what is here. Never rejects: a swarm that fails is an error of the torrent. */
  async #enter(content: TorrentContent): Promise<void> {
    try {
      await content.createEmptyFiles()
      await this.#presence.left
      if (this.#phase === 'ready' && !this.#isPaused) {
        this.#presence.enter(content, this.#onlyFiles)
      }
    } catch (error) {
      this.fail(error)
    }
  }

  #leave(): Promise<void> {
    return this.#presence.leave(this.#content)
  }

  #onFinished(): void {
    this.#log.info('download finished')
    if (this.#content?.have.isFull) this.membership.swarm?.complete()
    this.#host.changed()
    this.#host.finished()
  }

  /** A full disk makes an error of the torrent, and room makes it what it was. */
  #onWritable(error: DiskError | null): void {
    const failure = error === null ? null : `cannot write: ${error.message}`
    if (failure === this.#failure) return
    this.#failure = failure
    if (failure !== null) this.#log.error({ code: error?.code }, failure)
    else this.#log.info('writing works again')
    this.#host.changed()
  }
}

const removed = (): TorrentError => new TorrentError('closed', 'the torrent was removed')
