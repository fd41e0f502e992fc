import { type Clock, steadyClock } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import type { Torrent } from '../torrent/torrent.ts'

/** Torrents are looked at so often; ms. */
const LOOK_MS = 5_000

export interface SeedingWatchOptions {
  readonly torrents: () => readonly Torrent[]
  readonly log: Logger
  readonly clock?: Clock
}

/** Pauses torrents that have been seeded enough. Streams of what is on the disk go on. */
export class SeedingWatch {
  readonly #options: SeedingWatchOptions
  readonly #clock: Clock
  #cancel: () => void

  constructor(options: SeedingWatchOptions) {
    this.#options = options
    this.#clock = options.clock ?? steadyClock
    this.#cancel = this.#clock.after(LOOK_MS, () => this.#lookAgain())
  }

  close(): void {
    this.#cancel()
  }

  #lookAgain(): void {
    const now = this.#clock.now()
    for (const torrent of this.#options.torrents()) {
      const goal = torrent.countSeeding(now)
      if (goal !== null) void this.#stop(torrent, goal)
    }
    this.#cancel = this.#clock.after(LOOK_MS, () => this.#lookAgain())
  }

  async #stop(torrent: Torrent, goal: 'ratio' | 'time'): Promise<void> {
    const { log } = this.#options
    try {
      await torrent.stopSeeding()
      log.info({ torrent: torrent.name, goal }, 'seeded enough: the torrent is paused')
    } catch (error) {
      log.warn({ err: error, torrent: torrent.name }, 'seeding cannot be stopped')
    }
  }
}
