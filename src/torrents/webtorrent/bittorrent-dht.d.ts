// The members of bittorrent-dht 11.0.12 that we use, private ones (with _) included.
declare module 'bittorrent-dht' {
  import type { EventEmitter } from 'node:events'

  export interface DhtOptions {
    readonly nodeId?: string
    /** `host:port`; false for none. */
    readonly bootstrap: readonly string[] | false
    /** In place of k-rpc-socket. */
    readonly krpcSocket: EventEmitter
    readonly maxTables: number
    readonly maxValues: number
    readonly maxPeers: number
    /** Of the peers of others, in milliseconds. */
    readonly maxAge: number
  }

  /** A node of the routing table. */
  export interface DhtContact {
    readonly id: Uint8Array
    readonly host: string
    readonly port: number
    /** When it was last heard of; milliseconds since 1970. */
    readonly seen?: number
  }

  export class Client extends EventEmitter {
    constructor(options: DhtOptions)
    readonly listening: boolean
    readonly nodeId: Buffer
    readonly nodes: { count(): number; toArray(): readonly DhtContact[] }
    /** Nodes that a lookup has met, by info hash in hex. */
    readonly _tables: { remove(infoHash: string): void }
    /** Peers that others have announced to us. */
    readonly _peers: { get(infoHash: string, most?: number): Uint8Array[]; readonly size: number }
    /** `pending`: queries that wait for others to be answered. */
    readonly _rpc: {
      readonly pending: readonly unknown[]
      readonly socket: { readonly inflight: number }
    }
    announce(infoHash: string, port: number, callback: (error: Error | null) => void): void
    addNode(node: { readonly host: string; readonly port: number }): void
    address(): { readonly port: number }
    listen(port: number): void
    destroy(callback?: () => void): void
    _bootstrap(populate: boolean): void
    _rotateSecrets(): void
    _pingAll(callback: () => void): void
  }
}
