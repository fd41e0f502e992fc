import { randomUUID } from 'node:crypto'
import type { Logger } from '../log.ts'
import type { Clock } from './clock.ts'
import type { SendEvent } from './event-sender.ts'
import { Subscription } from './subscription.ts'

/** Enough for every device of a household many times over; each costs a timer and some memory. */
const MAX_SUBSCRIPTIONS = 500

export interface EventingOptions {
  /** The evented state variables with their values now. */
  readonly stateVariables: () => ReadonlyMap<string, string>
  readonly sendEvent: SendEvent
  readonly clock: Clock
  readonly log: Logger
}

/** What a subscriber is granted. */
export interface Lease {
  /** `uuid:` and a UUID. */
  readonly sid: string
  readonly timeoutSeconds: number
}

interface Subscriber {
  readonly subscription: Subscription
  /** Stops the timer that ends it. */
  cancelExpiry: () => void
}

/** The subscribers of one service (UPnP Device Architecture 1.0, chapter 4, Eventing: GENA). */
export class Eventing {
  readonly #options: EventingOptions
  readonly #subscribers = new Map<string, Subscriber>()

  constructor(options: EventingOptions) {
    this.#options = options
  }

  /** How many subscriptions there are. */
  get size(): number {
    return this.#subscribers.size
  }

  /**
   * Adds a subscriber; `null` if there are too many. It hears nothing before `begin(sid)`, for which
   * its answer has to be on its way.
   */
  subscribe(callbackUrls: readonly URL[], timeoutSeconds: number): Lease | null {
    const { log } = this.#options
    if (this.#subscribers.size >= MAX_SUBSCRIPTIONS) {
      log.warn({ subscriptions: this.#subscribers.size }, 'too many subscriptions')
      return null
    }
    const sid = `uuid:${randomUUID()}`
    const subscription = new Subscription({
      ...this.#options,
      sid,
      callbackUrls,
      onLost: () => this.#end(sid, 'subscriber does not answer, subscription ended'),
    })
    const cancelExpiry = this.#expireAfter(sid, timeoutSeconds)
    this.#subscribers.set(sid, { subscription, cancelExpiry })
    log.debug({ sid, callback: callbackUrls.map(String), timeoutSeconds }, 'subscribed')
    return { sid, timeoutSeconds }
  }

  /** Sends the initial event. */
  begin(sid: string): void {
    this.#subscribers.get(sid)?.subscription.begin()
  }

  /** Prolongs a subscription, which goes on as it is; `null` if there is none. */
  renew(sid: string, timeoutSeconds: number): Lease | null {
    const subscriber = this.#subscribers.get(sid)
    if (subscriber === undefined) return null
    subscriber.cancelExpiry()
    subscriber.cancelExpiry = this.#expireAfter(sid, timeoutSeconds)
    return { sid, timeoutSeconds }
  }

  /** `false` if there is no such subscription. */
  unsubscribe(sid: string): boolean {
    return this.#end(sid, 'unsubscribed')
  }

  /** Tells every subscriber what has changed, at once or when moderation allows. */
  notify(): void {
    for (const { subscription } of this.#subscribers.values()) subscription.notify()
  }

  /** Ends all subscriptions without a word: the byebye of SSDP says it. */
  close(): void {
    for (const sid of [...this.#subscribers.keys()]) this.#end(sid, 'subscription ended')
  }

  #expireAfter(sid: string, timeoutSeconds: number): () => void {
    return this.#options.clock.after(timeoutSeconds * 1_000, () => {
      this.#end(sid, 'subscription expired')
    })
  }

  #end(sid: string, message: string): boolean {
    const subscriber = this.#subscribers.get(sid)
    if (subscriber === undefined) return false
    subscriber.cancelExpiry()
    subscriber.subscription.close()
    this.#options.log.debug({ sid }, message)
    return this.#subscribers.delete(sid)
  }
}
