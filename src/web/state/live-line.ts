/** Longer than the server ever says nothing; milliseconds. */
const SILENT_MS = 45_000
/** Before it is tried again, where the browser itself gives up: the first time, and at most. */
const AGAIN_MS = { first: 2_000, most: 30_000 }

export type LineState = 'live' | 'lost' | 'unavailable'

export interface LiveLineOptions {
  readonly onState: (state: LineState) => void
}

/**
 * The server's events, for as long as the page is open. A browser connects again by itself where a connection breaks, but
 * not where a proxy answers for a server that restarts, nor where nobody says any more that it broke: that is done here.
 */
export class LiveLine {
  readonly #url: string
  readonly #options: LiveLineOptions
  readonly #listeners = new Map<string, (data: string) => void>()
  #events: EventSource | null = null
  #again: ReturnType<typeof setTimeout> | undefined
  #watch: ReturnType<typeof setTimeout> | undefined
  #failures = 0

  constructor(url: string, options: LiveLineOptions) {
    this.#url = url
    this.#options = options
  }

  /** Before the start. */
  on(kind: string, listener: (data: string) => void): void {
    this.#listeners.set(kind, listener)
  }

  start(): void {
    this.on('alive', () => {})
    this.#connect()
    // Who comes back to the page, or into the network, does not wait for the next try.
    addEventListener('online', () => this.#retryNow())
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.#retryNow()
    })
  }

  #connect(): void {
    clearTimeout(this.#again)
    this.#events?.close()
    const events = new EventSource(this.#url)
    this.#events = events
    this.#heard()
    events.addEventListener('open', () => {
      this.#failures = 0
      this.#heard()
      this.#options.onState('live')
    })
    events.addEventListener('error', () => {
      if (events !== this.#events) return
      const isOver = events.readyState === EventSource.CLOSED
      this.#options.onState(isOver && this.#failures > 2 ? 'unavailable' : 'lost')
      if (isOver) this.#later()
    })
    for (const [kind, listener] of this.#listeners) {
      events.addEventListener(kind, ({ data }) => {
        this.#heard()
        listener(String(data))
      })
    }
  }

  #later(): void {
    clearTimeout(this.#watch)
    clearTimeout(this.#again)
    const waitMs = Math.min(AGAIN_MS.first * 2 ** this.#failures++, AGAIN_MS.most)
    this.#again = setTimeout(() => this.#connect(), waitMs)
  }

  #retryNow(): void {
    if (this.#events?.readyState === EventSource.CLOSED) this.#connect()
  }

  #heard(): void {
    clearTimeout(this.#watch)
    this.#watch = setTimeout(() => {
      this.#options.onState('lost')
      this.#connect()
    }, SILENT_MS)
  }
}
