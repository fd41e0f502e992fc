import type { Clock } from '../../clock.ts'
import type { NotificationTarget } from '../description/names.ts'
import type { Search } from './ssdp-message.ts'
import type { Endpoint, SsdpServer } from './ssdp-server.ts'

/** The same search from the same endpoint within this time is one search. */
const SAME_SEARCH_MS = 500
/**
 * How much of its MX we use. Many TVs listen for less than they say, so answers are spread over a
 * tenth of it: 100 ms for MX 1, 500 ms for MX 5.
 */
const SPREAD_PER_MAX_WAIT_SECOND_MS = 100
/**
 * Searches of one address that are answered within SAME_SEARCH_MS. A machine with several control
 * points asks for some types each; more is a flood, or somebody else's address, who did not ask.
 */
const MOST_SEARCHES_PER_ADDRESS = 20
/** Answers in a second, to all. Each has some 400 bytes: less than 1 Mbit/s. */
const MOST_RESPONSES_PER_SECOND = 300
/** Searches remembered; in a flood from made-up addresses the oldest are forgotten early. */
const MOST_REMEMBERED = 1_000

export interface SearchResponderOptions {
  readonly targets: readonly NotificationTarget[]
  readonly clock: Clock
  /** 0 <= n < 1, as `Math.random`. */
  readonly random: () => number
}

/**
 * Answers searches, each once: control points repeat them, and one datagram reaches the sockets of all
 * interfaces. The caller says which interface's server is to speak.
 */
export class SearchResponder {
  readonly #options: SearchResponderOptions
  /** When each search was last answered, by endpoint and search target; oldest first. */
  readonly #answered = new Map<string, number>()
  readonly #pending = new Set<() => void>()
  /** Since the clock's beginning; the one that `#responses` were sent in. */
  #second = 0
  #responses = 0

  constructor(options: SearchResponderOptions) {
    this.#options = options
  }

  respond(search: Search, from: Endpoint, server: SsdpServer): void {
    const found = targetsOf(search.searchTarget, this.#options.targets)
    if (found.length === 0 || this.#isToBeIgnored(search, from)) return
    const { clock, random } = this.#options
    for (const target of found) {
      if (!this.#mayRespond()) return
      const delayMs = random() * search.maxWaitSeconds * SPREAD_PER_MAX_WAIT_SECOND_MS
      const cancel = clock.after(delayMs, () => {
        this.#pending.delete(cancel)
        void server.respond(target, from, new Date(clock.now()))
      })
      this.#pending.add(cancel)
    }
  }

  /** Drops the answers that are still to come. */
  close(): void {
    for (const cancel of this.#pending) cancel()
    this.#pending.clear()
  }

  /** Counts a response, if there is one left in this second. */
  #mayRespond(): boolean {
    const second = Math.floor(this.#options.clock.now() / 1_000)
    if (second !== this.#second) {
      this.#second = second
      this.#responses = 0
    }
    this.#responses++
    return this.#responses <= MOST_RESPONSES_PER_SECOND
  }

  #isToBeIgnored(search: Search, from: Endpoint): boolean {
    const now = this.#options.clock.now()
    for (const [key, at] of this.#answered) {
      const isFresh = now - at < SAME_SEARCH_MS && now >= at
      if (isFresh && this.#answered.size < MOST_REMEMBERED) break
      this.#answered.delete(key)
    }
    const key = `${from.address}:${from.port} ${search.searchTarget}`
    if (this.#answered.has(key) || this.#searchesOf(from.address) >= MOST_SEARCHES_PER_ADDRESS) {
      return true
    }
    this.#answered.set(key, now)
    return false
  }

  #searchesOf(address: string): number {
    let count = 0
    for (const key of this.#answered.keys()) if (key.startsWith(`${address}:`)) count++
    return count
  }
}

/**
 * What a search asks for, under the names that it used. A type of a higher version than ours is not
 * found: we could not keep that promise.
 */
export function targetsOf(
  searchTarget: string,
  targets: readonly NotificationTarget[],
): readonly NotificationTarget[] {
  if (searchTarget === 'ssdp:all') return targets
  const isUdn = /^uuid:/i.test(searchTarget)
  const wanted = isUdn ? searchTarget.toLowerCase() : searchTarget
  const found = targets.filter((target) => target.notificationTarget === wanted)
  return found.map((target) => ({ ...target, notificationTarget: searchTarget }))
}
