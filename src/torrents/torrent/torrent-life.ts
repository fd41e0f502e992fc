import { Ticket } from '../../concurrency/semaphore.ts'
import type { FileSet } from '../metainfo/file-set.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { TorrentRecord } from '../state/session-record.ts'
import type { DiskError } from '../store/disk.ts'
import { type SwarmMember, SwarmMembership } from '../swarm/membership.ts'
import type { SwarmProgress } from '../swarm/swarm.ts'
import { TorrentError } from '../torrent-error.ts'
import { WebSeeds } from '../web-seeds/web-seeds.ts'
import { FilesGoneError } from './files-gone.ts'
import { type Holdings, type Wish, wishOf } from './holdings.ts'
import { openKept } from './open-kept.ts'
import { type PresentTorrent, SwarmPresence } from './swarm-presence.ts'
import { TorrentCondition } from './torrent-condition.ts'
import type { TorrentContent } from './torrent-content.ts'
import type { TorrentHost } from './torrent-host.ts'
import { TorrentMetadata } from './torrent-metadata.ts'
import { type OpeningOwner, TorrentOpening } from './torrent-opening.ts'
import { stateOf, type TorrentState } from './torrent-state.ts'
import { TorrentTurn, type TurnOwner } from './torrent-turn.ts'
import { type OpenedContent, Wakefulness, type WakefulnessOwner } from './wakefulness.ts'
import type { WantedTorrent } from './wanted-torrent.ts'

const NO_URLS: readonly string[] = []

/**
 * How a torrent comes along: it is opened, paused, started, checked anew, and closed. Whatever goes wrong on
 * the way becomes its state, and it waits for a start.
 */
