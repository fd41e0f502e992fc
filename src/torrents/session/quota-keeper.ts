import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Clock, steadyClock } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import type { Torrent } from '../torrent/torrent.ts'
import { TorrentError } from '../torrent-error.ts'
import { type EvictionCandidate, piecesToEvict } from './eviction.ts'

/** What is stored is counted so often; ms. */
const LOOK_MS = 1_000
/** Room is made before the quota is reached, for what arrives meanwhile, and some more at once. */
const MARGIN = { share: 1 / 32, mostBytes: 256 * 1024 * 1024 }

export interface QuotaKeeperOptions {
  readonly torrents: () => readonly Torrent[]
  /** Bytes; `null` for no quota. */
  readonly quotaBytes: number | null
  readonly log: Logger
  readonly clock?: Clock
}

/**
 * Keeps what is stored of all torrents below a quota, by freeing the pieces that were needed least
 * recently: none of a torrent that is to be kept, and none that a stream wants.
 */
export class QuotaKeeper {
  readonly #options: QuotaKeeperOptions
  readonly #clock: Clock
  #quotaBytes: number | null
  #cancel: () => void
  #isClosed = false
  #isShort = false

  constructor(options: QuotaKeeperOptions) {
    this.#options = options
    this.#clock = options.clock ?? steadyClock
    this.#quotaBytes = options.quotaBytes
    this.#cancel = this.#clock.after(LOOK_MS, () => void this.#look())
  }

  /** Bytes; `null` for none. */
  get quotaBytes(): number | null {
    return this.#quotaBytes
  }

  set quotaBytes(bytes: number | null) {
    this.#quotaBytes = bytes
    this.#isShort = false
  }

  close(): void {
    this.#isClosed = true
    this.#cancel()
  }

  async #look(): Promise<void> {
    try {
      await this.#makeRoom()
    } catch (error) {
      this.#options.log.warn({ err: error }, 'room cannot be made for the quota')
    }
    if (!this.#isClosed) this.#cancel = this.#clock.after(LOOK_MS, () => void this.#look())
  }

  async #makeRoom(): Promise<void> {
    const quota = this.#quotaBytes
    if (quota === null) return
    const margin = Math.min(quota * MARGIN.share, MARGIN.mostBytes)
    const torrents = this.#options.torrents()
    const used = torrents.reduce((bytes, torrent) => bytes + storedBytes(torrent), 0)
    if (used <= quota - margin) {
      this.#isShort = false
      return
    }
    let excess = used - (quota - 2 * margin)
    const candidates = await candidatesOf(torrents.filter(({ keep }) => !keep))
    for (const [torrent, pieces] of piecesToEvict(candidates, excess)) {
      if (this.#isClosed) return
      const before = storedBytes(torrent)
      await torrent.evict(pieces)
      const freed = before - storedBytes(torrent)
      excess -= freed
      this.#options.log.info({ torrent: torrent.name, freed }, 'pieces are freed for the quota')
    }
    this.#sayShort(used > quota && excess > used - quota)
  }

  /** Once, until there is room again. */
  #sayShort(isShort: boolean): void {
    if (isShort && !this.#isShort) {
      const message = 'the quota is exceeded by what is kept or streamed'
      this.#options.log.warn({ quota: this.#quotaBytes }, message)
    }
    this.#isShort = isShort
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
