const MOST = 1_000
const BANNED_MS = 3_600_000

/** Whom a torrent has nothing to do with for an hour: hosts without a port, or single peers, `ip:port`. */
export class BannedPeers {
  readonly #now: () => number
  /** Until when; oldest first. */
  readonly #until = new Map<string, number>()

  /** @param now - In milliseconds. */
  constructor(now: () => number) {
    this.#now = now
  }

  add(banned: string): void {
    this.#until.delete(banned)
    this.#until.set(banned, this.#now() + BANNED_MS)
    for (const oldest of this.#until.keys()) {
      if (this.#until.size <= MOST) break
      this.#until.delete(oldest)
    }
  }

  has(address: string): boolean {
    const until = this.#until.get(address)
    if (until === undefined) return false
    if (until > this.#now()) return true
    this.#until.delete(address)
    return false
  }
}
