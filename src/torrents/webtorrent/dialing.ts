import type WebTorrent from 'webtorrent'
import type { Torrent } from 'webtorrent'

/** How an address is tried, one after another. */
const ATTEMPTS = [
  // Plain TCP first: nearly every peer takes it, and it costs a third of RC4 in JavaScript.
  { type: 'tcp', secure: 0 },
  // Then MSE, for peers that take nothing else.
  { type: 'tcp', secure: 1 },
  // uTP last: tried first it would delay each TCP-only peer by 40 seconds.
  { type: 'utp', secure: 0 },
] as const
/** Accept MSE and plaintext alike from peers that call us. */
export const INCOMING_SECURE = 1
const MAX_ATTEMPTS = 2 * ATTEMPTS.length
const FORGIVEN_AFTER_MS = 60_000

interface Dialled {
  attempts: number
  lastAt: number
}

type DialingClient = Pick<WebTorrent, 'secure' | 'utp'>
type DialingTorrent = Pick<Torrent, '_addPeer'>

/** Replaces the order in which webtorrent dials, and refuses banned addresses. */
export class Dialing {
  readonly #dialled = new Map<string, Dialled>()
  readonly #banned = new Set<string>()
  readonly #now: () => number

  constructor(client: DialingClient, torrent: DialingTorrent, now: () => number) {
    this.#now = now
    const original = torrent._addPeer.bind(torrent)
    torrent._addPeer = (peer, type, source) => {
      if (typeof peer !== 'string') return original(peer, type, source)
      const attempt = this.#nextAttempt(peer, client.utp)
      if (attempt === null) return null
      // webtorrent reads client.secure while it makes the peer, so this is per attempt.
      client.secure = attempt.secure
      try {
        const added = original(peer, attempt.type, source)
        if (added !== null) this.#count(peer)
        return added
      } finally {
        client.secure = INCOMING_SECURE
      }
    }
  }

  /** Addresses met, dead ones included. */
  get seen(): number {
    return this.#dialled.size
  }

  /** Addresses that were given up. */
  get dead(): number {
    return [...this.#dialled.values()].filter(({ attempts }) => attempts >= MAX_ATTEMPTS).length
  }

  /** The peer shook hands: start with what worked when it has to be dialled again. */
  worked(address: string): void {
    const dialled = this.#dialled.get(address)
    if (dialled !== undefined) dialled.attempts = (dialled.attempts - 1) % ATTEMPTS.length
  }

  /** A host without a port, or one peer of it, `ip:port`. */
  ban(banned: string): void {
    this.#banned.add(banned)
  }

  isBanned(host: string): boolean {
    return this.#banned.has(host)
  }

  #nextAttempt(address: string, hasUtp: boolean): (typeof ATTEMPTS)[number] | null {
    if (this.isBanned(address) || this.isBanned(hostOf(address))) return null
    const dialled = this.#dialled.get(address)
    if (dialled !== undefined && dialled.attempts >= MAX_ATTEMPTS) {
      if (this.#now() - dialled.lastAt < FORGIVEN_AFTER_MS) return null
      dialled.attempts = 0
    }
    const attempt = ATTEMPTS[(dialled?.attempts ?? 0) % ATTEMPTS.length]
    if (attempt === undefined || (attempt.type === 'utp' && (!hasUtp || address.startsWith('[')))) {
      return ATTEMPTS[0]
    }
    return attempt
  }

  #count(address: string): void {
    const dialled = this.#dialled.get(address) ?? { attempts: 0, lastAt: 0 }
    dialled.attempts++
    dialled.lastAt = this.#now()
    this.#dialled.set(address, dialled)
  }
}

/** `1.2.3.4` of `1.2.3.4:56`, and of an IPv4 address mapped to IPv6. */
export function hostOf(address: string): string {
  return address
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .replace(/^::ffff:/i, '')
}
