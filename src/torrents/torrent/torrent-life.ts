import { Ticket } from '../../concurrency/semaphore.ts'
import type { FileSet } from '../metainfo/file-set.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { TorrentRecord } from '../state/session-record.ts'
import type { SwarmMembership } from '../swarm/membership.ts'
import { TorrentError } from '../torrent-error.ts'
import { ContentOpener, type OpenerOwner } from './content-opener.ts'
import { FileSelection } from './file-selection.ts'
import { FilesGoneError, isThere } from './files-gone.ts'
import { type Holdings, type Wish, wishOf } from './holdings.ts'
import { type PresentTorrent, SwarmPresence } from './swarm-presence.ts'
import { type CheckedTorrent, TorrentCheck } from './torrent-check.ts'
import { TorrentCondition } from './torrent-condition.ts'
import type { TorrentContent } from './torrent-content.ts'
import type { TorrentHost } from './torrent-host.ts'
import { TorrentMetadata } from './torrent-metadata.ts'
import { type OpeningOwner, TorrentOpening } from './torrent-opening.ts'
import { stateOf, type TorrentState } from './torrent-state.ts'
import { TorrentTurn, type TurnOwner } from './torrent-turn.ts'
import { Wakefulness, type WakefulnessOwner } from './wakefulness.ts'

/**
 * How a torrent comes along: it is opened, paused, started, checked anew, and closed. Whatever goes wrong on
 * the way becomes its state, and it waits for a start.
 */
