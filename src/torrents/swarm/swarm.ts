import type { Binding } from '../binding/binding.ts'
import type { ThrottleGroup } from '../rates/throttle.ts'
import type { SwarmPeer } from './swarm-peer.ts'
import type { TrafficCounts } from './swarm-traffic.ts'
import type { TrackerStatus } from './tracker-status.ts'
import type { WireEvent } from './wire-events.ts'

// The port behind which a BitTorrent engine moves blocks. All piece data passes through here.

/** A connected peer. */
export interface SwarmWire {
  /** Unique in this process. */
  readonly id: number
  /** IP address without a port; IPv4 even where it came in mapped to IPv6. */
  readonly address: string
  readonly port: number
  readonly transport: 'tcp' | 'utp'
  readonly isIncoming: boolean
  /** Time that connecting took, about one round trip; ms. `null` where the peer has called us. */
  readonly roundTripMs: number | null
  /** Requests that the peer lets stand open (`reqq`). */
  readonly requestLimit: number
  /** False where the peer closes over requests for less than a block. */
  readonly givesSamples: boolean
  /** True where the fast extension (BEP 6) is spoken: a choke then drops no requests. */
  readonly isFast: boolean
  request(piece: number, offset: number, length: number): void
  cancel(piece: number, offset: number, length: number): void
  setInterested(isInterested: boolean): void
  /** What the peer has said of itself so far: what it has, and whether it lets us ask. */
  known(): readonly WireEvent[]
  destroy(): void
}

/** Who is told what happens on wires. */
export interface WireListener {
  wireEvent(wire: SwarmWire, event: WireEvent): void
  /**
   * Asked for or not, cancelled or not: whatever arrives. `data` is valid during the call only. No
   * event, so that a block costs no memory of its own.
   */
  block(wire: SwarmWire, piece: number, offset: number, data: Uint8Array): void
}

/** What the owner of a torrent hears from its swarm. */
export interface SwarmListener {
  readonly wires: WireListener
  /** Fills `target` with bytes of a piece that was offered. Rejects where they are not here. */
  readBlock(piece: number, offset: number, target: Uint8Array): Promise<void>
  /** Asked for each announce. */
  progress(): SwarmProgress
  /** The info dictionary of a magnet has arrived; its SHA-1 is the info hash. */
  metadata(infoBytes: Uint8Array): void
  /** The engine gave this torrent up. */
  failed(error: Error): void
}

/** What trackers are told, in bytes. */
export interface SwarmProgress {
  /** Fetched from peers since the server started. */
  readonly downloadedBytes: number
  /** Of all pieces that are not here, wanted or not; `null` while the metadata is not known. */
  readonly leftBytes: number | null
}

/** Peers known and met, for people. */
export interface SwarmCounts {
  readonly queued: number
  readonly connecting: number
  readonly seen: number
  readonly dead: number
}

/** One torrent's swarm. */
export interface Swarm {
  /** The metadata of a magnet is found to be good: it is given to peers; a private torrent is kept to its trackers. */
  setMetadata(metadata: SwarmMetadata): void
  /** Offers `pieces` (MSB first) and looks for peers. Once, when what is on disk is known. */
  begin(pieces: Uint8Array): void
  /** Tells all peers about a new piece. */
  have(piece: number): void
  /** A piece that was offered has been lost. */
  lost(piece: number): void
  /** Everything there is has been downloaded. */
  complete(): void
  /** `ip:port`; false where it is no address. */
  addPeer(address: string): boolean
  /** Announces to these as well; they are none of those it was joined with. */
  addTrackers(urls: readonly string[]): void
  /**
   * Drops the peer (`ip:port`) and refuses its address for an hour; the peer alone where others that
   * are not banned share its address.
   */
  ban(peer: string): void
  counts(): SwarmCounts
  /** Peers that are known, for people: at most 4,000. */
  knownPeers(): readonly SwarmPeer[]
  /** A peer (`ip:port`) gave most of a piece that is right, `ms` after that was first asked for. */
  gavePiece(peer: string, ms: number): void
  /** In the order of the torrent. */
  readonly trackers: readonly TrackerStatus[]
  /** `ip:port` of peers worth trying again. */
  addresses(): string[]
  /** Peers at once; as of all torrents for `null`. */
  limitConnections(most: number | null): void
  readonly uploadedBytes: number
  readonly uploadBytesPerSecond: number
  close(): Promise<void>
}

/** What a swarm has to know of a torrent's metadata. */
export interface SwarmMetadata {
  /** The info dictionary as it was found: its SHA-1 is the info hash. */
  readonly infoBytes: Uint8Array
  readonly pieceCount: number
  /** Bytes. */
  readonly pieceLength: number
  /** Bytes of all pieces. */
  readonly length: number
  /** BEP 27: no DHT, PEX or LSD. */
  readonly isPrivate: boolean
}

export interface SwarmFacts {
  /** 40 hex digits, lower case. */
  readonly infoHash: string
  /** `null` for a magnet: it is fetched from peers. */
  readonly metadata: SwarmMetadata | null
  readonly trackers: readonly string[]
  readonly timeouts?: PeerTimeouts | undefined
  /** What holds back blocks that peers ask for; nothing when absent. */
  readonly uploads?: ThrottleGroup | undefined
  /** Peers hear at once that we want pieces, before the metadata says which: it saves a round trip. */
  readonly isInterested?: boolean | undefined
}

/** How long peers are waited for; ours when absent. */
export interface PeerTimeouts {
  /** For connecting. */
  readonly connectMs?: number | undefined
  /** For what was asked for. */
  readonly silentMs?: number | undefined
}

/** Our node of the DHT, for people. */
export interface DhtFacts {
  /** 40 hex digits. */
  readonly id: string
  readonly outstandingRequests: number
  readonly nodes: readonly DhtNode[]
}

export interface DhtNode {
  /** 40 hex digits. */
  readonly id: string
  /** `ip:port` */
  readonly address: string
  /** When it was last heard of; milliseconds ago. `null` where nobody knows. */
  readonly heardMsAgo: number | null
}

/** Connections with peers, whoever has called; each at least 1. */
export interface MaxConnections {
  /** Over all torrents. */
  readonly total: number
  readonly perTorrent: number
}

/** The engine: one listening port, one DHT node, any number of swarms. */
export interface SwarmClient {
  /** What all that it sends is held to; `null` or absent for nothing. */
  readonly binding?: Binding | null
  /** The BitTorrent port listened on. */
  readonly port: number
  /** What the engine threw at what strangers sent, since the process began. */
  readonly engineFaults: number
  readonly traffic: TrafficCounts
  /** Our node of the DHT; `null` where there is none. */
  dht(): DhtFacts | null
  /** Whoever is too many is hung up on. */
  limitConnections(most: MaxConnections): void
  /** Peers that have come to be blocked are hung up on. */
  dropBlocked(): void
  join(facts: SwarmFacts, listener: SwarmListener): Swarm
  close(): Promise<void>
}
