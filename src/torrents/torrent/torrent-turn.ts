import type { FileSelection } from './file-selection.ts'
import type { SwarmPresence } from './swarm-presence.ts'
import type { TorrentCondition } from './torrent-condition.ts'
import type { TorrentContent } from './torrent-content.ts'
import type { TorrentHost } from './torrent-host.ts'
import type { Wakefulness } from './wakefulness.ts'

/** The torrent whose turn it is. */
export interface TurnOwner {
  readonly presence: Pick<SwarmPresence, 'enter' | 'leave' | 'left'>
  readonly host: Pick<TorrentHost, 'looked' | 'reviewTurns'>
  /** `null` while the torrent rests. */
  readonly content: TorrentContent | null
  readonly files: Pick<Wakefulness, 'wakeChecked'>
  readonly condition: Pick<TorrentCondition, 'mayWork'>
  readonly selection: Pick<FileSelection, 'onlyFiles'>
  fail(error: unknown): void
}

/** Shared by all that have not had a turn. */
const SETTLED = Promise.resolve()

/** Whether it is the turn of a torrent to be in its swarm: only so many are at once. */
export class TorrentTurn {
  readonly #owner: TurnOwner
  /** `null` until it is decided. */
  #hasTurn: boolean | null = null
  #entering: Promise<void> = SETTLED

  constructor(owner: TurnOwner) {
    this.#owner = owner
  }

  get hasTurn(): boolean {
    return this.#hasTurn === true
  }

  /** Resolves when it is where its turn has sent it; never rejects. */
  get settled(): Promise<void> {
    return this.#entering
  }

  /** It would be at work, and others are. */
  get isQueued(): boolean {
    return this.#hasTurn === false
  }

  /** Goes to work, or leaves the swarm until it is its turn again. */
  set(hasTurn: boolean): void {
    if (this.#hasTurn === hasTurn) return
    const wasDecided = this.#hasTurn !== null
    this.#hasTurn = hasTurn
    if (hasTurn) this.#entering = this.#enter()
    else void this.leave()
    if (wasDecided || !hasTurn) this.#owner.host.looked()
  }

  /** It would be at work from now on. Resolves when it is, where it is its turn. */
  async begin(): Promise<void> {
    this.#owner.host.reviewTurns()
    await this.settled
  }

  /** It has nothing to do any more, so that another may. */
  giveUp(): Promise<void> {
    this.#hasTurn = null
    this.#owner.host.reviewTurns()
    return this.leave()
  }

  leave(): Promise<void> {
    return this.#owner.presence.leave()
  }

  /** Joins the swarm with what is here. Never rejects: a swarm that fails is an error of the torrent. */
  async #enter(): Promise<void> {
    const { presence, files, condition, selection } = this.#owner
    try {
      const content = await files.wakeChecked()
      await content.createEmptyFiles()
      await presence.left()
      const isAwake = content === this.#owner.content
      if (this.#hasTurn && isAwake && condition.mayWork) {
        presence.enter(content, selection.onlyFiles)
      }
    } catch (error) {
      // Of no concern to who has been told to leave, or is checked anew, meanwhile.
      if (this.#hasTurn) this.#owner.fail(error)
    }
  }
}
