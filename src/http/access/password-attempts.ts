import { isIPv6 } from 'node:net'
import { plainAddress } from '../../ip-address.ts'
import type { Logger } from '../../log.ts'

/** Wrong passwords in a row that cost nothing: people mistype. */
const FREE_FAILURES = 5
/** The same for all that a reverse proxy passes on: its headers say who asks, and may be made up. */
const FREE_FAILURES_OF_PROXY = 100
/** What the next one costs, doubled with each further one; ms. */
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 15_000
/** So long after the last wrong one, all is forgotten; ms. */
const MEMORY_MS = 15 * 60_000
/** Addresses remembered, of those that failed and of those that succeeded; the oldest are forgotten first. */
const MAX_ADDRESSES = 1_000
/** Of what a client calls itself, so much counts. */
const MAX_AGENT_CHARACTERS = 300
/** Whoever has brought the right password is known for so long; ms. */
const KNOWN_MS = 30 * 24 * 3_600_000

/** Who tries a password. */
export interface Trier {
  /** IP address of the client, as far as it is known. */
  readonly address: string
  /** The other end of the connection: a reverse proxy where it is another. */
  readonly connected: string
  /** What the client calls itself; nothing when absent. */
  readonly agent?: string | undefined
}

interface Failures {
  readonly count: number
  readonly at: number
}

/**
 * Slows down whoever tries passwords, one address at a time, and says so in the log. A client that has brought the right
 * one is told from others at its address by what it calls itself: they may be strangers behind the same router, who
 * neither lock it out nor begin anew by its success.
 */
export class PasswordAttempts {
  readonly #failures = new Map<string, Failures>()
  /** When each address, and each client there, brought the right password last. */
  readonly #successes = new Map<string, number>()
  readonly #now: () => number
  readonly #log: Logger

  /** `now` in ms, never going backwards. */
  constructor(now: () => number, log: Logger) {
    this.#now = now
    this.#log = log
  }

  /** How long somebody has to wait before the next try is looked at; ms. */
  waitMs(trier: Trier): number {
    const [own, proxy] = this.#countersOf(trier)
    // Others who guess through the same proxy do not lock out its owner.
    const isOwnAlone = proxy === undefined || this.#isKnown(sourceOf(trier.address))
    return Math.max(this.#waitAt(own), isOwnAlone ? 0 : this.#waitAt(proxy))
  }

  /** @param user - The name that was given, if any. */
  failed(trier: Trier, user: string | null = null): void {
    const counters = this.#countersOf(trier)
    const [wrong] = counters.map((counter) => counter && this.#count(counter.key))
    const waitMs = Math.round(this.waitMs(trier))
    this.#log.warn({ from: trier.address, user, wrong, waitMs }, 'wrong password')
  }

  /** What others have tried at the same address, or over the same proxy, stays counted. */
  succeeded(trier: Trier): void {
    const client = clientOf(trier)
    this.#failures.delete(client)
    for (const known of [sourceOf(trier.address), client]) {
      this.#successes.delete(known)
      this.#successes.set(known, this.#now())
    }
    while (this.#successes.size > MAX_ADDRESSES) forgetOldest(this.#successes)
  }

  /** What the failures of somebody are counted under. */
  keyOf(trier: Trier): string {
    return this.#countersOf(trier)[0].key
  }

  /** Of the client itself, or all of its address, and of the proxy that it comes by. */
  #countersOf(trier: Trier): readonly [Counter, Counter?] {
    const { address, connected } = trier
    const client = clientOf(trier)
    const key = this.#isKnown(client) ? client : sourceOf(address)
    const own = { key, free: FREE_FAILURES }
    if (address === connected) return [own]
    return [own, { key: `proxy ${sourceOf(connected)}`, free: FREE_FAILURES_OF_PROXY }]
  }

  #isKnown(key: string): boolean {
    const at = this.#successes.get(key)
    return at !== undefined && this.#now() - at < KNOWN_MS
  }

  #waitAt({ key, free }: Counter): number {
    const failures = this.#failures.get(key)
    if (failures === undefined || failures.count < free) return 0
    const costMs = FIRST_WAIT_MS * 2 ** Math.min(30, failures.count - free)
    return Math.max(0, failures.at + Math.min(LONGEST_WAIT_MS, costMs) - this.#now())
  }

  /** Returns how many it makes in a row. */
  #count(key: string): number {
    const now = this.#now()
    const before = this.#failures.get(key)
    const isRecent = before !== undefined && now - before.at < MEMORY_MS
    const count = isRecent ? before.count + 1 : 1
    this.#failures.delete(key)
    this.#failures.set(key, { count, at: now })
    forgetOldest(this.#failures)
    return count
  }
}

interface Counter {
  readonly key: string
  /** Failures that cost nothing. */
  readonly free: number
}

function forgetOldest(addresses: Map<string, unknown>): void {
  const [oldest] = addresses.keys()
  if (addresses.size > MAX_ADDRESSES && oldest !== undefined) addresses.delete(oldest)
}

function clientOf({ address, agent = '' }: Trier): string {
  return `${sourceOf(address)} ${agent.slice(0, MAX_AGENT_CHARACTERS)}`
}

/** A machine has one IPv4 address, but all of a /64 (RFC 4291, 2.5.1). */
function sourceOf(address: string): string {
  const plain = plainAddress(address)
  if (!isIPv6(plain)) return plain
  const [head = '', tail = ''] = plain.split('::')
  const groups = head === '' ? [] : head.split(':')
  const after = tail === '' ? [] : tail.split(':')
  const gap = Array.from({ length: Math.max(0, 8 - groups.length - after.length) }, () => '0')
  return [...groups, ...gap, ...after].slice(0, 4).join(':')
}
