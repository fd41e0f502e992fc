import type { Clock } from '../../clock.ts'
import type { Exchange } from '../wire/exchange.ts'

const WANTED_SECONDS = 300
const SHORTEST_SECONDS = 30
const LONGEST_SECONDS = 3_600
const TIMEOUT_MS = 5_000
/** After a refusal; polling goes on meanwhile. */
const RETRY_MS = 60_000

export interface EventSubscriptionOptions {
  readonly eventUrl: URL
  /** Ours, that it sends events to. */
  readonly callbackUrl: string
  readonly exchange: Exchange
  readonly clock: Clock
}

/**
 * A subscription to the events of one service (UPnP Device Architecture 1.0, 4.1), renewed at half of its
 * time until it is closed. Events are a hint: where none come, nothing is lost.
 */
export class EventSubscription {
  readonly #options: EventSubscriptionOptions
  #sid: string | null = null
  #cancelRenewal = (): void => {}
  #isClosed = false

  constructor(options: EventSubscriptionOptions) {
    this.#options = options
  }

  /** Never rejects. */
  async start(): Promise<void> {
    const seconds = await this.#subscribe()
    if (this.#isClosed) return
    const delayMs = seconds === null ? RETRY_MS : (seconds / 2) * 1_000
    this.#cancelRenewal = this.#options.clock.after(delayMs, () => void this.start())
  }

  /** Says so to the renderer; resolves when that has been tried. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#cancelRenewal()
    const { eventUrl: url, exchange } = this.#options
    if (this.#sid === null) return
    const headers = { SID: this.#sid }
    await exchange({ method: 'UNSUBSCRIBE', url, headers, timeoutMs: TIMEOUT_MS }).catch(() => {})
  }

  /** Seconds for which it is good; `null` where it is none. */
  async #subscribe(): Promise<number | null> {
    const { eventUrl: url, callbackUrl, exchange } = this.#options
    const timeout = { TIMEOUT: `Second-${WANTED_SECONDS}` }
    const headers: Record<string, string> =
      this.#sid === null
        ? { CALLBACK: `<${callbackUrl}>`, NT: 'upnp:event', ...timeout }
        : { SID: this.#sid, ...timeout }
    try {
      const answer = await exchange({ method: 'SUBSCRIBE', url, headers, timeoutMs: TIMEOUT_MS })
      const sid = answer.headers.sid
      if (answer.status !== 200 || typeof sid !== 'string' || !/^[\x21-\x7e]{1,256}$/.test(sid)) {
        // 412: it has forgotten us. The next one is a new one.
        const wasKnown = this.#sid !== null
        this.#sid = null
        return wasKnown && answer.status === 412 ? await this.#subscribe() : null
      }
      this.#sid = sid
      return grantedSeconds(answer.headers.timeout)
    } catch {
      this.#sid = null
      return null
    }
  }
}

/** `Second-1800` or `infinite`. */
function grantedSeconds(header: string | string[] | undefined): number {
  const seconds = Number(/^second-(\d{1,9})$/i.exec(String(header).trim())?.[1] ?? WANTED_SECONDS)
  return Math.min(Math.max(seconds, SHORTEST_SECONDS), LONGEST_SECONDS)
}
