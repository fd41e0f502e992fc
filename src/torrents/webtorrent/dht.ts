import { Client } from 'bittorrent-dht'
import type { Logger } from '../../log.ts'
import type { Binding } from '../binding/binding.ts'
import type { DhtFacts } from '../swarm/swarm.ts'
import { KrpcSocket } from './krpc-socket.ts'
import { guardMethods } from './peer-guards.ts'

const BOOTSTRAP_NODES = [
  'router.bittorrent.com:6881',
  'router.utorrent.com:6881',
  'dht.transmissionbt.com:6881',
  'dht.libtorrent.org:25401',
]
/** Of peers that one lookup finds. */
const MAX_PEERS_PER_LOOKUP = 200
/** What is remembered for others. */
const OTHERS = { maxTables: 200, maxValues: 1, maxPeers: 5_000, maxAge: 30 * 60_000 }
/** In one answer, so that it fits a packet; each has 6 bytes. */
const MAX_PEERS_PER_ANSWER = 50
/** Lookups at once: each has sixteen questions open. */
const MAX_LOOKUPS = 4
/** Nodes that peers have told us of and that have not been asked yet. */
const MAX_NODES_TO_ASK = 100
const ANNOUNCE_AGAIN_MS = 15 * 60_000
const FIRST_RETRY_MS = 15_000
/** Announces of all torrents shall not come at once; a part of the time. */
const JITTER = 0.1

export interface DhtOptions {
  /** UDP; 0 takes any free one. */
  readonly port: number
  /** `host:port`; those of the public DHT when absent. */
  readonly bootstrap?: readonly string[]
  /** What its socket is held to; `null` or absent for nothing. */
  readonly binding?: Binding | null
  readonly log: Logger
  /** Milliseconds until a lookup is tried again that met nobody, doubled each time; 15,000. */
  readonly firstRetryMs?: number
}

interface Announce {
  readonly infoHash: string
  readonly port: number
  readonly onPeer: (address: string) => void
  timer: NodeJS.Timeout | null
  retryMs: number
  /** Peers told by the lookup that runs. */
  found: number
  isStopped: boolean
}

/**
 * Our node of the DHT (BEP 5, IPv4). It never fails: without a network, or on a port that is
 * taken, it says so in the log and tries again.
 */
export class Dht {
  readonly #options: DhtOptions
  readonly #announces = new Set<Announce>()
  /** Due, and waiting for others to end. */
  #due: Announce[] = []
  #running = new Set<Announce>()
  #client: Client | null = null
  #timer: NodeJS.Timeout | null = null
  #retryMs: number
  readonly #stopListening: () => void
  #isClosed = false

  constructor(options: DhtOptions) {
    this.#options = options
    this.#retryMs = options.firstRetryMs ?? FIRST_RETRY_MS
    this.#stopListening = options.binding?.onChange(() => this.#move()) ?? (() => {})
    this.#open()
  }

  /** Nodes in the routing table. */
  get nodeCount(): number {
    return this.#client?.nodes.count() ?? 0
  }

  /** What people may know of it; nothing where its port cannot be used. */
  get facts(): DhtFacts {
    const client = this.#client
    if (client === null) return { id: '0'.repeat(40), outstandingRequests: 0, nodes: [] }
    const { _rpc: rpc } = client
    const now = Date.now()
    return {
      id: client.nodeId.toString('hex'),
      outstandingRequests: rpc.pending.length + rpc.socket.inflight,
      nodes: client.nodes.toArray().map(({ id, host, port, seen }) => ({
        id: Buffer.from(id).toString('hex'),
        address: `${host}:${port}`,
        heardMsAgo: seen === undefined ? null : Math.max(0, now - seen),
      })),
    }
  }

  /** The UDP port; 0 while there is none. */
  get port(): number {
    return this.#client?.listening ? this.#client.address().port : 0
  }

  /**
   * Says that we have a torrent, on TCP `port`, and tells the peers that others have announced,
   * `ip:port`; now and every 15 minutes until the returned function is called.
   */
  announce(infoHash: string, port: number, onPeer: (address: string) => void): () => void {
    const announce: Announce = {
      ...{ infoHash, port, onPeer, timer: null, found: 0, isStopped: false },
      retryMs: this.#options.firstRetryMs ?? FIRST_RETRY_MS,
    }
    this.#announces.add(announce)
    this.#run(announce)
    return () => this.#stop(announce)
  }

