import type { Clock } from '../../clock.ts'
import type { Torrent } from '../torrent/torrent.ts'
import type { TorrentList } from './torrent-list.ts'
import { type TurnCandidate, type TurnLimits, turnsOf } from './turns.ts'

/** Torrents are looked at so often: whether they move, and whether they may rest; ms. */
const LOOK_MS = 5_000
/** Changes of so many are worth collecting: each decision looks at all torrents. */
const MANY_TORRENTS = 500
const COLLECTED_MS = 200

interface Movement {
  /** Bytes fetched and given so far. */
  bytes: number
  since: number
}

/** Gives torrents their turns to work, and lets those rest that have nothing to do. */
export class TurnKeeper {
  readonly #torrents: TorrentList
  readonly #limits: TurnLimits
  readonly #clock: Clock
  readonly #movements = new Map<number, Movement>()
  #cancelReview: (() => void) | null = null
  #cancelLook: () => void
  #isClosed = false

  constructor(torrents: TorrentList, limits: TurnLimits, clock: Clock) {
    this.#torrents = torrents
    this.#limits = limits
    this.#clock = clock
    this.#cancelLook = clock.after(LOOK_MS, () => this.#look())
  }

  /** There are more torrents than may be at work. */
  get isCrowded(): boolean {
    const { maxActiveDownloads, maxActiveSeeds } = this.#limits
    return this.#torrents.all.length > maxActiveDownloads + maxActiveSeeds
  }

  /** Something has changed: who may be at work is decided again, with many torrents a moment later. */
  readonly review = (when?: 'now'): void => {
    if (this.#isClosed) return
    if (when === 'now' || this.#torrents.all.length <= MANY_TORRENTS) this.#reviewNow()
    else this.#cancelReview ??= this.#clock.after(COLLECTED_MS, () => this.#reviewNow())
  }

  #reviewNow(): void {
    this.#cancelReview?.()
    this.#cancelReview = null
    if (this.#isClosed) return
    const now = this.#clock.now()
    const wishing = this.#torrents.all.filter(({ life }) => life.wish !== null)
    const candidates = wishing.flatMap((torrent) => candidateOf(torrent, this.#sinceOf(torrent)))
    const turns = turnsOf(candidates, this.#limits, now)
    for (const { id, life } of wishing) {
      const hasTurn = turns.has(id)
      if (hasTurn !== life.turn.hasTurn) this.#movements.set(id, { bytes: 0, since: now })
      life.turn.set(hasTurn)
    }
  }

  forget(id: number): void {
    this.#movements.delete(id)
  }

  close(): void {
    this.#isClosed = true
    this.#cancelReview?.()
    this.#cancelLook()
  }

  /** 0 for one that has not had a turn yet. */
  #sinceOf({ id }: Torrent): number {
    return this.#movements.get(id)?.since ?? 0
  }

  #look(): void {
    const now = this.#clock.now()
    for (const torrent of this.#torrents.all) {
      const { content, swarm, id, life } = torrent
      if (content === null) continue
      const movement = this.#movements.get(id)
      const bytes = content.downloader.fetchedBytes + (swarm?.uploadedBytes ?? 0)
      if (movement !== undefined && movement.bytes !== bytes) {
        movement.bytes = bytes
        movement.since = now
      }
      life.restIfIdle(now)
    }
    this.#reviewNow()
    this.#cancelLook = this.#clock.after(LOOK_MS, () => this.#look())
  }
}

function candidateOf({ id, life }: Torrent, since: number): TurnCandidate[] {
  const { wish, turn, content } = life
  const { hasTurn } = turn
  if (wish === null) return []
  return [{ id, wish, hasTurn, since, isStreamed: content?.streams.hasViewers ?? false }]
}
