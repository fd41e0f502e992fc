import type { Clock } from '../../clock.ts'
import { EventSubscription } from '../control/event-subscription.ts'
import type { Exchange } from '../wire/exchange.ts'

export interface TransportEventsOptions {
  /** `null` where it has no events. */
  readonly eventUrl: URL | null
  readonly exchange: Exchange
  readonly clock: Clock
  /** Ours, for its events; `null` where it cannot reach us. */
  readonly callbackUrl: () => Promise<string | null>
}

/** The subscription to AVTransport's events while a renderer plays what is ours. Owns at most one. */
export class TransportEvents {
  readonly #options: TransportEventsOptions
  #subscription: EventSubscription | null = null
  #isWanted = false

  constructor(options: TransportEventsOptions) {
    this.#options = options
  }

  /** Does nothing where it listens already. */
  listen(): void {
    this.#isWanted = true
    const { eventUrl, exchange, clock, callbackUrl } = this.#options
    if (this.#subscription !== null || eventUrl === null) return
    void callbackUrl().then((url) => {
      if (url === null || this.#subscription !== null || !this.#isWanted) return
      this.#subscription = new EventSubscription({ eventUrl, callbackUrl: url, exchange, clock })
      void this.#subscription.start()
    })
  }

  /** Resolves when the renderer has been told; never rejects. */
  close(): Promise<void> {
    this.#isWanted = false
    const told = this.#subscription?.close() ?? Promise.resolve()
    this.#subscription = null
    return told
  }
}
