import { nextTurn } from '../../concurrency/next-turn.ts'
import type { Ticket } from '../../concurrency/semaphore.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { SwarmMembership } from '../swarm/membership.ts'
import { TorrentError } from '../torrent-error.ts'
import type { FileSelection } from './file-selection.ts'
import type { SwarmPresence } from './swarm-presence.ts'
import type { TorrentCondition } from './torrent-condition.ts'
import type { TorrentHost } from './torrent-host.ts'
import type { TorrentMetadata } from './torrent-metadata.ts'
import type { TorrentTurn } from './torrent-turn.ts'
import type { Wakefulness } from './wakefulness.ts'

/** The torrent that is opened. */
export interface OpeningOwner {
  readonly host: TorrentHost
  readonly condition: TorrentCondition
  readonly metadata: TorrentMetadata
  readonly selection: FileSelection
  readonly membership: SwarmMembership
  readonly presence: SwarmPresence
  readonly turn: TorrentTurn
  readonly files: Wakefulness
  readonly ticket: Ticket
  fail(error: unknown): void
}

/** The way of a torrent until it is ready: its metadata is looked for, its files get a place and are checked. */
export class TorrentOpening {
  /** Files that are in the way may be taken over when a place is looked for. */
  mayAdopt: boolean
  readonly #owner: OpeningOwner
  #closing: AbortController | null = null
  #initializing: Promise<void> | null = null
  /** Which check counts: a recheck takes the place of one that is going on. */
  #check = 0

  constructor(owner: OpeningOwner, { mayAdopt }: { readonly mayAdopt: boolean }) {
    this.#owner = owner
    this.mayAdopt = mayAdopt
  }

  /** Settled once it is checked; `null` where it is not being opened. */
  get initializing(): Promise<void> | null {
    return this.#initializing
  }

  /** Begins to resolve, to check and to download. Never rejects: failures become the state. */
  async open(): Promise<void> {
    const { condition, metadata } = this.#owner
    if (condition.isClosed) return
    try {
      if (metadata.metainfo === null) await this.#resolve()
      else await this.#initialize()
    } catch (error) {
      this.#owner.fail(error)
    }
  }

  /** What failed is forgotten, and whoever waits now waits for the next try. */
  retry(): void {
    const { condition, metadata, files } = this.#owner
    condition.forgetFailure()
    if (files.holdings === null) metadata.outcome.reset()
    condition.phase = metadata.metainfo === null ? 'resolving' : 'initializing'
  }

  /** Tries again what failed before anything could be stored: to resolve, or to find a place. */
  retryFailed(): void {
    const { condition, metadata, selection, files, host } = this.#owner
    if (condition.isClosed || condition.failure === null || files.holdings !== null) return
    selection.dropUseless(metadata.metainfo)
    this.retry()
    void this.open()
    host.changed()
  }

  /**
   * Forgets what is known of the files and checks them once more. Resolves when all is forgotten. Rejects with
   * the system's error where that cannot be; the torrent has failed then.
   */
  async recheck(): Promise<void> {
    const before = this.#initializing
    this.#check++
    this.retry()
    const forgotten = this.#forget(before)
    void this.#begin(forgotten.then(() => this.#openAndCheck()))
    void this.open()
    await forgotten
  }

  /** Peers have sent metadata. Never rejects. */
  async metadataFromPeers(infoBytes: Uint8Array): Promise<void> {
    const { condition, metadata } = this.#owner
    if (metadata.metainfo !== null || condition.phase !== 'resolving') return
    try {
      await this.#accept(await metadata.read(infoBytes))
    } catch (error) {
      // Something better came meanwhile.
      if (metadata.metainfo !== null || condition.phase !== 'resolving') return
      if (error instanceof TorrentError) metadata.outcome.settle(error)
      this.#owner.fail(error)
    }
  }

  /**
   * Goes on with metadata that did not come from peers, whatever has failed without it. Nothing
   * happens where it is known already.
   */
  takeMetadata(metainfo: Metainfo): void {
    const { condition, metadata } = this.#owner
    if (metadata.metainfo !== null || condition.isClosed) return
    this.retry()
    void this.#accept(metainfo)
  }

  /** Asks nobody for metadata any more. */
  stop(): void {
    this.#closing?.abort()
  }

  /** Goes on with the metadata of a magnet. Never rejects. */
  async #accept(metainfo: Metainfo): Promise<void> {
    const { condition, metadata, membership, turn, files } = this.#owner
    if (metadata.metainfo !== null || condition.isClosed) return
    metadata.set(metainfo)
    condition.rename(metainfo.name)
    condition.phase = 'initializing'
    membership.addTrackers(metainfo.trackers)
    try {
      // A swarm that was joined before it was known to be private has asked where it must not (BEP 27).
      if (metainfo.isPrivate) await turn.leave()
      else membership.setMetadata(metainfo)
      await this.#initialize()
    } catch (error) {
      if (error instanceof TorrentError && files.holdings === null) metadata.outcome.settle(error)
      this.#owner.fail(error)
    }
  }

  async #resolve(): Promise<void> {
    const { condition, presence, membership } = this.#owner
    await presence.left()
    if (condition.phase !== 'resolving') return
    membership.join(null)
    void this.#askSources()
  }

  /** Peers are asked meanwhile. */
  async #askSources(): Promise<void> {
    const { condition, metadata } = this.#owner
    this.#closing ??= new AbortController()
    const metainfo = await metadata.ask(this.#closing.signal)
    if (metainfo !== null && condition.phase === 'resolving') await this.#accept(metainfo)
  }

  #initialize(): Promise<void> {
    return this.#initializing ?? this.#begin(this.#openAndCheck())
  }

  #begin(work: Promise<void>): Promise<void> {
    const initializing = work.finally(() => {
      if (this.#initializing === initializing) this.#initializing = null
    })
    this.#initializing = initializing
    return initializing
  }

  /** Out of the swarm, and nothing is open. */
  async #forget(before: Promise<void> | null): Promise<void> {
    const { turn, files, host } = this.#owner
    const left = turn.giveUp()
    const dropped = files.drop(new TorrentError('closed', 'the torrent is being checked'))
    await Promise.allSettled([left, dropped, before])
    await host.forgetProgress()
  }

  /** Finds a place for the files, checks what is in doubt, then downloads or rests. */
  async #openAndCheck(): Promise<void> {
    const check = ++this.#check
    const isCurrent = (): boolean => check === this.#check && !this.#owner.condition.isClosed
    try {
      await this.#becomeReady(isCurrent)
    } catch (error) {
      // What is checked anew has no fault of before.
      if (isCurrent()) throw error
    }
  }

  async #becomeReady(isCurrent: () => boolean): Promise<void> {
    const { condition, files, host, metadata, membership, ticket, turn } = this.#owner
    await files.open({ mayRest: condition.isPaused || host.mayRest() })
    if (!isCurrent()) return
    metadata.outcome.settle(null)
    const { content } = files
    if (content !== null) {
      host.changed()
      membership.connect(content.downloader.wireListener)
      await host.check(() => content.check(), ticket)
      await nextTurn()
    }
    if (!isCurrent() || condition.phase !== 'initializing') return
    condition.phase = 'ready'
    if (condition.isPaused) await turn.leave()
    else await turn.begin()
    if (content === null) host.looked()
    else host.changed()
  }
}
