import type WebTorrent from 'webtorrent'
import type { PeerConnection, Torrent } from 'webtorrent'
import { unmappedAddress } from '../../ip-address.ts'
import { addressOf, isPeerAddress } from '../../peer-address.ts'
import { PeerLedger } from '../swarm/peer-ledger.ts'
import { SwarmTraffic } from '../swarm/swarm-traffic.ts'
import { limitDialling } from './connect-timeout.ts'
import { type Connections, connectionsOf, type Dialler } from './connections.ts'
import { DialQueue } from './dial-queue.ts'
import { isOwnAddress } from './own-addresses.ts'
import { wasConnected } from './round-trip.ts'

/**
 * How an address is tried, one after another, unless it shows what it takes: one that hangs up on a
 * plain handshake is asked with MSE at once, and one that has no TCP, or hangs up on both, by uTP soon.
 */
const ATTEMPTS = [
  // Plain TCP first: nearly every peer takes it, and it costs a third of RC4 in JavaScript.
  { type: 'tcp', secure: 0 },
  // Then MSE, for peers that take nothing else.
  { type: 'tcp', secure: 1 },
  // uTP last: tried first it would delay each TCP-only peer.
  { type: 'utp', secure: 0 },
] as const
/** Accept MSE and plaintext alike from peers that call us. */
export const INCOMING_SECURE = 1
const [PLAIN, ENCRYPTED, UTP] = [0, 1, 2] as const
/**
 * The first time a peer is dialled it has so long to connect: a round trip of a satellite, and the
 * kernel's second try after 1 s. Most that take longer are dead, and keep the place of another.
 */
const FIRST_CONNECT_MS = 1_800
const FIRST_HANDSHAKE_MS = 4_000
const HANDSHAKE_MS = 12_000
/**
 * Each dial by uTP takes a socket of its own: peers that answer go first, and of the others few at a
 * time. Where nobody has answered, the swarm may be one of peers that have uTP alone.
 */
const BEFORE_UTP_MS = 1_000
const BEFORE_FIRST_UTP_MS = 50
const UTP_AT_ONCE = 32
const NEVER = Number.NEGATIVE_INFINITY
const MAX_ATTEMPTS = 2 * ATTEMPTS.length
const FORGIVEN_AFTER_MS = 60_000
/** Peers known of one torrent, whoever has named them. */
export const MAX_KNOWN_PEERS = 2_000
const MAX_BANNED = 1_000
const BANNED_MS = 3_600_000

interface KnownPeer {
  attempts: number
  /** How it is tried next, and was tried last; indices of `ATTEMPTS`. */
  next: number
  last: number
  lastAt: number
}

/** Who is told how dialling goes. */
export interface DialRecords {
  readonly ledger: PeerLedger
  readonly traffic: SwarmTraffic
  /** webtorrent's own when absent. */
  readonly connectTimeoutMs?: number | undefined
}

type DialingClient = Pick<WebTorrent, 'secure' | 'utp'> & { readonly torrentPort?: number }
type DialingTorrent = Pick<Torrent, '_addPeer'> & Partial<Pick<Torrent, '_peers' | 'destroyed'>>

/**
 * Replaces the order in which webtorrent dials, and whom: it hears of a peer when there is room for
 * the connection. Until then addresses wait here, 2,000 at most, and banned ones do not even that.
 */
export class Dialing implements Dialler {
  readonly #client: DialingClient
  readonly #torrent: DialingTorrent
  readonly #dial: DialingTorrent['_addPeer']
  readonly #connections: Connections
  readonly #now: () => number
  readonly #records: DialRecords
  /** Being dialled, by what. */
  readonly #dialled = new Map<
    string,
    { readonly transport: 'tcp' | 'utp'; readonly peer: object }
  >()
  /** Oldest first. */
  readonly #known = new Map<string, KnownPeer>()
  /** Those among them that are to be dialled, by where they come from. */
  readonly #waiting = new DialQueue()
  /** Some peer has shaken hands. */
  #hasMet = false
  /** Until when, by host; oldest first. */
  readonly #banned = new Map<string, number>()

  /** `now` in milliseconds. */
  constructor(
    client: DialingClient,
    torrent: DialingTorrent,
    now: () => number,
    records: DialRecords = { ledger: new PeerLedger(now), traffic: new SwarmTraffic(now) },
  ) {
    this.#records = records
    this.#client = client
    this.#torrent = torrent
    this.#dial = torrent._addPeer.bind(torrent)
    this.#connections = connectionsOf(client)
    this.#now = now
    torrent._addPeer = (peer, type, source) => {
      if (typeof peer !== 'string') return this.#dial(peer, type, source)
      return this.#offer(peer, source)
    }
  }

