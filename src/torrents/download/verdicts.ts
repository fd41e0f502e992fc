import type { Logger } from '../../log.ts'
import type { BlockStore } from './ports.ts'
import { SmartBan } from './smart-ban.ts'

export interface VerdictsOptions {
  readonly store: Pick<BlockStore, 'blockDigests'>
  readonly log: Logger
  /** Peers (`ip:port`) that have been proven to lie. */
  readonly ban: (peers: readonly string[]) => void
}

/** Finds out who has sent what was wrong of a piece, once it is known what is right. */
export class Verdicts {
  readonly #smartBan = new SmartBan()
  readonly #options: VerdictsOptions

  constructor(options: VerdictsOptions) {
    this.#options = options
  }

  /** `senders` of each of its blocks; `digests` tell these apart. */
  failed(piece: number, senders: readonly (string | undefined)[], digests: Float64Array): void {
    const { log, ban } = this.#options
    const suspects = [...new Set(senders)].filter((sender) => sender !== undefined)
    log.warn({ piece, senders: suspects }, 'a piece was wrong')
    const liar = this.#smartBan.failed(piece, senders, digests)
    if (liar !== null) ban([liar])
  }

  verified(piece: number): void {
    if (this.#smartBan.isSuspect(piece)) void this.#convict(piece)
  }

  async #convict(piece: number): Promise<void> {
    const { store, log, ban } = this.#options
    try {
      ban(this.#smartBan.verified(piece, await store.blockDigests(piece)))
    } catch (error) {
      log.debug({ error, piece }, 'cannot tell who sent wrong blocks')
    }
  }
}
