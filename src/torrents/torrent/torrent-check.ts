import { nextTurn } from '../../concurrency/next-turn.ts'
import type { Ticket } from '../../concurrency/semaphore.ts'
import type { SwarmMembership } from '../swarm/membership.ts'
import { TorrentError } from '../torrent-error.ts'
import type { TorrentCondition } from './torrent-condition.ts'
import type { TorrentHost } from './torrent-host.ts'
import type { TorrentMetadata } from './torrent-metadata.ts'
import type { TorrentTurn } from './torrent-turn.ts'
import type { Wakefulness } from './wakefulness.ts'

/** The torrent that is checked. */
export interface CheckedTorrent {
  readonly host: Pick<TorrentHost, 'mayRest' | 'check' | 'forgetProgress' | 'changed' | 'looked'>
  readonly condition: TorrentCondition
  readonly metadata: TorrentMetadata
  readonly membership: SwarmMembership
  readonly turn: TorrentTurn
  readonly files: Wakefulness
  readonly ticket: Ticket
}

/** Gets the files of a torrent ready: finds a place for them, and checks what is in doubt. One check at a time. */
export class TorrentCheck {
  readonly #owner: CheckedTorrent
  #running: Promise<void> | null = null
  /** Which check counts: a recheck takes the place of one that is going on. */
  #number = 0

  constructor(owner: CheckedTorrent) {
    this.#owner = owner
  }

  /** Settled once the torrent is checked; `null` where it is not being checked. */
  get running(): Promise<void> | null {
    return this.#running
  }

  /** Joins the check that is going on, where one is. Rejects with what keeps the torrent from being ready. */
  run(): Promise<void> {
    return this.#running ?? this.#begin(this.#openAndCheck())
  }

  /**
   * Begins anew with files of which nothing is known: `run` joins that from now on. Resolves when all is forgotten.
   * Rejects with the system's error where that cannot be, as `run` does then.
   */
  async startOver(): Promise<void> {
    const before = this.#running
    this.#number++
    const forgotten = this.#forget(before)
    this.#begin(forgotten.then(() => this.#openAndCheck())).catch(() => {})
    await forgotten
  }

  #begin(work: Promise<void>): Promise<void> {
    const running = work.finally(() => {
      if (this.#running === running) this.#running = null
    })
    this.#running = running
    return running
  }

  /** Out of the swarm, and nothing is open. */
  async #forget(before: Promise<void> | null): Promise<void> {
    const { turn, files, host } = this.#owner
    const left = turn.giveUp()
    const dropped = files.drop(new TorrentError('closed', 'the torrent is being checked'))
    await Promise.allSettled([left, dropped, before])
    await host.forgetProgress()
  }

  async #openAndCheck(): Promise<void> {
    const number = ++this.#number
    const isCurrent = (): boolean => number === this.#number && !this.#owner.condition.isClosed
    try {
      await this.#becomeReady(isCurrent)
    } catch (error) {
      // What is checked anew has no fault of before.
      if (isCurrent()) throw error
    }
  }

  /** Finds a place for the files, checks what is in doubt, then downloads or rests. */
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
