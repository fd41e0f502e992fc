import type { Clock } from '../../clock.ts'
import type { Logger } from '../../log.ts'

/** Before the next torrent: whoever plays something has the disk to himself; ms. */
const LEAST_PAUSE_MS = 500
/** So much longer than the last one took: of a server with many it takes half a percent of a processor. */
const PAUSE_FACTOR = 200
const LONGEST_PAUSE_MS = 10_000

/** A torrent that was opened without being hashed. */
export interface SampledTorrent {
  /** Hashes a few pieces. */
  checkSamples(): Promise<void>
}

export interface SamplingOptions {
  readonly clock: Clock
  /** Somebody waits for bytes: hashing has time. */
  readonly isBusy: () => boolean
  readonly log: Logger
}

/**
 * Looks into torrents that were believed by the size and time of their files, one after another and in the
 * background: a start and a first byte do not wait for it.
 */
export class Sampling {
  readonly #options: SamplingOptions
  readonly #waiting = new Set<SampledTorrent>()
  #cancel: (() => void) | null = null
  #isAtWork = false
  #pauseMs = LEAST_PAUSE_MS
  #isClosed = false

  constructor(options: SamplingOptions) {
    this.#options = options
  }

  add(torrent: SampledTorrent): void {
    this.#waiting.add(torrent)
    this.#goOn()
  }

  close(): void {
    this.#isClosed = true
    this.#cancel?.()
    this.#waiting.clear()
  }

  #goOn(): void {
    if (this.#isAtWork || this.#isClosed || this.#waiting.size === 0) return
    this.#cancel ??= this.#options.clock.after(this.#pauseMs, () => {
      this.#cancel = null
      void this.#next()
    })
  }

  async #next(): Promise<void> {
    const [torrent] = this.#waiting
    if (torrent !== undefined && !this.#options.isBusy()) {
      const { clock } = this.#options
      const began = clock.now()
      this.#waiting.delete(torrent)
      this.#isAtWork = true
      try {
        await torrent.checkSamples()
      } catch (error) {
        this.#options.log.debug({ err: error }, 'samples cannot be read')
      }
      this.#isAtWork = false
      const pauseMs = PAUSE_FACTOR * (clock.now() - began)
      this.#pauseMs = Math.min(Math.max(LEAST_PAUSE_MS, pauseMs), LONGEST_PAUSE_MS)
    }
    this.#goOn()
  }
}
