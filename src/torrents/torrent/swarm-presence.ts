import type { Logger } from '../../log.ts'
import type { FileSet } from '../metainfo/file-set.ts'
import type { SwarmMembership } from '../swarm/membership.ts'
import type { Swarm } from '../swarm/swarm.ts'
import type { WebSeeds } from '../web-seeds/web-seeds.ts'
import type { TorrentContent } from './torrent-content.ts'

/** The torrent that comes and goes. */
export interface PresentTorrent {
  readonly membership: SwarmMembership
  readonly webSeeds: WebSeeds
  readonly condition: { readonly log: Logger }
}

/** Shared by all that were never in a swarm. */
const LEFT = Promise.resolve()

/** Brings what a torrent has into its swarm, and takes it out again, one after the other. */
export class SwarmPresence {
  readonly #owner: PresentTorrent
  #leaving: Promise<void> = LEFT
  /** The swarm that has been told what is here. */
  #begun: Swarm | null = null

  constructor(owner: PresentTorrent) {
    this.#owner = owner
  }

  /** Resolves when every swarm that was left is left. */
  get left(): Promise<void> {
    return this.#leaving
  }

  /** Downloads and uploads from now on. Throws what the engine throws. */
  enter(content: TorrentContent, onlyFiles: FileSet | null): void {
    const { membership, webSeeds } = this.#owner
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
  leave(content: TorrentContent | null): Promise<void> {
    const { membership, webSeeds } = this.#owner
    if (this.#begun === null && content === null && membership.swarm === null) {
      return this.#leaving
    }
    this.#begun = null
    webSeeds.leave()
    const before = this.#leaving
    this.#leaving = this.#leave(content).then(() => before)
    return this.#leaving
  }

  async #leave(content: TorrentContent | null): Promise<void> {
    try {
      content?.downloader.attach(null)
      await this.#owner.membership.leave()
    } catch (error) {
      this.#owner.condition.log.warn({ err: error }, 'the swarm cannot be left in order')
    }
  }
}
