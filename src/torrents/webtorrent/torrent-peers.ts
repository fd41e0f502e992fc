import type WebTorrent from 'webtorrent'
import type { Torrent, Wire } from 'webtorrent'
import type { Logger } from '../../log.ts'
import { addressOf, endpointOf } from '../../peer-address.ts'
import { PeerLedger } from '../swarm/peer-ledger.ts'
import type { PeerTimeouts, SwarmCounts } from '../swarm/swarm.ts'
import type { SwarmPeer } from '../swarm/swarm-peer.ts'
import type { SwarmTraffic } from '../swarm/swarm-traffic.ts'
import { connectionsOf } from './connections.ts'
import { Dialing } from './dialing.ts'
import { livePeer, NOT_CONNECTED } from './live-peer.ts'
import { PeerBook } from './peer-book.ts'
import type { PeerLink } from './peer-link.ts'
import { PeerLinks } from './peer-links.ts'

const LOOK_AFTER_PEERS_MS = 30_000
const SILENT_MS = 60_000

export interface TorrentPeersOptions {
  readonly client: WebTorrent
  readonly torrent: Torrent
  readonly timeouts: PeerTimeouts
  readonly traffic: SwarmTraffic
  /** In milliseconds. */
  readonly now: () => number
  readonly log: Logger
}

/** The peers of one torrent: those it knows and dials, those it is connected to, and those it has banned. */
export class TorrentPeers {
  /** Those it is connected to. */
  readonly links: PeerLinks
  /** What has happened with each. */
  readonly ledger: PeerLedger
  readonly #client: WebTorrent
  readonly #torrent: Torrent
  readonly #dialing: Dialing
  readonly #book: PeerBook
  readonly #now: () => number
  readonly #log: Logger
  readonly #timer: NodeJS.Timeout

  constructor({ client, torrent, timeouts, traffic, now, log }: TorrentPeersOptions) {
    this.#client = client
    this.#torrent = torrent
    this.#now = now
    this.#log = log
    const { connectMs, silentMs = SILENT_MS } = timeouts
    this.ledger = new PeerLedger(now)
    this.links = new PeerLinks(torrent, silentMs)
    this.#book = new PeerBook(torrent)
    const records = { ledger: this.ledger, traffic, connectTimeoutMs: connectMs }
    this.#dialing = new Dialing(client, torrent, now, records)
    const lookMs = Math.min(LOOK_AFTER_PEERS_MS, silentMs / 2)
    this.#timer = setInterval(() => this.#look(), lookMs).unref()
  }

  /** `ip:port` of those worth trying again. */
  get addresses(): string[] {
    return [...this.#book.addresses]
  }

  /** Dials `ip:port` as soon as the engine can. */
  add(address: string): void {
    this.#book.dial(address)
  }

  /** What was tried without a way to anybody says nothing of them. */
  tryAgain(): void {
    this.#dialing.forgive()
    this.#book.dialAll()
  }

  /** Hands are shaken with `endpoint`. False where it is banned, or where there is no place for it any more. */
  admits({ type }: Wire, endpoint: string): boolean {
    if (this.#dialing.isBanned(addressOf(endpoint)) || this.#dialing.isBanned(endpoint))
      return false
    return type.endsWith('Incoming') || this.#dialing.worked(endpoint)
  }

  /** One of those that were admitted; until its wire closes. */
  connected(link: PeerLink, wire: Wire): void {
    const { isIncoming, listensAt } = link.wire
    this.links.add(link)
    wire.once('close', () => this.links.remove(link))
    this.ledger.connected(endpointOf(link.wire), { isIncoming })
    if (!isIncoming && listensAt !== null) this.#book.note(listensAt)
  }

  /** For an hour: the peer `ip:port` alone where others that are connected share its address. */
  ban(peer: string): void {
    const address = addressOf(peer)
    const isAlone = this.links.at(address).every(({ wire }) => endpointOf(wire) === peer)
    const banned = isAlone ? address : peer
    this.#log.info({ banned }, 'banned a peer that sent wrong data')
    this.#dialing.ban(banned)
    this.#book.forget(banned)
    this.links.drop(peer)
  }

  /** Connected at once; as of all torrents for `null`. */
  limit(most: number | null): void {
    connectionsOf(this.#client).limitTorrent(this.#torrent, most)
  }

  counts(): SwarmCounts {
    const { _numPending: connecting } = this.#torrent
    const { queued, seen, dead } = this.#dialing
    return { queued, connecting, seen, dead }
  }

  /** For people. `pieceCount` is `null` while the metadata is not known. */
  known(pieceCount: number | null): SwarmPeer[] {
    const peers = new Map<string, SwarmPeer>()
    const put = (address: string, peer: Omit<SwarmPeer, 'address' | 'counters'>): void => {
      peers.set(address, { address, ...peer, counters: this.ledger.countersOf(address) })
    }
    for (const address of this.ledger.addresses) put(address, NOT_CONNECTED)
    for (const [address, state] of this.#dialing.states()) put(address, { ...NOT_CONNECTED, state })
    for (const link of this.links) put(endpointOf(link.wire), livePeer(link.seen(pieceCount)))
    return [...peers.values()]
  }

  close(): void {
    clearInterval(this.#timer)
  }

  /** Drops silent peers; a torrent without any tries those it knows again. */
  #look(): void {
    if (this.#torrent.destroyed) return
    this.links.dropUseless(this.#now())
    if (this.links.size === 0) this.#book.dialAll()
  }
}
