import type { Logger } from '../../log.ts'
import type { FileSet } from '../metainfo/file-set.ts'
import type { SwarmMembership } from '../swarm/membership.ts'
import type { Swarm } from '../swarm/swarm.ts'
import type { TorrentContent } from './torrent-content.ts'

/** Brings what a torrent has into its swarm, and takes it out again, one after the other. */
export class SwarmPresence {
  readonly #membership: SwarmMembership
  readonly #log: Logger
  #leaving: Promise<void> = Promise.resolve()
  /** The swarm that has been told what is here. */
  #begun: Swarm | null = null

  constructor(membership: SwarmMembership, log: Logger) {
    this.#membership = membership
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
    content.downloader.attach(swarm)
    content.select(onlyFiles)
    swarm.begin(content.have.bytes)
  }

  /** Never rejects: what is left has no say any more. */
  leave(content: TorrentContent | null): Promise<void> {
    this.#begun = null
    const before = this.#leaving
    this.#leaving = this.#leave(content).then(() => before)
    return this.#leaving
  }

  async #leave(content: TorrentContent | null): Promise<void> {
    try {
      content?.downloader.attach(null)
      await this.#membership.leave()
    } catch (error) {
      this.#log.warn({ err: error }, 'the swarm cannot be left in order')
    }
  }
}
