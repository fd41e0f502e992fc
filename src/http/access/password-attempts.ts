import { isIPv6 } from 'node:net'
import { plainAddress } from '../../ip-address.ts'
import type { Logger } from '../../log.ts'

/** Wrong passwords in a row that cost nothing: people mistype. */
const FREE_FAILURES = 5
/** The same for all that a reverse proxy passes on: its headers say who asks, and may be made up. */
const FREE_FAILURES_OF_PROXY = 100
/** What the next one costs, doubled with each further one; ms. */
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 5 * 60_000
/** So long after the last wrong one, all is forgotten; ms. */
const MEMORY_MS = 15 * 60_000
/** Addresses remembered; those that failed first are forgotten first. */
const MAX_ADDRESSES = 1_000

/** Who tries a password. */
export interface Trier {
  /** IP address of the client, as far as it is known. */
  readonly address: string
  /** The other end of the connection: a reverse proxy where it is another. */
  readonly connected: string
}

interface Failures {
  readonly count: number
  readonly at: number
}

/** Slows down whoever tries passwords, one address at a time, and says so in the log. */
export class PasswordAttempts {
  readonly #failures = new Map<string, Failures>()
  readonly #now: () => number
  readonly #log: Logger

  /** `now` in ms, never going backwards. */
  constructor(now: () => number, log: Logger) {
    this.#now = now
    this.#log = log
  }

  /** How long somebody has to wait before the next try is looked at; ms. */
  waitMs(trier: Trier): number {
    return Math.max(0, ...countersOf(trier).map((counter) => this.#waitAt(counter)))
  }

  /** @param user - The name that was given, if any. */
  failed(trier: Trier, user: string | null = null): void {
    const counters = countersOf(trier)
    const [wrong] = counters.map(({ key }) => this.#count(key))
    const waitMs = Math.round(this.waitMs(trier))
    this.#log.warn({ from: trier.address, user, wrong, waitMs }, 'wrong password')
  }

  /** What others have tried over the same proxy stays counted. */
  succeeded({ address }: Trier): void {
    this.#failures.delete(sourceOf(address))
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
    const [oldest] = this.#failures.keys()
    if (this.#failures.size > MAX_ADDRESSES && oldest !== undefined) this.#failures.delete(oldest)
    return count
  }
}

interface Counter {
  readonly key: string
  /** Failures that cost nothing. */
  readonly free: number
}

function countersOf({ address, connected }: Trier): readonly Counter[] {
  const client = { key: sourceOf(address), free: FREE_FAILURES }
  if (address === connected) return [client]
  return [client, { key: `proxy ${sourceOf(connected)}`, free: FREE_FAILURES_OF_PROXY }]
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
