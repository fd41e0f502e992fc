import type { FileSet } from '../metainfo/file-set.ts'
import type { TorrentRecord } from '../state/session-record.ts'
import { type SwarmMember, SwarmMembership } from '../swarm/membership.ts'
import type { Swarm, SwarmProgress } from '../swarm/swarm.ts'
import { WebSeeds } from '../web-seeds/web-seeds.ts'
import type { TorrentCondition } from './torrent-condition.ts'
import type { TorrentContent } from './torrent-content.ts'
import type { TorrentHost } from './torrent-host.ts'
import type { TorrentOpening } from './torrent-opening.ts'
import type { WantedTorrent } from './wanted-torrent.ts'

/** The torrent that comes and goes. */
export interface PresentTorrent {
  readonly host: Pick<TorrentHost, 'swarms' | 'throttles' | 'webSeeds'>
  readonly condition: Pick<TorrentCondition, 'log'>
  readonly opening: Pick<TorrentOpening, 'metadataFromPeers'>
  /** `null` where nothing is open. */
  readonly content: TorrentContent | null
  fail(error: unknown): void
}

/** Shared by all that were never in a swarm. */
const LEFT = Promise.resolve()
const NO_URLS: readonly string[] = []

/**
 * What a torrent is to its swarm: brings what it has there, answers peers, and takes it out again, one after
 * the other.
 */
export class SwarmPresence implements SwarmMember {
  readonly membership: SwarmMembership
  readonly webSeeds: WebSeeds
  readonly #owner: PresentTorrent
  #leaving: Promise<void> = LEFT
  /** The swarm that has been told what is here. */
  #begun: Swarm | null = null

  constructor(owner: PresentTorrent, record: TorrentRecord) {
    const { host } = owner
    this.#owner = owner
    this.membership = new SwarmMembership({
      swarms: host.swarms,
      infoHash: record.infoHash,
      trackers: record.trackers,
      peers: record.peers,
      maxConnections: record.maxConnections,
      timeouts: record.timeouts,
      isPaused: record.isPaused,
      uploads: host.throttles.upload,
      member: this,
    })
    this.webSeeds = new WebSeeds(host.webSeeds, record.webSeeds ?? NO_URLS)
  }

  /** Resolves when every swarm that was left is left, those as well that are left meanwhile. */
  async left(): Promise<void> {
    let leaving: Promise<void> | null = null
    while (leaving !== this.#leaving) {
      leaving = this.#leaving
      await leaving
    }
  }

  /** Asks these trackers and web seeds as well. */
  addSources({ trackers, webSeeds, metainfo }: WantedTorrent): void {
    this.membership.addTrackers([...trackers, ...(metainfo?.trackers ?? [])])
    this.webSeeds.add([...webSeeds, ...(metainfo?.webSeeds ?? [])])
  }

  /** Downloads and uploads from now on. Throws what the engine throws. */
  enter(content: TorrentContent, onlyFiles: FileSet | null): void {
    const { membership, webSeeds } = this
    const swarm = membership.join(content.metainfo)
    if (swarm === this.#begun) return
    this.#begun = swarm
    membership.connect(content.downloader.wireListener)
    content.downloader.attach({
      have: (piece) => swarm.have(piece),
      lost: (piece) => swarm.lost(piece),
      gavePiece: (peer, ms) => swarm.gavePiece(peer, ms),
      ban: (peer) => {
        if (!webSeeds.ban(peer)) swarm.ban(peer)
      },
    })
    content.select(onlyFiles)
    swarm.begin(content.have.bytes)
    const { downloader, metainfo } = content
    webSeeds.enter({ metainfo, listener: downloader.wireListener })
  }

  /** Never rejects: what is left has no say any more. */
  leave(): Promise<void> {
    const { content } = this.#owner
    if (this.#begun === null && content === null && this.membership.swarm === null) {
      return this.#leaving
    }
    this.#begun = null
    this.webSeeds.leave()
    const before = this.#leaving
    this.#leaving = this.#leave(content).then(() => before)
    return this.#leaving
  }

  async #leave(content: TorrentContent | null): Promise<void> {
    try {
      content?.downloader.attach(null)
      await this.membership.leave()
    } catch (error) {
      this.#owner.condition.log.warn({ err: error }, 'the swarm cannot be left in order')
    }
  }

  /** The info dictionary of a magnet has arrived. */
  metadataArrived(infoBytes: Uint8Array): void {
    void this.#owner.opening.metadataFromPeers(infoBytes)
  }

  /** Fills `target` with bytes of a verified piece, for a peer. Rejects where they are not here. */
  async readBlock(piece: number, offset: number, target: Uint8Array): Promise<void> {
    const { content } = this.#owner
    if (content === null) throw new Error('nothing is here yet')
    await content.reading.readBlock(piece, offset, target)
  }

  /** What trackers are told. */
  progress(): SwarmProgress {
    const { content } = this.#owner
    return {
      downloadedBytes: content?.downloader.fetchedBytes ?? 0,
      leftBytes: content?.leftBytes ?? null,
    }
  }

  /** The engine has given it up. */
  fail(error: unknown): void {
    this.#owner.fail(error)
  }
}
