import type { Clock } from '../../clock.ts'

/** Answers in a second, to all. Each has some 450 bytes: about 1 Mbit/s. */
const MOST_PER_SECOND = 300
/**
 * Answers to one address at once, and again in each second after them. Several control points on one
 * machine ask for everything and repeat it; more is a flood, or made in the name of somebody who did not
 * ask and gets 5 kB a second.
 */
const MOST_AT_ONCE = 60
const REFILL_PER_SECOND = 12
/** Addresses remembered; an account that is full again says nothing and goes first. */
const MOST_ACCOUNTS = 1_000

interface Account {
  /** Answers that are left; 0 to MOST_AT_ONCE. */
  readonly left: number
  readonly at: number
}

/** How many answers may be sent: in all, and to each address. */
export class ResponseBudget {
  readonly #clock: Clock
  /** By address, the one not used for longest first. */
  readonly #accounts = new Map<string, Account>()
  /** Since the clock's beginning; the one that `#spent` were sent in. */
  #second = 0
  #spent = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts an answer to `address`, if there is one left. */
  spend(address: string): boolean {
    const now = this.#clock.now()
    const left = this.#leftFor(address, now)
    if (left < 1 || !this.#spendOfAll(now)) return false
    this.#accounts.delete(address)
    this.#accounts.set(address, { left: left - 1, at: now })
    const [oldest] = this.#accounts.keys()
    if (this.#accounts.size > MOST_ACCOUNTS && oldest !== undefined) this.#accounts.delete(oldest)
    return true
  }

  #leftFor(address: string, now: number): number {
    const account = this.#accounts.get(address)
    if (account === undefined) return MOST_AT_ONCE
    const seconds = Math.max(0, now - account.at) / 1_000
    return Math.min(MOST_AT_ONCE, account.left + seconds * REFILL_PER_SECOND)
  }

  #spendOfAll(now: number): boolean {
    const second = Math.floor(now / 1_000)
    if (second !== this.#second) {
      this.#second = second
      this.#spent = 0
    }
    if (this.#spent >= MOST_PER_SECOND) return false
    this.#spent++
    return true
  }
}
