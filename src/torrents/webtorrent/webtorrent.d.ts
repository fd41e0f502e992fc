// The members of webtorrent 3.0.21 that we use, private ones (with _) included; the contract test
// checks that each exists. Everything else of webtorrent is deliberately invisible here.
declare module 'webtorrent' {
  import type { EventEmitter } from 'node:events'

  export interface Wire extends EventEmitter {
    readonly type: string
    readonly remoteAddress?: string
    readonly remotePort?: number
    readonly destroyed: boolean
    readonly hasFast: boolean
    readonly peerChoking: boolean
    readonly peerPieces: { readonly buffer: Uint8Array; get(piece: number): boolean }
    readonly peerAllowedFastSet: readonly number[]
    readonly peerExtendedHandshake: { readonly reqq?: unknown; readonly v?: unknown }
    /** Sends bytes as they are, encrypted where the wire is. */
    _push(messages: Uint8Array): unknown
    have(piece: number): void
    interested(): void
    uninterested(): void
    destroy(): void
  }

  export interface PeerConnection {
    readonly addr: string | null
    readonly connected: boolean
    retries: number
    destroy(): void
  }

  /** What takes the calls of peers. */
  export interface ConnectionPool {
    /** Connections without a handshake, to be closed with the pool. */
    readonly _pendingConns: Set<unknown> | null
    /** Null without uTP. */
    readonly utpServer: { maxConnections: number } | null
    _onConnection(conn: unknown, type: 'tcp' | 'utp'): void
  }

  export interface ChunkStore {
    get(
      piece: number,
      options: { offset?: number; length?: number } | null,
      callback: (error: Error | null, data?: Uint8Array) => void,
    ): void
    put(piece: number, data: Uint8Array, callback: (error: Error | null) => void): void
    close(callback: (error: Error | null) => void): void
    destroy(callback: (error: Error | null) => void): void
  }

  export interface TorrentOptions {
    readonly deselect?: boolean
    readonly store?: new (pieceLength: number) => ChunkStore
    readonly storeCacheSlots?: number
    readonly private?: boolean
    readonly bitfield?: Uint8Array
  }

  export interface Torrent extends EventEmitter {
    readonly infoHash: string | undefined
    readonly torrentFile: Uint8Array
    readonly destroyed: boolean
    readonly wires: readonly Wire[]
    readonly bitfield: { get(piece: number): boolean; set(piece: number, value: boolean): void }
    /** Null where the piece is there; anything else where it is not. */
    pieces: unknown[]
    /** BEP 27; absent while the metadata is not known. */
    readonly private?: boolean
    _peers: ReadonlyMap<string, PeerConnection>
    _queue: readonly PeerConnection[]
    /** Connected, whoever has called. */
    _numConns: number
    /** Being dialled. */
    _numPending: number
    _reservations: unknown[]
    _rarityMap: { destroy(): void } | null
    _verifyPieces: (callback: (error: Error | null) => void) => void
    _update: () => void
    _updateWire: (wire: Wire) => void
    _updateInterest: () => void
    _updateWireInterest: (wire: Wire) => void
    _gcSelections: () => void
    _checkDone: () => void
    _startDiscovery: () => void
    _addPeer: (peer: unknown, type: string, source: string | null) => PeerConnection | null
    _addIncomingPeer(peer: unknown): void
    _markVerified(piece: number): void
    addPeer(address: string, source?: string): boolean
    removePeer(address: string): void
    destroy(options: { destroyStore: boolean }, callback: () => void): void
  }

  /** The part of a DHT that is used where peers shake hands, and where a torrent is removed. */
  export interface EngineDht {
    readonly listening: boolean
    readonly destroyed: boolean
    readonly _tables: { remove(infoHash: string): void }
    address(): { readonly port: number }
    addNode(node: { readonly host: string; readonly port: number }): void
    destroy(callback: () => void): void
  }

  export interface ClientOptions {
    readonly torrentPort: number
    readonly dht: false | { readonly bootstrap?: readonly string[] | false }
    /** Ours is used. */
    readonly lsd: false
    readonly tracker: false
    readonly natUpnp: boolean
    readonly natPmp: boolean
    readonly utp: boolean
    readonly secure: number
    readonly maxConns: number
    readonly webSeeds: boolean
    readonly uploadLimit: number
    readonly userAgent: string
  }

  export default class WebTorrent extends EventEmitter {
    static readonly UTP_SUPPORT: boolean
    constructor(options: ClientOptions)
    readonly torrentPort: number
    readonly torrents: readonly Torrent[]
    readonly throttleGroups: unknown
    readonly _connPool: ConnectionPool | null
    /** False without one. */
    dht: EngineDht | false
    readonly listening: boolean
    readonly destroyed: boolean
    /** 40 hex digits. */
    readonly peerId: string
    secure: number
    utp: boolean
    add(source: Uint8Array | string, options: TorrentOptions): Torrent
    destroy(callback: () => void): void
  }
}

declare module 'webtorrent/lib/peer.js' {
  import { EventEmitter } from 'node:events'
  import type { Duplex, Transform } from 'node:stream'
  import type { Torrent, Wire } from 'webtorrent'

  export default class Peer extends EventEmitter {
    /** A connection that a peer has made, TCP or uTP; `secure` as of its wire. */
    static createTCPIncomingPeer(conn: unknown, throttleGroups: unknown, secure: number): Peer
    static createUTPIncomingPeer(conn: unknown, throttleGroups: unknown, secure: number): Peer
    readonly destroyed: boolean
    readonly connected: boolean
    /** A TCP or uTP socket; null once it is destroyed. */
    readonly conn: Duplex & { setNoDelay?(noDelay: boolean): unknown }
    readonly wire: Wire & Duplex & { setInfoHash(infoHash: string): void }
    swarm: Torrent | null
    readonly throttleGroups: { readonly up: { getEnabled(): boolean; throttle(): Transform } }
    setThrottlePipes(): void
    startConnectTimeout(): void
    onConnect(): void
    onHandshake(infoHash: string, peerId: string): void
    destroy(error?: Error): void
  }
}

declare module 'webtorrent/lib/torrent.js' {
  export default class Torrent {
    destroy(options: { destroyStore: boolean }, callback: () => void): void
    _destroy(error: Error): void
    _rechoke(): void
    _drain(): void
    _onListening(): void
    _onParsedTorrent(parsed: unknown): void
    removePeer(peer: unknown): void
  }
}
