import type { Clock } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import type { SendEvent } from './event-sender.ts'
import { propertySet } from './property-set.ts'

/**
 * A subscriber that cannot be reached as often in a row is gone; if it is not, its renewal fails and
 * tells it so. One that is there stays until it expires, whatever it answers: televisions answer events
 * with errors, with garbage or not at all, and stay away from a server that ends their subscription.
 */
const MAX_FAILURES = 3

const MAX_SEQ = 2 ** 32 - 1

/** The number of the next event: 0 is only ever the initial one (UDA 1.0, 4.2). */
export function nextSeq(seq: number): number {
  return seq === MAX_SEQ ? 1 : seq + 1
}

export interface SubscriptionOptions {
  readonly sid: string
  readonly callbackUrls: readonly URL[]
  readonly stateVariables: (told: ReadonlyMap<string, string>) => ReadonlyMap<string, string>
  /** Between two events, at least; ms, 0 for no moderation. */
  readonly minEventIntervalMs: number
  readonly sendEvent: SendEvent
  readonly clock: Clock
  readonly log: Logger
  /** Called once when the subscriber is given up. */
  readonly onLost: () => void
}

/**
 * What one subscriber was told, and what it is still to be told. Events go out one after another, with
 * the values of the moment that they are sent: a slow subscriber gets fewer of them, never old ones.
 */
export class Subscription {
  readonly #options: SubscriptionOptions
  readonly #abort = new AbortController()
  /** What has reached the subscriber, whatever it answered. */
  #told: ReadonlyMap<string, string> = new Map()
  #seq = 0
  #failures = 0
  #hasBegun = false
  #hasNews = false
  #isSending = false
  #endMoratorium: (() => void) | null = null

  constructor(options: SubscriptionOptions) {
    this.#options = options
  }

  /** Sends the initial event. The answer to SUBSCRIBE has to be on its way by now. */
  begin(): void {
    this.#hasBegun = true
    this.notify()
  }

  /** State variables may have changed; before `begin`, the initial event will say so. */
  notify(): void {
    this.#hasNews = true
    this.#sendNews()
  }

  /** Sends nothing more, and interrupts what is being sent. */
  close(): void {
    this.#abort.abort()
    this.#endMoratorium?.()
  }

  #sendNews(): void {
    const isBusy = this.#isSending || this.#endMoratorium !== null
    if (!this.#hasBegun || !this.#hasNews || isBusy || this.#abort.signal.aborted) return
    this.#hasNews = false
    const values = this.#options.stateVariables(this.#told)
    const news = new Map([...values].filter(([name, value]) => this.#told.get(name) !== value))
    if (news.size > 0) void this.#send(values, news)
  }

  #beginMoratorium(): void {
    const { minEventIntervalMs, clock } = this.#options
    if (minEventIntervalMs === 0) return
    this.#endMoratorium = clock.after(minEventIntervalMs, () => {
      this.#endMoratorium = null
      this.#sendNews()
    })
  }

  async #send(
    values: ReadonlyMap<string, string>,
    news: ReadonlyMap<string, string>,
  ): Promise<void> {
    const { sid, callbackUrls, sendEvent, log } = this.#options
    const seq = this.#seq
    this.#seq = nextSeq(seq)
    this.#isSending = true
    this.#beginMoratorium()
    try {
      const message = { sid, seq, body: propertySet(news) }
      const delivery = await sendEvent(callbackUrls, message, this.#abort.signal)
      this.#failures = 0
      // One that answers rudely has read it, and what changes from now on is said since this event.
      this.#told = values
      if (delivery !== 'taken') log.debug({ sid, seq }, 'subscriber did not take an event')
    } catch (error) {
      if (this.#abort.signal.aborted) return
      log.debug({ err: error, sid, seq }, 'event not delivered')
      // The event is lost (UDA 1.0, 4.2); the next one says what the subscriber has missed.
      this.#failures++
      if (this.#failures >= MAX_FAILURES) this.#options.onLost()
    } finally {
      this.#isSending = false
    }
    this.#sendNews()
  }
}