  /** A node that a peer has told us of; asked before it is believed. */
  addNode(host: string, port: number): void {
    const client = this.#client
    if (client === null || client._rpc.pending.length >= MAX_NODES_TO_ASK) return
    client.addNode({ host, port })
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#stopListening()
    if (this.#timer !== null) clearTimeout(this.#timer)
    for (const announce of [...this.#announces]) this.#stop(announce)
    const client = this.#client
    this.#client = null
    if (client !== null) await new Promise<void>((resolve) => client.destroy(() => resolve()))
  }

  #open(): void {
    const { port, bootstrap = BOOTSTRAP_NODES, binding = null, log } = this.#options
    if (binding !== null && binding.source(4) === null) {
      this.#lookAgain()
      return
    }
    const krpcSocket = new KrpcSocket(() => performance.now(), binding)
    const client = new Client({ krpcSocket, bootstrap, ...OTHERS })
    client.setMaxListeners(0)
    const { get } = client._peers
    Object.assign(client._peers, {
      get: (infoHash: string, most = MAX_PEERS_PER_ANSWER) =>
        get.call(client._peers, infoHash, Math.min(most, MAX_PEERS_PER_ANSWER)),
    })
    client.on('peer', (peer: { host: string; port: number }, infoHash: Uint8Array) => {
      this.#found(Buffer.from(infoHash).toString('hex'), `${peer.host}:${peer.port}`)
    })
    client.on('error', (error: unknown) => {
      log.warn({ err: error, port }, 'the DHT cannot use its port')
      if (this.#client !== client) return
      this.#endClient()
      this.#lookAgain()
    })
    this.#client = client
    client.listen(port)
    this.#lookAgain()
  }

  #endClient(): void {
    this.#client?.destroy()
    this.#client = null
    this.#giveUpLookups()
  }

  /** Our address has changed. */
  #move(): void {
    if (this.#isClosed) return
    this.#endClient()
    this.#retryMs = this.#options.firstRetryMs ?? FIRST_RETRY_MS
    this.#open()
  }

  /** Until there is a network and somebody answers. */
  #lookAgain(): void {
    if (this.#isClosed) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#timer = null
      if (this.#client === null) this.#open()
      else if (this.nodeCount === 0) {
        this.#client._bootstrap(true)
        this.#lookAgain()
      }
    }, this.#retryMs).unref()
    this.#retryMs = Math.min(2 * this.#retryMs, ANNOUNCE_AGAIN_MS)
  }

  #run(announce: Announce): void {
    if (announce.isStopped) return
    if (this.#running.size >= MAX_LOOKUPS) {
      this.#due.push(announce)
      return
    }
    const client = this.#client
    if (client === null) {
      this.#after(announce, false)
      return
    }
    const running = this.#running.add(announce)
    announce.found = 0
    // What the last lookup has met may be gone, or nobody at all.
    client._tables.remove(announce.infoHash)
    client.announce(announce.infoHash, announce.port, (error) => {
      if (!running.delete(announce) || running !== this.#running) return
      this.#after(announce, error === null)
      const next = this.#due.shift()
      if (next !== undefined) this.#run(next)
    })
  }

  /** Of a node that is gone no lookup ever ends. */
  #giveUpLookups(): void {
    const unfinished = [...this.#running, ...this.#due]
    this.#running = new Set()
    this.#due = []
    for (const announce of unfinished) this.#after(announce, false)
  }

  /** `isHeard`: some node has taken the announce. */
  #after(announce: Announce, isHeard: boolean): void {
    if (announce.isStopped || this.#isClosed) return
    const delay = isHeard ? ANNOUNCE_AGAIN_MS : announce.retryMs
    announce.retryMs = isHeard
      ? (this.#options.firstRetryMs ?? FIRST_RETRY_MS)
      : Math.min(2 * announce.retryMs, ANNOUNCE_AGAIN_MS)
    const jittered = delay * (1 + JITTER * (2 * Math.random() - 1))
    announce.timer = setTimeout(() => this.#run(announce), jittered).unref()
  }

  #found(infoHash: string, address: string): void {
    for (const announce of this.#announces) {
      if (announce.infoHash !== infoHash || announce.found >= MAX_PEERS_PER_LOOKUP) continue
      announce.found++
      announce.onPeer(address)
    }
  }

  #stop(announce: Announce): void {
    announce.isStopped = true
    this.#announces.delete(announce)
    const at = this.#due.indexOf(announce)
    if (at !== -1) this.#due.splice(at, 1)
    if (announce.timer !== null) clearTimeout(announce.timer)
  }
}

/** All nodes of the process, for good. */
export function guardDht(): void {
  guardMethods(Client.prototype, ['_rotateSecrets', '_pingAll', '_bootstrap'], 'dht', () => {})
}
