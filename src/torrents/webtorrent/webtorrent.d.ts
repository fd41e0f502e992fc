// The members of webtorrent 3.0.21 that we use, private ones (with _) included; the contract test
// checks that each exists. Everything else of webtorrent is deliberately invisible here.
declare module 'webtorrent' {
  import type { EventEmitter } from 'node:events'
  import type { Server } from 'node:net'

  export interface Wire extends EventEmitter {
    readonly type: string
    remoteAddress?: string
    remotePort?: number
    readonly destroyed: boolean
    readonly hasFast: boolean
    readonly amChoking: boolean
    amInterested: boolean
    readonly peerChoking: boolean
    readonly peerInterested: boolean
    readonly peerPieces: { readonly buffer: Uint8Array; get(piece: number): boolean }
    readonly peerAllowedFastSet: readonly number[]
    /** Of the handshake. */
    readonly peerExtensions: { readonly dht?: boolean }
    /** 40 hex digits, once it has shaken hands. */
    readonly peerId: string | null
    readonly peerExtendedHandshake: ExtendedHandshake
    /** Message ids that the peer takes, by the name of an extension. */
    readonly peerExtendedMapping: Readonly<Record<string, number>>
    /** Extensions that we take, by message id. */
    extendedMapping: Readonly<Record<number, string>>
    /** What else we say of ourselves. */
    extendedHandshake: object
    /** Bytes of blocks that have come. */
    readonly downloaded: number
    /** What waits to be taken by the socket. */
    readonly _readableState: {
      readonly buffered: number
      highWaterMark: number
      readonly queue: { readonly length: number }
    }
    /** The stream can take more. */
    _read: (callback: (error: null) => void) => void
    /** Sends bytes as they are, encrypted where the wire is. */
    _push: (messages: Uint8Array) => unknown
    /** A peer asks for a block. */
    _onRequest: (piece: number, offset: number, length: number) => void
    setKeepAlive(isEnabled: boolean): void
    choke(): void
    unchoke(): void
    bitfield(pieces: Uint8Array): void
    haveAll(): void
    haveNone(): void
    port(port: number): void
    extended(id: number, payload: Uint8Array): void
    interested(): void
    uninterested(): void
    destroy(): void
  }

  /** What a peer says of itself (BEP 10). */
  export interface ExtendedHandshake {
    readonly reqq?: unknown
    readonly metadata_size?: unknown
    /** Where it listens. */
    readonly p?: unknown
    readonly v?: string
  }

  export interface PeerConnection {
    readonly addr: string | null
    readonly connected: boolean
    /** Null where it is not connected. */
    readonly wire: Wire | null
    readonly conn: { readonly writableLength?: number } | null
    retries: number
    /** Set while it is being dialled. */
    connectTimeout?: NodeJS.Timeout | null
    startConnectTimeout(): void
    destroy(error?: Error): void
  }

  /** What takes the calls of peers. */
  export interface ConnectionPool {
    /** Connections without a handshake, to be closed with the pool. */
    readonly _pendingConns: Set<unknown> | null
    /** Null where the pool is closed. */
    readonly tcpServer: Server | null
    /** Null without uTP. */
    utpServer: { maxConnections: number } | null
    _onConnection(conn: unknown, type: 'tcp' | 'utp'): void
  }

  export interface TorrentOptions {
    readonly private?: boolean
  }

  export interface Torrent extends EventEmitter {
    readonly infoHash: string | undefined
    readonly destroyed: boolean
    /** No DHT. */
    private?: boolean
    /** Nobody looks at more than their number. */
    pieces: readonly unknown[]
    readonly wires: Wire[]
    _peers: ReadonlyMap<string, PeerConnection>
    /** Connected, whoever has called. */
    _numConns: number
    /** Being dialled. */
    _numPending: number
    _startDiscovery: () => void
    /** Dials whoever is next. */
    _drain: () => void
    _addPeer: (peer: unknown, type: string, source: string | null) => PeerConnection | null
    _addIncomingPeer(peer: unknown): void
    /** Both sides have shaken hands; `address` is `ip:port` of the peer. */
    _onWire: (wire: Wire, address: string) => void
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
    /** Or whatever else net.Server listens to. */
    readonly torrentPort: number | { readonly port: number; readonly host: string }
    readonly dht: false | { readonly bootstrap?: readonly string[] | false }
    readonly lsd: boolean
    readonly tracker: boolean
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
    /** 40 hex digits. */
    readonly peerId: string
    readonly torrents: readonly Torrent[]
    readonly throttleGroups: unknown
    readonly _connPool: ConnectionPool | null
    /** False without one. */
    dht: EngineDht | false
    readonly listening: boolean
    readonly destroyed: boolean
    secure: number
    utp: boolean
    maxConns: number
    add(source: string, options: TorrentOptions): Torrent
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
