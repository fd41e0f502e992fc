/**
 * How an address is tried, one after another, unless it shows what it takes: one that hangs up on a
 * plain handshake is asked with MSE at once, and one that has no TCP, or hangs up on both, by uTP soon.
 */
export const ATTEMPTS = [
  // Plain TCP first: nearly every peer takes it, and it costs a third of RC4 in JavaScript.
  { type: 'tcp', secure: 0 },
  // Then MSE, for peers that take nothing else.
  { type: 'tcp', secure: 1 },
  // uTP last: tried first it would delay each TCP-only peer.
  { type: 'utp', secure: 0 },
] as const
/** Indices of `ATTEMPTS`. */
export const [PLAIN, ENCRYPTED, UTP] = [0, 1, 2] as const

const NEVER = Number.NEGATIVE_INFINITY
const MAX_ATTEMPTS = 2 * ATTEMPTS.length
const FORGIVEN_AFTER_MS = 60_000
/** Peers known of one torrent, whoever has named them. */
export const MAX_KNOWN_PEERS = 2_000

/** How it went with the address of a peer. */
export interface KnownPeer {
  attempts: number
  /** How it is tried next, and was tried last; indices of `ATTEMPTS`. */
  next: number
  last: number
  /** When it was tried last, in milliseconds. */
  lastAt: number
  /** It took a connection the last time, and closed it over what we said: it may want to be asked otherwise. */
  hasHungUp: boolean
}

export interface KnownPeersOptions {
  readonly isConnected: (address: string) => boolean
  /** It made room for another. */
  readonly onForgotten: (address: string) => void
}

/** The addresses of a torrent's peers and how they were tried: 2,000 at most. */
export class KnownPeers {
  readonly #options: KnownPeersOptions
  /** Oldest first. */
  readonly #peers = new Map<string, KnownPeer>()

  constructor(options: KnownPeersOptions) {
    this.#options = options
  }

  /** Addresses that were tried, dead ones included. */
  get seen(): number {
    // Who has shaken hands begins its attempts anew.
    return [...this.#peers.values()].filter(({ lastAt }) => lastAt !== NEVER).length
  }

  /** Addresses that were given up. */
  get dead(): number {
    return [...this.#peers.values()].filter(isDead).length
  }

  /** Oldest first. */
  *all(): Generator<{ readonly address: string; readonly isDead: boolean }> {
    for (const [address, peer] of this.#peers) yield { address, isDead: isDead(peer) }
  }

  get(address: string): KnownPeer | undefined {
    return this.#peers.get(address)
  }

  /** The same as `get`; one that is new has not been tried. */
  know(address: string): KnownPeer {
    const known = this.#peers.get(address)
    if (known !== undefined) return known
    if (this.#peers.size >= MAX_KNOWN_PEERS) this.#forgetOne()
    const added = { attempts: 0, next: PLAIN, last: PLAIN, lastAt: NEVER, hasHungUp: false }
    this.#peers.set(address, added)
    return added
  }

  /** All begin anew. */
  forgive(): void {
    for (const peer of this.#peers.values()) {
      peer.attempts = 0
      peer.next = PLAIN
    }
  }

  /** Whether it is given up for now; after a minute it begins anew. `now` in milliseconds. */
  isGivenUp(address: string, now: number): boolean {
    const known = this.#peers.get(address)
    if (known === undefined || !isDead(known)) return false
    if (now - known.lastAt < FORGIVEN_AFTER_MS) return true
    known.attempts = 0
    known.next = PLAIN
    return false
  }

  /** It was tried, by `attempt`. `now` in milliseconds. */
  tried(address: string, attempt: (typeof ATTEMPTS)[number], now: number): void {
    const known = this.know(address)
    known.attempts++
    known.last = ATTEMPTS.indexOf(attempt)
    known.next = (known.last + 1) % ATTEMPTS.length
    known.lastAt = now
    known.hasHungUp = false
  }

  /** It shook hands: what worked comes first when it is tried again. */
  worked(address: string): void {
    const known = this.#peers.get(address)
    if (known === undefined) return
    known.attempts = (known.attempts - 1) % ATTEMPTS.length
    known.next = known.last
  }

  /** The oldest that was given up or never tried; else the oldest that is not connected. */
  #forgetOne(): void {
    let oldest: string | null = null
    for (const [address, peer] of this.#peers) {
      if (this.#options.isConnected(address)) continue
      oldest ??= address
      if (peer.attempts > 0 && !isDead(peer)) continue
      oldest = address
      break
    }
    if (oldest === null) return
    this.#peers.delete(oldest)
    this.#options.onForgotten(oldest)
  }
}

function isDead({ attempts }: KnownPeer): boolean {
  return attempts >= MAX_ATTEMPTS
}
