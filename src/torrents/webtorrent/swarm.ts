import type WebTorrent from 'webtorrent'
import type { Torrent, Wire } from 'webtorrent'
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import { endpointOf, isPeerAddress } from '../../peer-address.ts'
import type { Binding } from '../binding/binding.ts'
import type { DiscoveryPorts } from '../discovery/discovery.ts'
import { MetadataExchange } from '../extensions/metadata-exchange.ts'
import type { MetadataRoom } from '../extensions/metadata-room.ts'
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
import type { UploadSlots } from '../uploads/upload-slots.ts'
import { exchangeDhtPorts } from './dht-ports.ts'
import { hostOf } from './dialing.ts'
import { ExchangedBytes } from './exchanged-bytes.ts'
import { PeerLink } from './peer-link.ts'
import { PeerSources } from './peer-sources.ts'
import { TorrentPeers } from './torrent-peers.ts'
import { TorrentUploads } from './torrent-uploads.ts'

const CLOSE_TIMEOUT_MS = 1_500

/** What all swarms of a client share. */
export interface SharedParts {
  readonly slots: UploadSlots
  readonly metadataRoom: MetadataRoom
  readonly discovery: DiscoveryPorts
  readonly traffic: SwarmTraffic
  readonly binding: Binding | null
  /** It never goes back. */
  readonly clock: Clock
  readonly log: Logger
}

/** A webtorrent torrent reduced to peers and their handshakes: it knows no metadata and has no pieces. */
export class WebTorrentSwarm implements Swarm {
  readonly #client: WebTorrent
  readonly #torrent: Torrent
  readonly #listener: SwarmListener
  readonly #now: () => number
  readonly #peers: TorrentPeers
  readonly #sources: PeerSources
  readonly #uploads: TorrentUploads
  readonly #exchanged: ExchangedBytes
  readonly #metadataExchange: MetadataExchange
  readonly #stopListening: () => void
  #metadata: SwarmMetadata | null
  readonly #isInterested: boolean

  constructor(
    client: WebTorrent,
    facts: SwarmFacts,
    listener: SwarmListener,
    { slots, metadataRoom: room, discovery, traffic, binding, clock, log }: SharedParts,
  ) {
    const { infoHash, metadata, isInterested = false, uploads: throttle, timeouts = {} } = facts
    const now = (): number => clock.now()
    this.#now = now
    this.#client = client
    this.#listener = listener
    this.#isInterested = isInterested
    this.#metadata = metadata
    const magnet = `magnet:?xt=urn:btih:${infoHash}`
    const torrent = client.add(magnet, metadata?.isPrivate === true ? { private: true } : {})
    this.#torrent = torrent
    this.#peers = new TorrentPeers({ client, torrent, timeouts, traffic, now, log })
    const { ledger, links } = this.#peers
    this.#exchanged = new ExchangedBytes(traffic, ledger, now)
    this.#uploads = new TorrentUploads({ slots, throttle, peers: links, clock })
    this.#metadataExchange = new MetadataExchange({
      ...{ infoHash, room, now, infoBytes: metadata?.infoBytes ?? null },
      onMetadata: (infoBytes) => listener.metadata(infoBytes),
    })
    this.#sources = new PeerSources({
      ...{ client, torrent, facts, ports: discovery, now, log },
      progress: () => ({ ...listener.progress(), uploadedBytes: this.uploadedBytes }),
    })
    this.#describe(metadata)
    torrent._onWire = (wire, address) => this.#onWire(wire, address)
    torrent.on('warning', (warning: unknown) => log.debug({ warning }, 'swarm warning'))
    torrent.on('error', (error: unknown) => {
      listener.failed(error instanceof Error ? error : new Error(String(error)))
    })
    this.#stopListening = binding?.onUsable(() => this.#onUsable()) ?? (() => {})
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
    if (metadata.isPrivate) this.#sources.setPrivate()
  }

  begin(pieces: Uint8Array): void {
    if (this.#torrent.destroyed) return
    if (this.#metadata === null) throw new Error('a swarm begins when its metadata is known')
    this.#peers.links.offer(this.#uploads.setHave(pieces, this.#metadata))
    this.#uploads.open()
  }

  have(piece: number): void {
    this.#uploads.gained(piece)
    this.#peers.links.have(piece)
  }

  lost(piece: number): void {
    this.#uploads.lost(piece)
  }

  limitConnections(most: number | null): void {
    this.#peers.limit(most)
  }

  complete(): void {
    this.#sources.complete()
  }

  addPeer(address: string): boolean {
    if (!isPeerAddress(address)) return false
    this.#peers.add(address)
    return true
  }

  addTrackers(urls: readonly string[]): void {
    this.#sources.addTrackers(urls)
  }

  ban(peer: string): void {
    this.#peers.ban(peer)
  }

  counts(): SwarmCounts {
    return this.#peers.counts()
  }

  knownPeers(): SwarmPeer[] {
    return this.#peers.known(this.#metadata?.pieceCount ?? null)
  }

  gavePiece(peer: string, ms: number): void {
    this.#peers.ledger.gavePiece(peer, ms)
  }

  get trackers(): readonly TrackerStatus[] {
    return this.#sources.trackers
  }

  addresses(): string[] {
    return this.#peers.addresses
  }

  async close(): Promise<void> {
    this.#stopListening()
    this.#peers.close()
    this.#uploads.close()
    this.#metadataExchange.close()
    const sourcesClosed = this.#sources.close()
    if (!this.#torrent.destroyed) await this.#destroy()
    await sourcesClosed
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

  /** Where we have an address again, everybody is told of it. */
  #onUsable(): void {
    if (this.#torrent.destroyed) return
    this.#peers.tryAgain()
    this.#sources.again()
  }

  /** Both have shaken hands; ours may not have been sent yet. `from` is the peer's `ip:port`. */
  #onWire(wire: Wire, from: string): void {
    const address = hostOf(from)
    const port = Number(from.slice(from.lastIndexOf(':') + 1))
    const endpoint = endpointOf({ address, port })
    this.#torrent.wires.push(wire)
    wire.remoteAddress = address
    wire.remotePort = port
    if (!this.#peers.admits(wire, endpoint)) {
      wire.destroy()
      return
    }
    const link: PeerLink = new PeerLink({
      wire,
      listener: this.#listener,
      metadata: this.#metadataExchange,
      sources: this.#sources,
      uploads: this.#uploads,
      listenPort: this.#client.torrentPort,
      isInterested: this.#metadata === null && this.#isInterested,
      onUpload: (bytes) => this.#exchanged.uploaded(bytes, partner),
      now: this.#now,
    })
    const partner = { endpoint, rates: link.rates }
    exchangeDhtPorts(wire, this.#client, this.#torrent)
    this.#peers.connected(link, wire)
    wire.on('piece', (_piece: number, _offset: number, { length }: Uint8Array) => {
      this.#exchanged.fetched(length, partner)
      this.#uploads.received(length)
    })
    this.#listener.wires.wireEvent(link.wire, { kind: 'opened' })
    // Our handshake goes out once this event is over, and nothing may go before it.
    queueMicrotask(() => link.start(this.#uploads.have))
  }
}
