import type { Clock } from './clock.ts'
import type { NotificationTarget } from './names.ts'
import type { Search } from './ssdp-message.ts'
import type { Endpoint, SsdpServer } from './ssdp-server.ts'

/** The same search from the same endpoint within this time is one search. */
const SAME_SEARCH_MS = 500
/**
 * How much of its MX we use. Many TVs listen for less than they say, so answers are spread over a
 * tenth of it: 100 ms for MX 1, 500 ms for MX 5.
 */
const SPREAD_PER_MAX_WAIT_SECOND_MS = 100
/** A flood of searches gets no more answers than this at a time. */
const MOST_PENDING_RESPONSES = 200
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

  constructor(options: SearchResponderOptions) {
    this.#options = options
  }

  respond(search: Search, from: Endpoint, server: SsdpServer): void {
    const found = targetsOf(search.searchTarget, this.#options.targets)
    if (found.length === 0 || this.#wasAnswered(search, from)) return
    const { clock, random } = this.#options
    for (const target of found) {
      if (this.#pending.size >= MOST_PENDING_RESPONSES) return
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

  #wasAnswered(search: Search, from: Endpoint): boolean {
    const now = this.#options.clock.now()
    for (const [key, at] of this.#answered) {
      const isFresh = now - at < SAME_SEARCH_MS && now >= at
      if (isFresh && this.#answered.size < MOST_REMEMBERED) break
      this.#answered.delete(key)
    }
    const key = `${from.address}:${from.port} ${search.searchTarget}`
    if (this.#answered.has(key)) return true
    this.#answered.set(key, now)
    return false
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