export class TorrentLife
  implements OpeningOwner, PresentTorrent, TurnOwner, WakefulnessOwner, SwarmMember
{
  readonly host: TorrentHost
  readonly condition: TorrentCondition
  readonly membership: SwarmMembership
  readonly metadata: TorrentMetadata
  readonly turn: TorrentTurn
  readonly webSeeds: WebSeeds
  readonly presence: SwarmPresence
  readonly files: Wakefulness
  readonly ticket = new Ticket()
  readonly #opening: TorrentOpening
  #mayAdopt: boolean
  #gonePath: string | null = null
  #acceptsGone = false
  #onlyFiles: FileSet | null

  /** @param metainfo - That is kept on the disk; `null` where it is not known yet. */
  constructor(host: TorrentHost, record: TorrentRecord, metainfo: Metainfo | null) {
    this.host = host
    this.#mayAdopt = record.adopt
    this.#onlyFiles = record.onlyFiles
    const { infoHash, exactSources, isPaused } = record
    const { log } = host
    const name = metainfo?.name ?? record.name ?? infoHash
    const phase = metainfo === null ? 'resolving' : 'initializing'
    const condition = new TorrentCondition(phase, isPaused, { name, log })
    this.condition = condition
    this.metadata = new TorrentMetadata(
      { infoHash, exactSources, store: host, condition },
      metainfo,
    )
    // Parts with closures of their own would cost more than all else: there may be thousands of torrents.
    this.membership = new SwarmMembership({
      swarms: host.swarms,
      infoHash,
      trackers: record.trackers,
      peers: record.peers,
      maxConnections: record.maxConnections,
      timeouts: record.timeouts,
      isPaused,
      uploads: host.throttles.upload,
      member: this,
    })
    this.files = new Wakefulness(this)
    this.webSeeds = new WebSeeds(host.webSeeds, record.webSeeds ?? NO_URLS)
    this.presence = new SwarmPresence(this)
    this.turn = new TorrentTurn(this)
    this.#opening = new TorrentOpening(this)
  }

  /** `null` while the torrent rests, and until it has a place for its files. */
  get content(): TorrentContent | null {
    return this.files.content
  }

  /** What is here of it; `null` until it has a place for its files. */
  get holdings(): Holdings | null {
    return this.files.holdings
  }

  /** What it would do if it had its turn. */
  get wish(): Wish {
    const { mayWork, failure } = this.condition
    return mayWork && failure === null ? wishOf(this.holdings) : null
  }

  /** Awake for somebody who reads: what is here, and with its turn what comes. */
  async wake(): Promise<TorrentContent> {
    if (this.condition.phase === 'initializing') {
      this.ticket.hurry()
      await this.#opening.initializing
    }
    return await this.files.wake()
  }

  /** Lets it rest where it has nothing to do. `now` is any clock's, in ms. */
  restIfIdle(now: number): void {
    const isAtWork = this.membership.swarm !== null || this.condition.phase !== 'ready'
    if (!isAtWork && this.condition.failure === null) this.files.restIfIdle(now)
  }

  /** Whether there is room on the disk is not what it was. */
  roomChanged(): void {
    this.content?.downloader.waitForRoom({ isShort: this.host.noRoom() !== null })
    if (this.condition.phase === 'ready') this.host.looked()
  }

  get state(): TorrentState {
    return stateOf({
      failure: this.condition.failure ?? (this.wish === 'download' ? this.host.noRoom() : null),
      phase: this.condition.phase,
      isPaused: this.condition.isPaused,
      isQueued: this.turn.isQueued,
      checkedBytes: this.holdings?.checkedBytes ?? 0,
    })
  }

  get isPaused(): boolean {
    return this.condition.isPaused
  }

  /** Files that are in the way may be taken over when a place is looked for. */
  get mayAdopt(): boolean {
    return this.#mayAdopt
  }

  /** One of its files where all that was stored is gone; `null` where that is not so. */
  get gonePath(): string | null {
    return this.#gonePath
  }

  /** What is to be downloaded; `null` for everything. */
  get onlyFiles(): FileSet | null {
    return this.#onlyFiles
  }

  /** Begins to resolve, to check and to download. Never rejects: failures become the state. */
  open(): Promise<void> {
    return this.#opening.open()
  }

  /** Downloads these files and no others; `null` selects all. */
  async select(onlyFiles: FileSet | null): Promise<void> {
    this.#onlyFiles = onlyFiles
    this.files.select(onlyFiles)
    if (this.state.kind === 'live') await this.content?.createEmptyFiles()
    this.host.reviewTurns()
    this.host.changed()
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
    if (this.metadata.metainfo !== null || this.condition.isClosed) return
    this.#opening.retry()
    void this.#opening.accept(metainfo)
  }

  /** Tries again what failed before anything could be stored: to resolve, or to find a place. */
  retryOpening(): void {
    if (this.condition.isClosed || this.condition.failure === null || this.holdings !== null) return
    this.#dropUselessSelection()
    this.#opening.retry()
    void this.open()
    this.host.changed()
  }

  /** It cannot go on: it is in error, out of its swarm, and waits for a start. */
  fail(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    // Whoever waits for the same thing fails by the same thing.
    if (this.condition.isClosed || reason === this.condition.failure) return
    this.condition.failure = reason
    this.#gonePath = error instanceof FilesGoneError ? error.path : null
    if (this.condition.phase !== 'ready') this.condition.phase = 'stopped'
    const failure = new TorrentError('unavailable', this.condition.failure, { cause: error })
    this.metadata.outcome.settle(this.metadata.metainfo === null ? failure : null)
    this.condition.log.error({ err: error }, 'torrent failed')
    void this.turn.giveUp()
    this.host.changed()
  }

  /** Throws TorrentError `wrong-state` where it is paused already, or not checked yet. */
  async pause(): Promise<void> {
    if (this.condition.isPaused && this.condition.failure === null) {
      throw new TorrentError('wrong-state', 'torrent is already paused')
    }
    this.condition.isPaused = true
    this.condition.failure = null
    if (this.condition.phase === 'ready') await this.turn.giveUp()
    this.host.changed()
  }

  /** Throws TorrentError `wrong-state` where it is live already. */
  async start(): Promise<void> {
    if (!this.condition.isPaused && this.condition.failure === null) {
      throw new TorrentError('wrong-state', 'torrent is already live')
    }
    this.condition.isPaused = false
    this.#acceptsGone = this.#gonePath !== null
    this.#dropUselessSelection()
    await this.#goOn()
  }

  /** Its files are there again: it goes on with them. */
  filesAreBack(): void {
    if (this.#gonePath === null || this.condition.isClosed) return
    this.condition.log.info({ path: this.#gonePath }, 'files that were gone are back')
    void this.#goOn()
  }

  async #goOn(): Promise<void> {
    this.condition.failure = null
    this.#gonePath = null
    this.content?.store.retry()
    if (this.condition.phase === 'ready' && this.holdings !== null) await this.turn.begin()
    else {
      if (this.condition.phase === 'stopped') this.#opening.retry()
      void this.open()
    }
    this.host.changed()
  }

  /**
   * Checks all that is on the disk once more; streams end meanwhile. Rejects with TorrentError
   * `wrong-state` while it is resolving or being checked, or with StorageError; nothing has changed then.
   */
  async recheck(): Promise<void> {
    const isStopped = this.condition.phase === 'stopped' && this.metadata.metainfo !== null
    if (!isStopped && (this.holdings === null || this.condition.phase !== 'ready')) {
      throw new TorrentError('wrong-state', 'torrent is not checked for the first time yet')
    }
    await this.host.forgetProgress()
    this.#opening.retry()
    this.#gonePath = null
    await this.turn.giveUp()
    try {
      await this.files.drop(new TorrentError('closed', 'the torrent is being checked'))
      // It was saved once more meanwhile.
      await this.host.forgetProgress()
    } finally {
      void this.open()
      this.host.changed()
    }
  }

  /**
   * Leaves the swarm, ends the streams, saves progress and frees everything. Rejects where progress
   * cannot be saved, after all else is done.
   */
  async close(): Promise<void> {
    if (this.condition.isClosed) return
    this.condition.phase = 'closed'
    this.#opening.stop()
    const error = new TorrentError('closed', 'the torrent was removed')
    this.metadata.outcome.settle(error)
    const files = this.files.close(error)
    await Promise.allSettled([files, this.turn.leave(), this.#opening.initializing])
    await files
    this.host.reviewTurns()
  }

  /** Looks at the files, or opens them. Rejects with what keeps it from that. */
  async openContent({ mayRest }: { readonly mayRest: boolean }): Promise<OpenedContent> {
    const wanted = { mayRest, onlyFiles: this.#onlyFiles }
    const acceptsGone = this.#acceptsGone
    this.#acceptsGone = false
    return await openKept(this.metadata, wanted, (metainfo) =>
      this.host.openContent(metainfo, {
        ...{ mayRest, acceptsGone, ticket: this.ticket },
        onFinished: () => this.#onFinished(),
        onWritable: (error) => this.#onWritable(error),
      }),
    )
  }

  /** Hashes what is in doubt. Rejects with DiskError. */
  async checkContent(content: TorrentContent): Promise<void> {
    await this.host.check(() => content.check(), this.ticket)
    this.host.changed()
  }

  /** The info dictionary of a magnet has arrived. */
  metadataArrived(infoBytes: Uint8Array): void {
    void this.#opening.metadataFromPeers(infoBytes)
  }

  /** Fills `target` with bytes of a verified piece, for a peer. Rejects where they are not here. */
  async readBlock(piece: number, offset: number, target: Uint8Array): Promise<void> {
    if (this.content === null) throw new Error('nothing is here yet')
    await this.content.reading.readBlock(piece, offset, target)
  }

  /** What trackers are told. */
  progress(): SwarmProgress {
    return {
      downloadedBytes: this.content?.downloader.fetchedBytes ?? 0,
      leftBytes: this.content?.leftBytes ?? null,
    }
  }

  /** Who chose before the files were known, and none that there is, has chosen nothing: all are wanted. */
  #dropUselessSelection(): void {
    const { metainfo } = this.metadata
    const first = this.#onlyFiles?.first ?? null
    if (metainfo !== null && first !== null && metainfo.files[first] === undefined) {
      this.#onlyFiles = null
    }
  }

  #onFinished(): void {
    this.condition.log.info('download finished')
    if (this.content?.have.isFull) this.membership.swarm?.complete()
    this.host.reviewTurns()
    this.host.changed()
    this.host.finished()
  }

  /** A full disk makes an error of the torrent, and room makes it what it was. */
  #onWritable(error: DiskError | null): void {
    const failure = error === null ? null : `cannot write: ${error.message}`
    if (failure === this.condition.failure) return
    this.condition.failure = failure
    if (failure !== null) this.condition.log.error({ code: error?.code }, failure)
    else this.condition.log.info('writing works again')
    this.host.changed()
  }
}
