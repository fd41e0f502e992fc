import { randomUUID } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import type { SendEvent } from './event-sender.ts'
import { Subscription } from './subscription.ts'

/** Enough for every device of a household many times over; each costs a timer and some memory. */
const MAX_SUBSCRIPTIONS = 500

/** A device has one, a machine with several programs a few; one that takes all would lock out the rest. */
const MAX_SUBSCRIPTIONS_PER_ADDRESS = 20

export interface EventingOptions {
  /** The evented state variables with their values now, for one who was told these. */
  readonly stateVariables: (told: ReadonlyMap<string, string>) => ReadonlyMap<string, string>
  /** Between two events to one subscriber, at least; ms, 0 for no moderation. */
  readonly minEventIntervalMs: number
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

/** Who is to hear, and for how long. */
export interface Subscribing {
  readonly callbackUrls: readonly URL[]
  readonly timeoutSeconds: number
}

interface Subscriber {
  /** The IP address that asked. */
  readonly address: string
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
   * Adds a subscriber; `null` if there are too many, in all or from its IP address. It hears nothing
   * before `begin(sid)`, for which its answer has to be on its way.
   */
  subscribe(address: string, { callbackUrls, timeoutSeconds }: Subscribing): Lease | null {
    const { log } = this.#options
    const fromAddress = this.#countFrom(address)
    const isFull = this.#subscribers.size >= MAX_SUBSCRIPTIONS
    if (isFull || fromAddress >= MAX_SUBSCRIPTIONS_PER_ADDRESS) {
      log.debug({ address, fromAddress, all: this.#subscribers.size }, 'too many subscriptions')
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
    this.#subscribers.set(sid, { address, subscription, cancelExpiry })
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

  #countFrom(address: string): number {
    let count = 0
    for (const subscriber of this.#subscribers.values()) if (subscriber.address === address) count++
    return count
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
