import type { Clock } from '../../clock.ts'

/** How soon a renderer is asked again; milliseconds. */
const INTERVALS = { often: 1_000, seldom: 10_000, rarely: 30_000 } as const
/** However many hints there are. */
const SHORTEST_MS = 200

export interface PollerOptions {
  readonly clock: Clock
  /** Never rejects; tells how soon it wants to be called again. */
  readonly poll: () => Promise<keyof typeof INTERVALS>
}

/** Calls again and again, never twice at once, until it is closed. */
export class Poller {
  readonly #options: PollerOptions
  #cancel = (): void => {}
  #isPolling = false
  #isHinted = false
  #isSoon = false
  #isClosed = false

  constructor(options: PollerOptions) {
    this.#options = options
  }

  start(): void {
    void this.#run()
  }

  /** Before its time. */
  soon(): void {
    if (this.#isPolling) this.#isHinted = true
    // One after another, hints would put it off for ever.
    else if (!this.#isSoon) this.#schedule(SHORTEST_MS)
  }

  close(): void {
    this.#isClosed = true
    this.#cancel()
  }

  #schedule(delayMs: number): void {
    this.#cancel()
    if (this.#isClosed) return
    this.#isSoon = delayMs <= SHORTEST_MS
    this.#cancel = this.#options.clock.after(delayMs, () => void this.#run())
  }

  async #run(): Promise<void> {
    if (this.#isPolling || this.#isClosed) return
    this.#isPolling = true
    this.#isHinted = false
    this.#isSoon = false
    const pace = await this.#options.poll()
    this.#isPolling = false
    this.#schedule(this.#isHinted ? SHORTEST_MS : INTERVALS[pace])
  }
}
