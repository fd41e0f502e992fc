import type WebTorrent from 'webtorrent'
import type { Torrent, Wire } from 'webtorrent'
import type { Logger } from '../../log.ts'
import { Discovery, type DiscoveryPorts } from '../discovery/discovery.ts'
import { addressOf, endpointOf, isPeerAddress } from '../peer-address.ts'
import type { Swarm, SwarmCounts, SwarmFacts, SwarmListener } from '../swarm.ts'
import { chunkStoreOver } from './chunk-store.ts'
import { Dialing, hostOf } from './dialing.ts'
import { isOwnAddress } from './own-addresses.ts'
import { WebTorrentWire } from './wire.ts'

const LOOK_AFTER_PEERS_MS = 30_000
/** A peer that owes us blocks and sends none for so long makes room for another. */
const SILENT_MS = 60_000
const CLOSE_TIMEOUT_MS = 1_500
const RATE_WINDOW_MS = 5_000
/** Stands for each piece that we do not have; webtorrent only asks whether it is null. */
const MISSING_PIECE = Object.freeze({ length: 0, missing: 0 })

/** A webtorrent torrent reduced to peers and wires: it picks, checks and stores nothing. */
export class WebTorrentSwarm implements Swarm {
  readonly #torrent: Torrent
  readonly #dialing: Dialing
  readonly #discovery: Discovery
  readonly #log: Logger
  readonly #wires = new Map<WebTorrentWire, Wire>()
  /** Peers given by hand, or that were connected once. */
  readonly #book = new Set<string>()
  readonly #peerTimer: NodeJS.Timeout
  #release: ((pieces: Uint8Array) => void) | null = null
  #begunWith: Uint8Array | null = null
  #uploads: { at: number; bytes: number }[] = []
  #uploadedBytes = 0

