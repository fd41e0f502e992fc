import type { Wire } from 'webtorrent'
import type { SwarmListener, SwarmWire } from '../swarm.ts'
import { hostOf } from './dialing.ts'
import { Outbox } from './outbox.ts'

/** What peers that announce no `reqq` are sure to take. */
const DEFAULT_REQUEST_LIMIT = 250
const MAX_REQUEST_LIMIT = 2_000

let nextId = 1

/** A webtorrent wire behind the port: plain requests and cancels, no piece picking. */
export class WebTorrentWire implements SwarmWire {
  readonly id: number
  readonly address: string
  readonly port: number
  readonly transport: 'tcp' | 'utp'
  readonly isIncoming: boolean
  readonly #wire: Wire
  readonly #listener: SwarmListener
  /** Past webtorrent's own list of requests, which it searches from end to end for each block. */
  readonly #outbox: Outbox
  #outstanding = 0
  #heardAt = 0

  constructor(wire: Wire, listener: SwarmListener) {
    this.id = nextId++
    this.address = hostOf(`${wire.remoteAddress ?? '0.0.0.0'}:0`)
    this.port = wire.remotePort ?? 0
    this.transport = wire.type.startsWith('utp') ? 'utp' : 'tcp'
    this.isIncoming = wire.type.endsWith('Incoming')
    this.#wire = wire
    this.#listener = listener
    this.#outbox = new Outbox((messages) => wire._push(messages))
    this.#listen()
  }

  get isFast(): boolean {
    return this.#wire.hasFast
  }

  get requestLimit(): number {
    const { reqq } = this.#wire.peerExtendedHandshake
    if (typeof reqq !== 'number' || reqq < 1) return DEFAULT_REQUEST_LIMIT
    return Math.min(reqq, MAX_REQUEST_LIMIT)
  }

  /** Milliseconds since the peer owes us something that we have asked for; 0 where it does not. */
  get overdueMs(): number {
    return this.#outstanding === 0 ? 0 : performance.now() - this.#heardAt
  }

  request(piece: number, offset: number, length: number): void {
    if (this.#outstanding === 0) this.#heardAt = performance.now()
    this.#outstanding++
    this.#outbox.request(piece, offset, length)
  }

  cancel(piece: number, offset: number, length: number): void {
    this.#settled()
    this.#outbox.cancel(piece, offset, length)
  }

  setInterested(isInterested: boolean): void {
    if (isInterested) this.#wire.interested()
    else this.#wire.uninterested()
  }

  destroy(): void {
    this.#wire.destroy()
  }

  /**
   * Tells what the peer said before anybody listened: one that calls us may send its bitfield along
   * with its handshake, which webtorrent takes a moment to find the torrent for.
   */
  tellKnown(): void {
    const { peerPieces, peerChoking, peerAllowedFastSet, destroyed } = this.#wire
    if (destroyed) return
    // What stands for "all" has no bits, but says yes to each piece.
    const hasAll = peerPieces.buffer.length === 0 && peerPieces.get(0)
    if (hasAll) this.#listener.haveAll(this)
    else if (peerPieces.buffer.some((byte) => byte !== 0)) {
      this.#listener.bitfield(this, peerPieces.buffer)
    }
    for (const piece of peerAllowedFastSet) this.#listener.allowedFast(this, piece)
    if (!peerChoking) this.#listener.unchoked(this)
  }

  #settled(): void {
    this.#outstanding = Math.max(0, this.#outstanding - 1)
  }

  #listen(): void {
    const wire = this.#wire
    const listener = this.#listener
    wire.on('choke', () => {
      if (!wire.hasFast) this.#outstanding = 0
      listener.choked(this)
    })
    wire.on('reject', (piece: number, offset: number, length: number) => {
      this.#settled()
      listener.rejected(this, piece, offset, length)
    })
    wire.on('unchoke', () => listener.unchoked(this))
    wire.on('have', (piece: number) => listener.have(this, piece))
    wire.on('bitfield', (pieces: { buffer: Uint8Array }) => listener.bitfield(this, pieces.buffer))
    wire.on('have-all', () => listener.haveAll(this))
    wire.on('allowed-fast', (piece: number) => listener.allowedFast(this, piece))
    wire.on('extended', (kind: unknown) => {
      if (kind === 'handshake') listener.requestLimit(this)
    })
    wire.on('piece', (piece: number, offset: number, data: Uint8Array) => {
      this.#settled()
      this.#heardAt = performance.now()
      listener.block(this, piece, offset, data)
    })
    wire.once('close', () => listener.wireClosed(this))
  }
}
