import type { Logger } from '../../log.ts'
import type { FileSet } from '../metainfo/file-set.ts'
import type { SwarmMembership } from '../swarm/membership.ts'
import type { Swarm } from '../swarm/swarm.ts'
import type { WebSeeds } from '../web-seeds/web-seeds.ts'
import type { TorrentContent } from './torrent-content.ts'

/** Shared by all that were never in a swarm. */
const LEFT = Promise.resolve()

/** Brings what a torrent has into its swarm, and takes it out again, one after the other. */
export class SwarmPresence {
  readonly #membership: SwarmMembership
  readonly #webSeeds: WebSeeds
  readonly #log: () => Logger
  #leaving: Promise<void> = LEFT
  /** The swarm that has been told what is here. */
  #begun: Swarm | null = null

  constructor(membership: SwarmMembership, webSeeds: WebSeeds, log: () => Logger) {
    this.#membership = membership
    this.#webSeeds = webSeeds
    this.#log = log
  }

  /** Resolves when every swarm that was left is left. */
  get left(): Promise<void> {
    return this.#leaving
  }

  /** Downloads and uploads from now on. Throws what the engine throws. */
  enter(content: TorrentContent, onlyFiles: FileSet | null): void {
    const swarm = this.#membership.join(content.metainfo)
    if (swarm === this.#begun) return
    this.#begun = swarm
    this.#membership.connect(content.downloader.wireListener)
    content.downloader.attach({
      have: (piece) => swarm.have(piece),
      lost: (piece) => swarm.lost(piece),
      gavePiece: (peer, ms) => swarm.gavePiece(peer, ms),
      ban: (peer) => {
        if (!this.#webSeeds.ban(peer)) swarm.ban(peer)
      },
    })
    content.select(onlyFiles)
    swarm.begin(content.have.bytes)
    const { downloader, metainfo } = content
    this.#webSeeds.enter({ metainfo, listener: downloader.wireListener })
  }

  /** Never rejects: what is left has no say any more. */
  leave(content: TorrentContent | null): Promise<void> {
    if (this.#begun === null && content === null && this.#membership.swarm === null) {
      return this.#leaving
    }
    this.#begun = null
    this.#webSeeds.leave()
    const before = this.#leaving
    this.#leaving = this.#leave(content).then(() => before)
    return this.#leaving
  }

  async #leave(content: TorrentContent | null): Promise<void> {
    try {
      content?.downloader.attach(null)
      await this.#membership.leave()
    } catch (error) {
      this.#log().warn({ err: error }, 'the swarm cannot be left in order')
    }
  }
}
