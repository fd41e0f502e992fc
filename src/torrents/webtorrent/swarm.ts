import type WebTorrent from 'webtorrent'
import type { Torrent, Wire } from 'webtorrent'
import { steadyClock } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import { addressOf, endpointOf, isPeerAddress } from '../../peer-address.ts'
import type { Binding } from '../binding/binding.ts'
import { Discovery, type DiscoveryPorts } from '../discovery/discovery.ts'
import { MetadataExchange } from '../extensions/metadata-exchange.ts'
import type { MetadataRoom } from '../extensions/metadata-room.ts'
import { PeerExchange } from '../extensions/peer-exchange.ts'
import { Bitfield } from '../pieces/bitfield.ts'
import { PieceLayout } from '../pieces/piece-layout.ts'
import type { ThrottleGroup } from '../rates/throttle.ts'
import { PeerLedger } from '../swarm/peer-ledger.ts'
import type {
  Swarm,
  SwarmCounts,
  SwarmFacts,
  SwarmListener,
  SwarmMetadata,
} from '../swarm/swarm.ts'
import type { SwarmPeer } from '../swarm/swarm-peer.ts'
import type { SwarmTraffic } from '../swarm/swarm-traffic.ts'
import type { TrackerStatus } from '../swarm/tracker-status.ts'
import { CHOKE_ROUND_MS } from '../uploads/choke-plan.ts'
import { Choking } from '../uploads/choking.ts'
import { GivingPace, type GivingPeer } from '../uploads/giving-pace.ts'
import type { Offer } from '../uploads/upload-queue.ts'
import type { UploadSlots } from '../uploads/upload-slots.ts'
import { connectionsOf } from './connections.ts'
import { exchangeDhtPorts } from './dht-ports.ts'
import { Dialing, hostOf } from './dialing.ts'
import { ExchangedBytes } from './exchanged-bytes.ts'
import { livePeer, NOT_CONNECTED } from './live-peer.ts'
import { isOwnAddress } from './own-addresses.ts'
import { PeerBook } from './peer-book.ts'
import { PeerLink } from './peer-link.ts'
import { PeerLinks } from './peer-links.ts'

const LOOK_AFTER_PEERS_MS = 30_000
const SILENT_MS = 60_000
const CLOSE_TIMEOUT_MS = 1_500

/** What all swarms of a client share. */
export interface SharedParts {
  readonly slots: UploadSlots
  readonly metadataRoom: MetadataRoom
  readonly discovery: DiscoveryPorts
  readonly traffic: SwarmTraffic
  readonly binding: Binding | null
  readonly log: Logger
}

/** A webtorrent torrent reduced to peers and their handshakes: it knows no metadata and has no pieces. */
export class WebTorrentSwarm implements Swarm {
  readonly #client: WebTorrent
  readonly #torrent: Torrent
  readonly #listener: SwarmListener
  readonly #dialing: Dialing
  readonly #discovery: Discovery
  readonly #log: Logger
  readonly #links: PeerLinks
  readonly #book: PeerBook
  readonly #peerTimer: NodeJS.Timeout
  readonly #chokeTimer: NodeJS.Timeout
  readonly #choking: Choking
  readonly #metadataExchange: MetadataExchange
  readonly #uploads: ThrottleGroup | undefined
  readonly #pace: GivingPace | null
  readonly #ledger = new PeerLedger(now)
  readonly #exchanged: ExchangedBytes
  readonly #stopListening: () => void
  #peerExchange: PeerExchange | null
  #metadata: SwarmMetadata | null
  /** What is offered; `null` as long as nobody knows what is on the disk. */
  #have: Bitfield | null = null
  readonly #isInterested: boolean