  constructor(
    client: WebTorrent,
    facts: SwarmFacts,
    listener: SwarmListener,
    log: Logger,
    ports: DiscoveryPorts,
  ) {
    this.#log = log
    const torrent = client.add(facts.torrentFile ?? magnetOf(facts), {
      deselect: true,
      store: chunkStoreOver(listener),
      storeCacheSlots: 0,
      ...(facts.isPrivate ? { private: true } : {}),
    })
    this.#torrent = torrent
    this.#dialing = new Dialing(client, torrent, () => performance.now())
    silencePicking(torrent)
    this.#discovery = this.#openDiscovery(client, facts, listener, ports)
    torrent._startDiscovery = () => this.#discovery.start()
    torrent._verifyPieces = (callback) => this.#holdUntilBegun(callback)
    torrent.on('metadata', () => {
      if (torrent.private) this.#discovery.setPrivate()
      torrent.pieces = torrent.pieces.map(() => MISSING_PIECE)
      // Nobody asks it which piece is rarest, and a peer's `have` of piece 2^31 makes it count for hours.
      torrent._rarityMap?.destroy()
      torrent._rarityMap = null
      if (facts.torrentFile === null) listener.metadata(torrent.torrentFile)
    })
    torrent.on('wire', (wire: Wire) => this.#onWire(wire, listener))
    torrent.on('warning', (warning: unknown) => log.debug({ warning }, 'swarm warning'))
    torrent.on('error', (error: unknown) => {
      listener.failed(error instanceof Error ? error : new Error(String(error)))
    })
    this.#peerTimer = setInterval(() => this.#lookAfterPeers(), LOOK_AFTER_PEERS_MS).unref()
  }

  get uploadedBytes(): number {
    return this.#uploadedBytes
  }

  get uploadBytesPerSecond(): number {
    const since = performance.now() - RATE_WINDOW_MS
    this.#uploads = this.#uploads.filter(({ at }) => at > since)
    return this.#uploads.reduce((sum, { bytes }) => sum + bytes, 0) / (RATE_WINDOW_MS / 1_000)
  }

  begin(pieces: Uint8Array): void {
    this.#begunWith = pieces
    this.#release?.(pieces)
    this.#release = null
  }

  have(piece: number): void {
    if (this.#torrent.destroyed) return
    this.#torrent._markVerified(piece)
    for (const wire of this.#torrent.wires) wire.have(piece)
  }

  lost(piece: number): void {
    if (this.#torrent.destroyed) return
    this.#torrent.pieces[piece] = MISSING_PIECE
    this.#torrent.bitfield.set(piece, false)
  }

  complete(): void {
    this.#discovery.complete()
  }

  addPeer(address: string): boolean {
    if (!isPeerAddress(address)) return false
    this.#book.add(address)
    if (this.#torrent.destroyed) return true
    if (this.#torrent.infoHash === undefined) {
      this.#torrent.once('infoHash', () => this.#torrent.addPeer(address))
    } else this.#torrent.addPeer(address)
    return true
  }

  addTrackers(urls: readonly string[]): void {
    this.#discovery.addTrackers(urls)
  }

  ban(peer: string): void {
    const address = addressOf(peer)
    const neighbours = [...this.#wires.keys()].filter((wire) => wire.address === address)
    const isAlone = neighbours.every((wire) => endpointOf(wire) === peer)
    const banned = isAlone ? address : peer
    this.#log.info({ banned }, 'banned a peer that sent wrong data')
    this.#dialing.ban(banned)
    for (const known of this.#book) {
      if (known === banned || addressOf(known) === banned) this.#book.delete(known)
    }
    for (const wire of neighbours) if (endpointOf(wire) === peer) wire.destroy()
  }

  counts(): SwarmCounts {
    const { _numPending: connecting } = this.#torrent
    const { queued, seen, dead } = this.#dialing
    return { queued, connecting, seen, dead }
  }

  addresses(): string[] {
    return [...this.#book]
  }

  async close(): Promise<void> {
    clearInterval(this.#peerTimer)
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

  #holdUntilBegun(callback: (error: Error | null) => void): void {
    this.#release = (pieces) => {
      const { bitfield, pieces: slots } = this.#torrent
      for (let piece = 0; piece < slots.length; piece++) {
        if (((pieces[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) === 0) continue
        slots[piece] = null
        bitfield.set(piece, true)
      }
      callback(null)
    }
    if (this.#begunWith !== null) this.begin(this.#begunWith)
  }

  #onWire(wire: Wire, listener: SwarmListener): void {
    const host = hostOf(`${wire.remoteAddress ?? ''}:0`)
    const port = wire.remotePort ?? 0
    if (
      this.#dialing.isBanned(host) ||
      this.#dialing.isBanned(endpointOf({ address: host, port }))
    ) {
      wire.destroy()
      return
    }
    if (wire.type.endsWith('Outgoing')) {
      const { remoteAddress = '', remotePort = 0 } = wire
      const address = remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress
      this.#book.add(`${address}:${remotePort}`)
      this.#dialing.worked(`${address}:${remotePort}`)
    }
    const wrapped = new WebTorrentWire(wire, listener)
    this.#wires.set(wrapped, wire)
    wire.once('close', () => this.#wires.delete(wrapped))
    wire.on('upload', (bytes: number) => {
      this.#uploadedBytes += bytes
      this.#uploads.push({ at: performance.now(), bytes })
      if (this.#uploads.length > 4_096) void this.uploadBytesPerSecond
    })
    listener.wireOpened(wrapped)
    // Our handshake goes out once this event is over, and nothing may go before it.
    if (wrapped.isIncoming) queueMicrotask(() => wrapped.tellKnown())
  }

  /** Drops silent peers; a torrent without any tries those it knows again. */
  #lookAfterPeers(): void {
    if (this.#torrent.destroyed) return
    for (const wire of [...this.#wires.keys()]) if (wire.overdueMs > SILENT_MS) wire.destroy()
    if (this.#wires.size > 0) return
    for (const address of this.#book) this.#torrent.addPeer(address)
  }

  #openDiscovery(
    client: WebTorrent,
    { infoHash, trackers, isPrivate }: SwarmFacts,
    listener: SwarmListener,
    ports: DiscoveryPorts,
  ): Discovery {
    const port = client.torrentPort
    return new Discovery({
      ...{ infoHash, trackers, isPrivate, ports, port, log: this.#log },
      peerId: Buffer.from(client.peerId, 'hex'),
      progress: () => ({ ...listener.progress(), uploadedBytes: this.#uploadedBytes }),
      onPeer: (address, origin) => {
        if (this.#torrent.destroyed || isOurselves(address, port)) return
        this.#torrent.addPeer(address, origin)
      },
    })
  }
}

function isOurselves(address: string, port: number): boolean {
  return address.endsWith(`:${port}`) && isOwnAddress(hostOf(address))
}

/** webtorrent must neither pick pieces nor decide on interest: the scheduler does both. */
function silencePicking(torrent: Torrent): void {
  const nothing = (): void => {}
  torrent._update = nothing
  torrent._updateWire = nothing
  torrent._updateInterest = nothing
  torrent._updateWireInterest = nothing
  torrent._gcSelections = nothing
  torrent._checkDone = nothing
}

function magnetOf({ infoHash }: SwarmFacts): string {
  return `magnet:?xt=urn:btih:${infoHash}`
}
