import type WebTorrent from 'webtorrent'
import type { PeerConnection, Torrent } from 'webtorrent'
import { unmappedAddress } from '../../ip-address.ts'
import { addressOf, isPeerAddress } from '../../peer-address.ts'
import { PeerLedger } from '../swarm/peer-ledger.ts'
import { SwarmTraffic } from '../swarm/swarm-traffic.ts'
import { BannedPeers } from './banned-peers.ts'
import { limitDialling } from './connect-timeout.ts'
import { type Connections, connectionsOf, type Dialler } from './connections.ts'
import { DialQueue } from './dial-queue.ts'
import { ATTEMPTS, ENCRYPTED, KnownPeers, PLAIN, UTP } from './known-peers.ts'
import { isOwnAddress } from './own-addresses.ts'
import { wasConnected } from './round-trip.ts'

/** Accept MSE and plaintext alike from peers that call us. */
export const INCOMING_SECURE = 1
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
  readonly #known: KnownPeers
  /** Those among them that are to be dialled, by where they come from. */
  readonly #waiting = new DialQueue()
  /** Some peer has shaken hands. */
  #hasMet = false
  readonly #banned: BannedPeers

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
    this.#banned = new BannedPeers(now)
    this.#known = new KnownPeers({
      isConnected: (address) => torrent._peers?.has(address) === true,
      onForgotten: (address) => this.#waiting.delete(address),
    })
    torrent._addPeer = (peer, type, source) => {
      if (typeof peer !== 'string') return this.#dial(peer, type, source)
      return this.#offer(peer, source)
    }
  }

  /** Addresses met, dead ones included. */
  get seen(): number {
    return this.#known.seen
  }

  /** Addresses that were given up. */
  get dead(): number {
    return this.#known.dead
  }

  /** Addresses by how it stands with them; those that are connected among them. */
  *states(): Generator<[address: string, state: 'queued' | 'connecting' | 'dead' | 'idle']> {
    for (const { address, isDead } of this.#known.all()) {
      if (this.#dialled.has(address)) yield [address, 'connecting']
      else if (this.#waiting.has(address)) yield [address, 'queued']
      else yield [address, isDead ? 'dead' : 'idle']
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
    this.#known.worked(address)
    return dialled === undefined || this.#connections.met(this.#torrent, dialled.peer)
  }

  /** What has failed may be tried again: it was our own connection that failed. */
  forgive(): void {
    this.#known.forgive()
  }

  /** For an hour: a host without a port, or one peer of it, `ip:port`. */
  ban(banned: string): void {
    this.#banned.add(banned)
  }

  isBanned(address: string): boolean {
    return this.#banned.has(address)
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
    const { attempts, next, hasHungUp } = this.#known.know(address)
    const hasTaken = hasHungUp && next === ENCRYPTED
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
      // Who takes calls and says nothing takes nobody's place who was never tried.
      known.hasHungUp = this.#now() - known.lastAt < FIRST_HANDSHAKE_MS
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
      const { attempts } = this.#known.know(address)
      const isFirst = attempts === 0
      const mayBeDead = isFirst || (attempt.type === 'utp' && attempts === 1)
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
      this.#known.tried(address, attempt, this.#now())
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
    if (this.#known.isGivenUp(address, this.#now())) return null
    const attempt = ATTEMPTS[this.#known.get(address)?.next ?? PLAIN] ?? ATTEMPTS[PLAIN]
    return attempt.type === 'utp' && !this.#mayUseUtp(address) ? ATTEMPTS[PLAIN] : attempt
  }

  /** The engine has it for IPv4 alone. */
  #mayUseUtp(address: string): boolean {
    return this.#client.utp && !address.startsWith('[')
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
