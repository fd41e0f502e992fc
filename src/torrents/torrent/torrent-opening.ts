import { nextTurn } from '../../concurrency/next-turn.ts'
import type { Ticket } from '../../concurrency/semaphore.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { SwarmMembership } from '../swarm/membership.ts'
import { TorrentError } from '../torrent-error.ts'
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
  readonly membership: SwarmMembership
  readonly presence: SwarmPresence
  readonly turn: TorrentTurn
  readonly files: Wakefulness
  readonly ticket: Ticket
  fail(error: unknown): void
}

/** The way of a torrent until it is ready: its metadata is looked for, its files get a place and are checked. */
export class TorrentOpening {
  readonly #owner: OpeningOwner
  #closing: AbortController | null = null
  #initializing: Promise<void> | null = null

  constructor(owner: OpeningOwner) {
    this.#owner = owner
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
    condition.failure = null
    if (files.holdings === null) metadata.outcome.reset()
    condition.phase = metadata.metainfo === null ? 'resolving' : 'initializing'
  }

  /** Peers have sent metadata. Never rejects. */
  async metadataFromPeers(infoBytes: Uint8Array): Promise<void> {
    const { condition, metadata } = this.#owner
    if (metadata.metainfo !== null || condition.phase !== 'resolving') return
    try {
      await this.accept(await metadata.read(infoBytes))
    } catch (error) {
      // Something better came meanwhile.
      if (metadata.metainfo !== null || condition.phase !== 'resolving') return
      if (error instanceof TorrentError) metadata.outcome.settle(error)
      this.#owner.fail(error)
    }
  }

  /** Goes on with the metadata of a magnet. Never rejects. */
  async accept(metainfo: Metainfo): Promise<void> {
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

  /** Asks nobody for metadata any more. */
  stop(): void {
    this.#closing?.abort()
  }

  async #resolve(): Promise<void> {
    const { condition, presence, membership } = this.#owner
    await presence.left
    if (condition.phase !== 'resolving') return
    membership.join(null)
    void this.#askSources()
  }

  /** Peers are asked meanwhile. */
  async #askSources(): Promise<void> {
    const { condition, metadata } = this.#owner
    this.#closing ??= new AbortController()
    const metainfo = await metadata.ask(this.#closing.signal)
    if (metainfo !== null && condition.phase === 'resolving') await this.accept(metainfo)
  }

  #initialize(): Promise<void> {
    this.#initializing ??= this.#openAndCheck().finally(() => {
      this.#initializing = null
    })
    return this.#initializing
  }

  /** Finds a place for the files, checks what is in doubt, then downloads or rests. */
  async #openAndCheck(): Promise<void> {
    const { condition, files, host, metadata, membership, ticket, turn } = this.#owner
    await files.open({ mayRest: condition.isPaused || host.mayRest() })
    if (condition.isClosed) return
    metadata.outcome.settle(null)
    const { content } = files
    if (content !== null) {
      host.changed()
      membership.connect(content.downloader.wireListener)
      await host.check(() => content.check(), ticket)
      await nextTurn()
    }
    if (condition.phase !== 'initializing') return
    condition.phase = 'ready'
    if (condition.isPaused) await turn.leave()
    else await turn.begin()
    if (content === null) host.looked()
    else host.changed()
  }
}
