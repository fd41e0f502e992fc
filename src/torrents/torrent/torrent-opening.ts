import type { Metainfo } from '../metainfo/metainfo.ts'
import type { SwarmMembership } from '../swarm/membership.ts'
import { TorrentError } from '../torrent-error.ts'
import type { FileSelection } from './file-selection.ts'
import type { SwarmPresence } from './swarm-presence.ts'
import type { TorrentCheck } from './torrent-check.ts'
import type { TorrentCondition } from './torrent-condition.ts'
import type { TorrentHost } from './torrent-host.ts'
import type { TorrentMetadata } from './torrent-metadata.ts'
import type { TorrentTurn } from './torrent-turn.ts'
import type { Wakefulness } from './wakefulness.ts'

/** The torrent that is opened. */
export interface OpeningOwner {
  readonly host: Pick<TorrentHost, 'changed'>
  readonly condition: TorrentCondition
  readonly metadata: TorrentMetadata
  readonly selection: FileSelection
  readonly membership: SwarmMembership
  readonly presence: SwarmPresence
  readonly turn: TorrentTurn
  readonly files: Pick<Wakefulness, 'holdings'>
  readonly check: TorrentCheck
  fail(error: unknown): void
}

/** The way of a torrent until it is ready: its metadata is looked for, then its files are checked. */
export class TorrentOpening {
  /** Files that are in the way may be taken over when a place is looked for. */
  mayAdopt: boolean
  readonly #owner: OpeningOwner
  #closing: AbortController | null = null

  constructor(owner: OpeningOwner, { mayAdopt }: { readonly mayAdopt: boolean }) {
    this.#owner = owner
    this.mayAdopt = mayAdopt
  }

  /** Begins to resolve, to check and to download. Never rejects: failures become the state. */
  async open(): Promise<void> {
    const { condition, metadata, check } = this.#owner
    if (condition.isClosed) return
    try {
      if (metadata.metainfo === null) await this.#resolve()
      else await check.run()
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
    this.retry()
    const forgotten = this.#owner.check.startOver()
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
    const { condition, metadata, membership, turn, files, check } = this.#owner
    if (metadata.metainfo !== null || condition.isClosed) return
    metadata.set(metainfo)
    condition.rename(metainfo.name)
    condition.phase = 'initializing'
    membership.addTrackers(metainfo.trackers)
    try {
      // A swarm that was joined before it was known to be private has asked where it must not (BEP 27).
      if (metainfo.isPrivate) await turn.leave()
      else membership.setMetadata(metainfo)
      await check.run()
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
}