  /** Addresses met, dead ones included. */
  get seen(): number {
    // Who has shaken hands begins its attempts anew.
    return [...this.#known.values()].filter(({ lastAt }) => lastAt !== NEVER).length
  }

  /** Addresses that were given up. */
  get dead(): number {
    return [...this.#known.values()].filter(({ attempts }) => attempts >= MAX_ATTEMPTS).length
  }

  /** Addresses by how it stands with them; those that are connected among them. */
  *states(): Generator<[address: string, state: 'queued' | 'connecting' | 'dead' | 'idle']> {
    for (const [address, { attempts }] of this.#known) {
      if (this.#dialled.has(address)) yield [address, 'connecting']
      else if (this.#waiting.has(address)) yield [address, 'queued']
      else yield [address, attempts >= MAX_ATTEMPTS ? 'dead' : 'idle']
    }
  }

  /** Addresses that wait for room. */
  get queued(): number {
    return this.#waiting.size
  }

  /**
   * The peer shook hands: start with what worked when it has to be dialled again. False where there
   * is no place for it any more.
   */
  worked(address: string): boolean {
    const dialled = this.#dialled.get(address)
    this.#hasMet = true
    this.#settle(address, 'successes')
    const known = this.#known.get(address)
    if (known !== undefined) {
      known.attempts = (known.attempts - 1) % ATTEMPTS.length
      known.next = known.last
    }
    return dialled === undefined || this.#connections.met(this.#torrent, dialled.peer)
  }

  /** What has failed may be tried again: it was our own connection that failed. */
  forgive(): void {
    for (const known of this.#known.values()) {
      known.attempts = 0
      known.next = PLAIN
    }
  }

  /** For an hour: a host without a port, or one peer of it, `ip:port`. */
  ban(banned: string): void {
    this.#banned.delete(banned)
    this.#banned.set(banned, this.#now() + BANNED_MS)
    for (const oldest of this.#banned.keys()) {
      if (this.#banned.size <= MAX_BANNED) break
      this.#banned.delete(oldest)
    }
  }

  isBanned(address: string): boolean {
    const until = this.#banned.get(address)
    if (until === undefined) return false
    if (until > this.#now()) return true
    this.#banned.delete(address)
    return false
  }

  dialNext(): boolean {
    const isUtpFull = this.#isUtpFull
    for (const [address, source] of this.#waiting) {
      if (this.#torrent.destroyed === true) return false
      if (!this.#connections.mayDial(this.#torrent)) break
      if (isUtpFull && this.#attempt(address)?.type === 'utp') continue
      this.#waiting.delete(address)
      if (this.#dialNow(address, source) !== null) {
        if (this.#waiting.size > 0) this.#connections.wait(this)
        return true
      }
    }
    if (this.#waiting.size > 0) this.#connections.wait(this)
    return false
  }

  /** What was tried has come to an end. */
  #settle(address: string, outcome: 'successes' | 'errors'): void {
    const dialled = this.#dialled.get(address)
    if (dialled === undefined) return
    this.#dialled.delete(address)
    this.#records.traffic.dialsTo(address, dialled.transport)[outcome]++
    if (outcome === 'errors') this.#records.ledger.gaveUp(address)
  }

  #offer(address: string, source: string | null): PeerConnection | null {
    if (!isPeerAddress(address) || this.#isOurs(address)) return null
    if (this.#connections.isBlocked(hostOf(address))) {
      this.#records.traffic.blockedOutgoing++
      return null
    }
    if (this.#torrent._peers?.has(address) === true) return null
    const attempt = this.#attempt(address)
    if (attempt === null) return null
    const waitsForUtp = attempt.type === 'utp' && this.#isUtpFull
    if (!waitsForUtp && this.#connections.mayDial(this.#torrent))
      return this.#dialNow(address, source)
    const { attempts, next } = this.#know(address)
    const hasTaken = attempts > 0 && next === ENCRYPTED
    this.#waiting.add(address, source, hasTaken ? 'taken' : attempts === 0 ? 'new' : 'failed')
    this.#connections.wait(this)
    return null
  }

  /** A dial has come to nothing; what it has shown says how to go on, and then at once. */
  #failed(address: string, source: string | null, peer: PeerConnection): void {
    const isOpen = this.#dialled.get(address)?.peer === peer
    if (!isOpen) return
    this.#settle(address, 'errors')
    const known = this.#known.get(address)
    if (known === undefined || known.last === UTP) return
    const redial = (): void => {
      if (this.#torrent.destroyed === true) return
      const again = this.#offer(address, source)
      if (again !== null) again.retries = peer.retries
    }
    if (known.last === PLAIN && wasConnected(peer)) {
      known.next = ENCRYPTED
      // webtorrent forgets the peer first.
      queueMicrotask(redial)
    } else if (this.#mayUseUtp(address)) {
      known.next = UTP
      const ms = this.#hasMet ? BEFORE_UTP_MS : BEFORE_FIRST_UTP_MS
      setTimeout(() => {
        if (this.#known.get(address)?.next === UTP) redial()
      }, ms).unref()
    }
  }

  /** So many are being tried by uTP that others wait for one of them to end. */
  get #isUtpFull(): boolean {
    let count = 0
    for (const { transport } of this.#dialled.values()) if (transport === 'utp') count++
    return count >= UTP_AT_ONCE
  }

  #dialNow(address: string, source: string | null): PeerConnection | null {
    const attempt = this.#attempt(address)
    if (attempt === null) return null
    this.#waiting.delete(address)
    const { secure } = this.#client
    // webtorrent reads client.secure while it makes the peer, so this is per attempt.
    this.#client.secure = attempt.secure
    try {
      const peer = this.#dial(address, attempt.type, source)
      if (peer === null) return null
      const known = this.#know(address)
      const isFirst = known.attempts === 0
      const mayBeDead = isFirst || (attempt.type === 'utp' && known.attempts === 1)
      limitDialling(peer, {
        connectMs: this.#records.connectTimeoutMs ?? (mayBeDead ? FIRST_CONNECT_MS : undefined),
        handshakeMs: isFirst ? FIRST_HANDSHAKE_MS : HANDSHAKE_MS,
      })
      this.#connections.dialled(this.#torrent, peer, {
        host: hostOf(address),
        onEnd: () => this.#failed(address, source, peer),
      })
      this.#dialled.set(address, { transport: attempt.type, peer })
      this.#records.ledger.dialled(address)
      this.#records.traffic.dialsTo(address, attempt.type).attempts++
      known.attempts++
      known.last = ATTEMPTS.indexOf(attempt)
      known.next = (known.last + 1) % ATTEMPTS.length
      known.lastAt = this.#now()
      return peer
    } finally {
      this.#client.secure = secure
    }
  }

  /** How it is tried next; `null` where it is banned, or given up for now. */
  #attempt(address: string): (typeof ATTEMPTS)[number] | null {
    const host = hostOf(address)
    if (this.isBanned(address) || this.isBanned(host)) return null
    if (this.#connections.isBlocked(host)) return null
    const known = this.#known.get(address)
    if (known !== undefined && known.attempts >= MAX_ATTEMPTS) {
      if (this.#now() - known.lastAt < FORGIVEN_AFTER_MS) return null
      known.attempts = 0
      known.next = PLAIN
    }
    const attempt = ATTEMPTS[known?.next ?? PLAIN] ?? ATTEMPTS[PLAIN]
    return attempt.type === 'utp' && !this.#mayUseUtp(address) ? ATTEMPTS[PLAIN] : attempt
  }

  /** The engine has it for IPv4 alone. */
  #mayUseUtp(address: string): boolean {
    return this.#client.utp && !address.startsWith('[')
  }

  #know(address: string): KnownPeer {
    const known = this.#known.get(address)
    if (known !== undefined) return known
    if (this.#known.size >= MAX_KNOWN_PEERS) this.#forgetOne()
    const added: KnownPeer = { attempts: 0, next: PLAIN, last: PLAIN, lastAt: NEVER }
    this.#known.set(address, added)
    return added
  }

  /** The oldest that was given up or never tried; else the oldest that is not connected. */
  #forgetOne(): void {
    let oldest: string | null = null
    for (const [address, { attempts }] of this.#known) {
      if (this.#torrent._peers?.has(address) === true) continue
      oldest ??= address
      if (attempts > 0 && attempts < MAX_ATTEMPTS) continue
      oldest = address
      break
    }
    if (oldest === null) return
    this.#known.delete(oldest)
    this.#waiting.delete(oldest)
  }

  /** Trackers and peers name us, too. */
  #isOurs(address: string): boolean {
    const { torrentPort } = this.#client
    if (torrentPort === undefined || !address.endsWith(`:${torrentPort}`)) return false
    return isOwnAddress(hostOf(address))
  }
}

/** `1.2.3.4` of `1.2.3.4:56`, and of an IPv4 address mapped to IPv6. */
export function hostOf(address: string): string {
  return unmappedAddress(addressOf(address))
}