  constructor(
    client: WebTorrent,
    facts: SwarmFacts,
    listener: SwarmListener,
    { slots, metadataRoom: room, discovery, traffic, binding, log }: SharedParts,
  ) {
    this.#isInterested = facts.isInterested ?? false
    const { infoHash, metadata, uploads, timeouts = {} } = facts
    const { silentMs = SILENT_MS } = timeouts
    this.#uploads = uploads
    this.#client = client
    this.#exchanged = new ExchangedBytes(traffic, this.#ledger, now)
    this.#listener = listener
    this.#log = log
    this.#metadata = metadata
    const isPrivate = metadata?.isPrivate === true
    const magnet = `magnet:?xt=urn:btih:${infoHash}`
    const torrent = client.add(magnet, isPrivate ? { private: true } : {})
    this.#torrent = torrent
    this.#book = new PeerBook(torrent)
    this.#links = new PeerLinks(torrent, silentMs)
    this.#dialing = new Dialing(client, torrent, now, {
      ...{ ledger: this.#ledger, traffic, connectTimeoutMs: timeouts.connectMs },
    })
    this.#metadataExchange = new MetadataExchange({
      ...{ infoHash, room, now, infoBytes: metadata?.infoBytes ?? null },
      onMetadata: (infoBytes) => listener.metadata(infoBytes),
    })
    this.#peerExchange = isPrivate
      ? null
      : new PeerExchange({ now, onPeer: (address) => this.#onPexPeer(address) })
    const isSeeding = (): boolean => this.#have?.isFull ?? false
    this.#choking = new Choking({ slots, now, random: Math.random, isSeeding })
    const peers = (): Iterable<GivingPeer> => this.#links
    this.#pace =
      uploads === undefined
        ? null
        : new GivingPace({ clock: steadyClock, uploads, peers, isSeeding })
    this.#discovery = this.#openDiscovery(discovery, facts)
    torrent._startDiscovery = () => this.#discovery.start()
    this.#describe(metadata)
    torrent._onWire = (wire, address) => this.#onWire(wire, address)
    torrent.on('warning', (warning: unknown) => log.debug({ warning }, 'swarm warning'))
    torrent.on('error', (error: unknown) => {
      listener.failed(error instanceof Error ? error : new Error(String(error)))
    })
    this.#stopListening = binding?.onChange(() => this.#onMove(binding)) ?? (() => {})
    const lookMs = Math.min(LOOK_AFTER_PEERS_MS, silentMs / 2)
    this.#peerTimer = setInterval(() => this.#lookAfterPeers(), lookMs).unref()
    this.#chokeTimer = setInterval(() => this.#choking.round(), CHOKE_ROUND_MS).unref()
  }

  get uploadedBytes(): number {
    return this.#exchanged.uploadedBytes
  }

  get uploadBytesPerSecond(): number {
    return this.#exchanged.uploadBytesPerSecond
  }

  setMetadata(metadata: SwarmMetadata): void {
    if (this.#metadata !== null || this.#torrent.destroyed) return
    this.#metadata = metadata
    this.#describe(metadata)
    this.#metadataExchange.offer(metadata.infoBytes)
    if (!metadata.isPrivate) return
    this.#torrent.private = true
    this.#discovery.setPrivate()
    this.#peerExchange?.close()
    this.#peerExchange = null
  }

  begin(pieces: Uint8Array): void {
    if (this.#torrent.destroyed) return
    if (this.#metadata === null) throw new Error('a swarm begins when its metadata is known')
    const have = new Bitfield(this.#metadata.pieceCount, pieces)
    this.#have = have
    this.#links.offer(have)
    this.#choking.open()
  }

  have(piece: number): void {
    this.#have?.set(piece)
    this.#links.have(piece)
  }

  lost(piece: number): void {
    this.#have?.clear(piece)
  }

  limitConnections(most: number | null): void {
    connectionsOf(this.#client).limitTorrent(this.#torrent, most)
  }

  complete(): void {
    this.#discovery.complete()
  }

  addPeer(address: string): boolean {
    if (!isPeerAddress(address)) return false
    this.#book.dial(address)
    return true
  }

  addTrackers(urls: readonly string[]): void {
    this.#discovery.addTrackers(urls)
  }

  ban(peer: string): void {
    const address = addressOf(peer)
    const isAlone = this.#links.at(address).every(({ wire }) => endpointOf(wire) === peer)
    const banned = isAlone ? address : peer
    this.#log.info({ banned }, 'banned a peer that sent wrong data')
    this.#dialing.ban(banned)
    this.#book.forget(banned)
    this.#links.drop(peer)
  }

  counts(): SwarmCounts {
    const { _numPending: connecting } = this.#torrent
    const { queued, seen, dead } = this.#dialing
    return { queued, connecting, seen, dead }
  }

  knownPeers(): SwarmPeer[] {
    const peers = new Map<string, SwarmPeer>()
    const put = (address: string, peer: Omit<SwarmPeer, 'address' | 'counters'>): void => {
      peers.set(address, { address, ...peer, counters: this.#ledger.countersOf(address) })
    }
    for (const address of this.#ledger.addresses) put(address, NOT_CONNECTED)
    for (const [address, state] of this.#dialing.states()) put(address, { ...NOT_CONNECTED, state })
    const pieceCount = this.#metadata?.pieceCount ?? null
    for (const link of this.#links) put(endpointOf(link.wire), livePeer(link.seen(pieceCount)))
    return [...peers.values()]
  }

  gavePiece(peer: string, ms: number): void {
    this.#ledger.gavePiece(peer, ms)
  }

  get trackers(): readonly TrackerStatus[] {
    return this.#discovery.trackers
  }

  addresses(): string[] {
    return [...this.#book.addresses]
  }

  async close(): Promise<void> {
    this.#stopListening()
    clearInterval(this.#peerTimer)
    clearInterval(this.#chokeTimer)
    this.#choking.close()
    this.#pace?.close()
    this.#metadataExchange.close()
    this.#peerExchange?.close()
    const discoveryClosed = this.#discovery.close()
    if (!this.#torrent.destroyed) await this.#destroy()
    await discoveryClosed
  }

  async #destroy(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_TIMEOUT_MS)
      this.#torrent.destroy({ destroyStore: false }, () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** Messages of peers are checked against the number of pieces. */
  #describe(metadata: SwarmMetadata | null): void {
    if (metadata !== null) this.#torrent.pieces = new Array<unknown>(metadata.pieceCount)
  }

  get #offer(): Offer | null {
    const [have, metadata] = [this.#have, this.#metadata]
    if (have === null || metadata === null) return null
    const layout = new PieceLayout(metadata.pieceLength, metadata.length)
    return {
      has: (piece) => have.has(piece),
      lengthOf: (piece) => layout.lengthOf(piece),
    }
  }

  /** Where we have an address again, everybody is told of it. */
  #onMove({ addresses }: Binding): void {
    if (addresses === null || this.#torrent.destroyed) return
    this.#discovery.again()
    this.#book.dialAll()
  }

  #onPexPeer(address: string): void {
    if (!this.#torrent.destroyed) this.#torrent.addPeer(address, 'ut_pex')
  }

  /** Both have shaken hands; ours may not have been sent yet. `from` is the peer's `ip:port`. */
  #onWire(wire: Wire, from: string): void {
    const address = hostOf(from)
    const port = Number(from.slice(from.lastIndexOf(':') + 1))
    this.#torrent.wires.push(wire)
    wire.remoteAddress = address
    wire.remotePort = port
    if (this.#dialing.isBanned(address) || this.#dialing.isBanned(endpointOf({ address, port }))) {
      wire.destroy()
      return
    }
    const endpoint = endpointOf({ address, port })
    if (!wire.type.endsWith('Incoming') && !this.#dialing.worked(endpoint)) {
      wire.destroy()
      return
    }
    const link: PeerLink = new PeerLink({
      wire,
      listener: this.#listener,
      metadata: this.#metadataExchange,
      pex: () => this.#peerExchange,
      choking: this.#choking,
      offer: () => this.#offer,
      uploads: this.#uploads,
      listenPort: this.#client.torrentPort,
      isInterested: this.#metadata === null && this.#isInterested,
      onUpload: (bytes) => this.#exchanged.uploaded(bytes, partner),
    })
    const partner = { endpoint, rates: link.rates }
    exchangeDhtPorts(wire, this.#client, this.#torrent)
    this.#links.add(link)
    this.#ledger.connected(endpoint, { isIncoming: link.wire.isIncoming })
    wire.on('piece', (_piece: number, _offset: number, { length }: Uint8Array) => {
      this.#exchanged.fetched(length, partner)
      this.#pace?.received(length)
    })
    wire.once('close', () => this.#links.remove(link))
    const { isIncoming, listensAt } = link.wire
    if (!isIncoming && listensAt !== null) this.#book.note(listensAt)
    this.#listener.wires.wireEvent(link.wire, { kind: 'opened' })
    // Our handshake goes out once this event is over, and nothing may go before it.
    queueMicrotask(() => link.start(this.#have))
  }

  /** Drops silent peers; a torrent without any tries those it knows again. */
  #lookAfterPeers(): void {
    if (this.#torrent.destroyed) return
    this.#links.dropUseless(now())
    if (this.#links.size === 0) this.#book.dialAll()
  }

  #openDiscovery(ports: DiscoveryPorts, { infoHash, trackers, metadata }: SwarmFacts): Discovery {
    const { peerId, torrentPort: port } = this.#client
    return new Discovery({
      ...{ infoHash, trackers, ports, port, log: this.#log },
      isPrivate: metadata?.isPrivate ?? false,
      peerId: Buffer.from(peerId, 'hex'),
      progress: () => ({ ...this.#listener.progress(), uploadedBytes: this.uploadedBytes }),
      onPeer: (address, origin) => {
        if (
          this.#torrent.destroyed ||
          (address.endsWith(`:${port}`) && isOwnAddress(hostOf(address)))
        )
          return
        this.#torrent.addPeer(address, origin)
      },
    })
  }
}

function now(): number {
  return performance.now()
}
