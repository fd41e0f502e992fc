import { type Clock, steadyClock } from '../../clock.ts'
import { nextTurn } from '../../concurrency/next-turn.ts'
import type { Logger } from '../../log.ts'
import type { Torrent } from '../torrent/torrent.ts'
import { TorrentError } from '../torrent-error.ts'
import { type EvictionCandidate, piecesToEvict } from './eviction.ts'
import { QuotaRoom, type Stored } from './quota-room.ts'

/** Room is looked for so often, and at once where somebody has been refused some; ms. */
const LOOK_MS = 1_000
/** Room is made before the quota is reached, for what arrives meanwhile, and some more at once. */
const MARGIN = { share: 1 / 32, mostBytes: 256 * 1024 * 1024 }
/** Without anybody who lacks room for so long, there is room again; ms. */
const ROOM_AGAIN_MS = 60_000

export interface QuotaKeeperOptions {
  readonly torrents: () => readonly Torrent[]
  /** Bytes; `null` for no quota. */
  readonly quotaBytes: number | null
  readonly log: Logger
  readonly clock?: Clock
}

/**
 * Keeps what is stored of all torrents, and what is on its way, below a quota, by freeing the pieces that
 * were needed least recently: none of a torrent that is to be kept, and none that a stream wants.
 */
export class QuotaKeeper {
  /** Nothing is fetched that has no room here. */
  readonly room: QuotaRoom
  readonly #options: QuotaKeeperOptions
  readonly #clock: Clock
  #cancel: () => void
  #isLooking = false
  #isClosed = false
  /** When streams have lacked room last. */
  #shortAt = Number.NEGATIVE_INFINITY
  /** The last look has found nothing that could be freed. */
  #isExhausted = false

  constructor(options: QuotaKeeperOptions) {
    this.#options = options
    this.#clock = options.clock ?? steadyClock
    this.room = new QuotaRoom({
      quotaBytes: options.quotaBytes,
      count: () => this.#count(),
      now: () => this.#clock.now(),
      onShort: () => {
        if (!this.#isExhausted) this.#lookIn(0)
      },
    })
    this.#cancel = this.#clock.after(LOOK_MS, () => void this.#look())
  }

  /** Bytes; `null` for none. */
  get quotaBytes(): number | null {
    return this.room.quotaBytes
  }

  set quotaBytes(bytes: number | null) {
    this.#shortAt = Number.NEGATIVE_INFINITY
    this.room.quotaBytes = bytes
  }

  close(): void {
    this.#isClosed = true
    this.#cancel()
  }

  #count(): Stored {
    let [all, kept] = [0, 0]
    for (const torrent of this.#options.torrents()) {
      const bytes = storedBytes(torrent)
      all += bytes
      if (torrent.keep) kept += bytes
    }
    return { all, kept }
  }

  #lookIn(ms: number): void {
    if (this.#isClosed || this.#isLooking) return
    this.#cancel()
    this.#cancel = this.#clock.after(ms, () => void this.#look())
  }

  async #look(): Promise<void> {
    this.#isLooking = true
    try {
      await this.#makeRoom()
    } catch (error) {
      this.#isExhausted = true
      this.#options.log.warn({ err: error }, 'room cannot be made for the quota')
    }
    this.#isLooking = false
    this.#lookIn(LOOK_MS)
    if (this.room.refusedBytes > 0) this.room.wake()
  }

  async #makeRoom(): Promise<void> {
    const { quotaBytes: quota, freeBytes: free, refusedBytes: refused } = this.room
    if (quota === null) return
    const margin = Math.min(quota * MARGIN.share, MARGIN.mostBytes)
    if (refused === 0 && free >= margin) {
      this.#isExhausted = false
      return
    }
    const excess = Math.max(2 * margin, refused) - free
    const freed = await this.room.whileFreeing(() => this.#free(excess))
    this.#isExhausted = freed === 0
    if (refused > 0 ? freed < refused - free : free < -freed) this.#sayShort()
  }

  /** Returns how many bytes of verified pieces it were. */
  async #free(bytes: number): Promise<number> {
    const torrents = this.#options.torrents().filter(({ keep }) => !keep)
    const evicted = piecesToEvict(await candidatesOf(torrents), bytes)
    let freed = 0
    for (const torrent of torrents) {
      const pieces = evicted.get(torrent) ?? []
      if (this.#isClosed) return freed
      // What was begun and given up is freed along.
      if (pieces.length === 0 && torrent.content === null) continue
      const freedOfIt = await this.#evict(torrent, pieces)
      freed += freedOfIt
      if (freedOfIt === 0) continue
      const facts = { torrent: torrent.name, freed: freedOfIt }
      this.#options.log.info(facts, 'pieces are freed for the quota')
    }
    return freed
  }

  /** One whose pieces cannot be freed keeps no other from it. */
  async #evict(torrent: Torrent, pieces: readonly number[]): Promise<number> {
    try {
      return await torrent.evict(pieces)
    } catch (error) {
      this.#options.log.warn({ err: error, torrent: torrent.name }, 'its pieces cannot be freed')
      return 0
    }
  }

  /** Once, until there has been room for a while: streams that wait let go of some and want it again. */
  #sayShort(): void {
    const now = this.#clock.now()
    if (now - this.#shortAt > ROOM_AGAIN_MS) {
      const message = 'the quota is taken up by what is kept or streamed: streams may have to wait'
      this.#options.log.warn({ quota: this.quotaBytes }, message)
    }
    this.#shortAt = now
  }
}

/** Throws TorrentError `bad-limit` for a quota that cannot be kept. */
export function requireQuota(bytes: number, { onDemand }: { readonly onDemand: boolean }): void {
  if (!onDemand) {
    const message = 'a quota needs on-demand: what is freed would be downloaded again'
    throw new TorrentError('bad-limit', message)
  }
  if (Number.isSafeInteger(bytes) && bytes > 0) return
  throw new TorrentError('bad-limit', 'a quota is a whole number of bytes above 0')
}

/** Of verified pieces; 0 while that is not known. */
function storedBytes({ holdings }: Torrent): number {
  if (holdings === null) return 0
  const { have, metainfo } = holdings
  const hasLast = have.has(metainfo.layout.pieceCount - 1)
  return have.count === 0 ? 0 : metainfo.layout.lengthOfAll(have.count, { hasLast })
}

async function candidatesOf(torrents: readonly Torrent[]): Promise<EvictionCandidate<Torrent>[]> {
  const candidates: EvictionCandidate<Torrent>[] = []
  for (const torrent of torrents) {
    const { holdings, content, state } = torrent
    if (holdings === null || holdings.have.count === 0 || state.kind === 'initializing') continue
    // Its bytes are on no disk that is here.
    if (torrent.filesAreGone) continue
    const wanted = content?.wantedPieces ?? new Set()
    const { have, lastUse, metainfo } = holdings
    const pieces: number[] = []
    for (let piece = 0; piece < have.length; piece++) {
      if (have.has(piece) && !wanted.has(piece)) pieces.push(piece)
    }
    const { layout } = metainfo
    candidates.push({ of: torrent, pieces, lastUse, lengthOf: (piece) => layout.lengthOf(piece) })
    await nextTurn()
  }
  return candidates
}
