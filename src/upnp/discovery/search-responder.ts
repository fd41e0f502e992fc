import type { Clock } from '../../clock.ts'
import { plainAddress } from '../../ip-address.ts'
import type { NotificationTarget } from '../description/names.ts'
import { ResponseBudget } from './response-budget.ts'
import type { Search } from './ssdp-message.ts'
import type { Endpoint } from './ssdp-server.ts'

/** The same search from the same endpoint within this time is one search. */
const SAME_SEARCH_MS = 500
/**
 * How much of its MX we use. Many TVs listen for less than they say, so answers are spread over a
 * tenth of it: 100 ms for MX 1, 500 ms for MX 5.
 */
const SPREAD_PER_MAX_WAIT_SECOND_MS = 100
/** Searches of one address that are answered within SAME_SEARCH_MS. */
const MOST_SEARCHES_PER_ADDRESS = 20
/** Searches remembered; in a flood from made-up addresses the oldest are forgotten early. */
const MOST_REMEMBERED = 1_000

/** Sends one answer to whoever searched. */
export type Answerer = (target: NotificationTarget, to: Endpoint, now: Date) => void

/** A search as it was heard. */
export interface HeardSearch {
  readonly search: Search
  readonly from: Endpoint
  /** Who is to answer, if anybody; asked only where an answer is due. */
  readonly findAnswerer: () => Promise<Answerer | null>
}

export interface SearchResponderOptions {
  readonly targets: readonly NotificationTarget[]
  readonly clock: Clock
  /** 0 <= n < 1, as `Math.random`. */
  readonly random: () => number
}

/**
 * Answers searches, each once: control points repeat them, and one datagram reaches the sockets of all
 * interfaces. The caller says who is to speak.
 */
export class SearchResponder {
  readonly #options: SearchResponderOptions
  readonly #budget: ResponseBudget
  /** When each search was last answered, by endpoint and search target; oldest first. */
  readonly #answered = new Map<string, number>()
  readonly #pending = new Set<() => void>()
  #isClosed = false

  constructor(options: SearchResponderOptions) {
    this.#options = options
    this.#budget = new ResponseBudget(options.clock)
  }

  async respond({ search, from, findAnswerer }: HeardSearch): Promise<void> {
    const found = targetsOf(search.searchTarget, this.#options.targets)
    if (found.length === 0 || this.#isToBeIgnored(search, from)) return
    const address = plainAddress(from.address)
    const affordable = found.filter(() => this.#budget.spend(address))
    if (affordable.length === 0) return
    const answer = await findAnswerer()
    if (answer === null || this.#isClosed) return
    for (const target of affordable) {
      const spreadMs = search.maxWaitSeconds * SPREAD_PER_MAX_WAIT_SECOND_MS
      this.#after(this.#options.random() * spreadMs, (now) => answer(target, from, now))
    }
  }

  /** Drops the answers that are still to come. */
  close(): void {
    this.#isClosed = true
    for (const cancel of this.#pending) cancel()
    this.#pending.clear()
  }

  #after(delayMs: number, run: (now: Date) => void): void {
    const { clock } = this.#options
    const cancel = clock.after(delayMs, () => {
      this.#pending.delete(cancel)
      run(new Date(clock.now()))
    })
    this.#pending.add(cancel)
  }

  #isToBeIgnored(search: Search, from: Endpoint): boolean {
    const now = this.#options.clock.now()
    for (const [key, at] of this.#answered) {
      const isFresh = now - at < SAME_SEARCH_MS && now >= at
      if (isFresh && this.#answered.size < MOST_REMEMBERED) break
      this.#answered.delete(key)
    }
    const key = `${from.address} ${from.port} ${search.searchTarget}`
    if (this.#answered.has(key) || this.#searchesOf(from.address) >= MOST_SEARCHES_PER_ADDRESS) {
      return true
    }
    this.#answered.set(key, now)
    return false
  }

  #searchesOf(address: string): number {
    let count = 0
    for (const key of this.#answered.keys()) if (key.startsWith(`${address} `)) count++
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
  const wanted = searchTarget.toLowerCase()
  if (wanted === 'ssdp:all') return targets
  const found = targets.filter((target) => target.notificationTarget.toLowerCase() === wanted)
  return found.map((target) => ({ ...target, notificationTarget: searchTarget }))
}
