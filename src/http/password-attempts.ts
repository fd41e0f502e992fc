import { isIPv6 } from 'node:net'
import type { Logger } from '../log.ts'

/** Wrong passwords in a row that cost nothing: people mistype. */
const FREE_FAILURES = 5
/** What the next one costs, doubled with each further one; ms. */
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 5 * 60_000
/** So long after the last wrong one, all is forgotten; ms. */
const MEMORY_MS = 15 * 60_000
/** Addresses remembered; those that failed first are forgotten first. */
const MAX_ADDRESSES = 1_000

interface Failures {
  count: number
  at: number
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

  /** How long an address has to wait before its next try is looked at; ms. */
  waitMs(address: string): number {
    const failures = this.#failures.get(sourceOf(address))
    if (failures === undefined || failures.count < FREE_FAILURES) return 0
    return Math.max(0, failures.at + costOf(failures) - this.#now())
  }

  failed(address: string): void {
    const source = sourceOf(address)
    const now = this.#now()
    const before = this.#failures.get(source)
    const isRecent = before !== undefined && now - before.at < MEMORY_MS
    const failures = { count: isRecent ? before.count + 1 : 1, at: now }
    this.#failures.delete(source)
    this.#failures.set(source, failures)
    const [oldest] = this.#failures.keys()
    if (this.#failures.size > MAX_ADDRESSES && oldest !== undefined) this.#failures.delete(oldest)
    const waitMs = failures.count < FREE_FAILURES ? 0 : costOf(failures)
    this.#log.warn({ from: address, wrong: failures.count, waitMs }, 'wrong password')
  }

  succeeded(address: string): void {
    this.#failures.delete(sourceOf(address))
  }
}

function costOf({ count }: Failures): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(30, count - FREE_FAILURES))
}

/** A machine has one IPv4 address, but all of a /64 (RFC 4291, 2.5.1). */
function sourceOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  if (!isIPv6(plain)) return plain
  const [head = '', tail = ''] = plain.replace(/%.*$/, '').split('::')
  const groups = head === '' ? [] : head.split(':')
  const after = tail === '' ? [] : tail.split(':')
  const gap = Array.from({ length: Math.max(0, 8 - groups.length - after.length) }, () => '0')
  return [...groups, ...gap, ...after].slice(0, 4).join(':')
}