export class TorrentLife
  implements CheckedTorrent, OpenerOwner, OpeningOwner, PresentTorrent, TurnOwner, WakefulnessOwner
{
  readonly host: TorrentHost
  readonly condition: TorrentCondition
  readonly metadata: TorrentMetadata
  /** What is to be downloaded. */
  readonly selection: FileSelection
  readonly presence: SwarmPresence
  readonly opener: ContentOpener
  readonly files: Wakefulness
  readonly turn: TorrentTurn
  readonly check: TorrentCheck
  readonly opening: TorrentOpening
  readonly ticket = new Ticket()

  /** @param metainfo - That is kept on the disk; `null` where it is not known yet. */
  constructor(host: TorrentHost, record: TorrentRecord, metainfo: Metainfo | null) {
    const { infoHash, exactSources, isPaused } = record
    const { log } = host
    const name = metainfo?.name ?? record.name ?? infoHash
    const phase = metainfo === null ? 'resolving' : 'initializing'
    const condition = new TorrentCondition(phase, isPaused, { name, log })
    this.host = host
    this.condition = condition
    this.metadata = new TorrentMetadata(
      { infoHash, exactSources, store: host, condition },
      metainfo,
    )
    // Parts with closures of their own would cost more than all else: there may be thousands of torrents.
    this.selection = new FileSelection(record.onlyFiles)
    this.presence = new SwarmPresence(this, record)
    this.opener = new ContentOpener(this)
    this.files = new Wakefulness(this)
    this.turn = new TorrentTurn(this)
    this.check = new TorrentCheck(this)
    this.opening = new TorrentOpening(this, { mayAdopt: record.adopt })
  }

  get membership(): SwarmMembership {
    return this.presence.membership
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

  get state(): TorrentState {
    const { failure, phase, isPaused } = this.condition
    return stateOf({
      failure: failure ?? (this.wish === 'download' ? this.host.noRoom() : null),
      phase,
      isPaused,
      isQueued: this.turn.isQueued,
      checkedBytes: this.holdings?.checkedBytes ?? 0,
    })
  }

  /** One of its files where all that was stored is gone; `null` where that is not so. */
  get gonePath(): string | null {
    return this.condition.gonePath
  }

  /** Begins to resolve, to check and to download. Never rejects: failures become the state. */
  open(): Promise<void> {
    return this.opening.open()
  }

  /** Awake for somebody who reads: what is here, and with its turn what comes. */
  async wake(): Promise<TorrentContent> {
    const { condition, check } = this
    while (condition.phase === 'initializing' && check.running !== null) {
      this.ticket.hurry()
      await check.running
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

  /**
   * Downloads these files and no others; `null` selects all. Rejects with DiskError where an empty one cannot be
   * created: they are selected all the same.
   */
  async select(onlyFiles: FileSet | null): Promise<void> {
    this.#requireOpen()
    this.selection.onlyFiles = onlyFiles
    this.files.select(onlyFiles)
    this.host.reviewTurns()
    this.host.changed()
    if (this.state.kind === 'live') await this.content?.createEmptyFiles()
  }

  /** It cannot go on: it is in error, out of its swarm, and waits for a start. */
  fail(error: unknown): void {
    const { condition, metadata } = this
    const reason = condition.fail(error)
    if (reason === null) return
    const failure = new TorrentError('unavailable', reason, { cause: error })
    metadata.outcome.settle(metadata.metainfo === null ? failure : null)
    condition.log.error({ err: error }, 'torrent failed')
    void this.turn.giveUp()
    this.host.changed()
  }

  /** Throws TorrentError `wrong-state` where it is paused already, or `closed`. */
  async pause(): Promise<void> {
    const { condition } = this
    this.#requireOpen()
    if (condition.isPaused && condition.failure === null) {
      throw new TorrentError('wrong-state', 'torrent is already paused')
    }
    condition.isPaused = true
    condition.forgetFailure()
    if (condition.phase === 'ready') await this.turn.giveUp()
    this.host.changed()
  }

  /** Throws TorrentError `wrong-state` where it is live already, or `closed`. */
  async start(): Promise<void> {
    const { condition } = this
    this.#requireOpen()
    if (!condition.isPaused && condition.failure === null) {
      throw new TorrentError('wrong-state', 'torrent is already live')
    }
    condition.isPaused = false
    if (condition.gonePath !== null) this.opener.acceptGone()
    this.selection.dropUseless(this.metadata.metainfo)
    await this.#goOn()
  }

  /** Its files are there again: it goes on with them. */
  filesAreBack(): void {
    const { gonePath, isClosed, log } = this.condition
    if (gonePath === null || isClosed) return
    log.info({ path: gonePath }, 'files that were gone are back')
    void this.#goOn()
  }

  async #goOn(): Promise<void> {
    const { condition } = this
    condition.forgetFailure()
    condition.forgetGone()
    this.content?.store.retry()
    if (condition.phase === 'ready' && this.holdings !== null) await this.turn.begin()
    else {
      if (condition.phase === 'stopped') this.opening.retry()
      void this.open()
    }
    this.host.changed()
  }

  /**
   * Checks all that is on the disk once more; streams end meanwhile. Rejects with TorrentError
   * `wrong-state` while it is resolving or being checked, with FilesGoneError where all is still gone, or with
   * StorageError.
   */
  async recheck(): Promise<void> {
    const { condition, metadata } = this
    const { gonePath } = condition
    // Nothing is to be checked, and what is forgotten would be downloaded again.
    if (gonePath !== null && !(await isThere(gonePath))) throw new FilesGoneError(gonePath)
    const isStopped = condition.phase === 'stopped' && metadata.metainfo !== null
    if (!isStopped && (this.holdings === null || condition.phase !== 'ready')) {
      throw new TorrentError('wrong-state', 'torrent is not checked for the first time yet')
    }
    await this.host.requireWritable()
    if (condition.isClosed) throw new TorrentError('closed', 'the torrent was removed')
    condition.forgetGone()
    await this.opening.recheck()
    this.host.changed()
  }

  /**
   * Leaves the swarm, ends the streams, saves progress and frees everything. Rejects where progress
   * cannot be saved, after all else is done.
   */
  async close(): Promise<void> {
    if (this.condition.isClosed) return
    this.condition.phase = 'closed'
    this.opening.stop()
    const error = new TorrentError('closed', 'the torrent was removed')
    this.metadata.outcome.settle(error)
    const files = this.files.close(error)
    await Promise.allSettled([files, this.turn.leave(), this.check.running])
    await files
    this.host.reviewTurns()
  }

  #requireOpen(): void {
    if (this.condition.isClosed) throw new TorrentError('closed', 'the torrent was removed')
  }
}
