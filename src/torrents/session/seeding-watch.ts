import { type Clock, steadyClock } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import type { InfoHash } from '../metainfo/info-hash.ts'
import type { Torrent } from '../torrent/torrent.ts'

/** Torrents are looked at so often; ms. */
const LOOK_MS = 5_000
/** What a process that is killed has counted in vain; ms. */
const SAVE_MS = 300_000

type SeededTorrent = Pick<Torrent, 'infoHash' | 'name' | 'seeded' | 'countSeeding' | 'stopSeeding'>

export interface SeedingWatchOptions {
  readonly torrents: () => readonly SeededTorrent[]
  /** Keeps what has been counted of these. Never rejects. */
  readonly save: (infoHashes: readonly InfoHash[]) => Promise<unknown>
  readonly log: Logger
  readonly clock?: Clock
}

/** Pauses torrents that have been seeded enough. Streams of what is on the disk go on. */
export class SeedingWatch {
  readonly #options: SeedingWatchOptions
  readonly #clock: Clock
  readonly #unsaved = new Set<InfoHash>()
  #savedAt: number
  #cancel: () => void

  constructor(options: SeedingWatchOptions) {
    this.#options = options
    this.#clock = options.clock ?? steadyClock
    this.#savedAt = this.#clock.now()
    this.#cancel = this.#clock.after(LOOK_MS, () => this.#lookAgain())
  }

  close(): void {
    this.#cancel()
  }

  #lookAgain(): void {
    const now = this.#clock.now()
    for (const torrent of this.#options.torrents()) {
      const { infoHash, seeded: before } = torrent
      const goal = torrent.countSeeding(now)
      if (torrent.seeded !== before) this.#unsaved.add(infoHash)
      if (goal !== null) void this.#stop(torrent, goal)
    }
    this.#saveAt(now)
    this.#cancel = this.#clock.after(LOOK_MS, () => this.#lookAgain())
  }

  #saveAt(now: number): void {
    if (now - this.#savedAt < SAVE_MS || this.#unsaved.size === 0) return
    void this.#options.save([...this.#unsaved])
    this.#unsaved.clear()
    this.#savedAt = now
  }

  async #stop(torrent: SeededTorrent, goal: 'ratio' | 'time'): Promise<void> {
    const { log } = this.#options
    try {
      await torrent.stopSeeding()
      log.info({ torrent: torrent.name, goal }, 'seeded enough: the torrent is paused')
    } catch (error) {
      log.warn({ err: error, torrent: torrent.name }, 'seeding cannot be stopped')
    }
  }
}
