import type { Wire } from 'webtorrent'
import { unmappedAddress } from '../../ip-address.ts'
import { endpointOf, isPort } from '../../peer-address.ts'
import { printable } from '../../printable.ts'
import type { ExtensionWire } from '../extensions/extension-wire.ts'
import type { SwarmWire, WireListener } from '../swarm/swarm.ts'
import type { WireEvent } from '../swarm/wire-events.ts'
import { nextWireId } from '../swarm/wire-id.ts'
import { Outbox } from './outbox.ts'
import { roundTripMsOf } from './round-trip.ts'
import { WireSender } from './wire-sender.ts'

/** What peers that announce no `reqq` are sure to take. */
const DEFAULT_REQUEST_LIMIT = 250
const MAX_REQUEST_LIMIT = 2_000
/** `-rQ`, in hex: rqbit 9 closes over a request that is no whole block. */
const RQBIT_PEER_ID = '2d7251'
/** A peer that answers our interest with a choke hears of it no more often; peers decide whom to choke every 10 s or more; ms. */
const INTEREST_MS = 5_000

/** A webtorrent wire behind the port: plain requests and cancels, no piece picking. */
export class WebTorrentWire implements SwarmWire, ExtensionWire {
  readonly id: number
  readonly address: string
  readonly port: number
  readonly transport: 'tcp' | 'utp'
  readonly isIncoming: boolean
  readonly roundTripMs: number | null
  readonly sender: WireSender
  /** Past webtorrent's own list of requests, which it searches from end to end for each block. */
  readonly outbox: Outbox
  readonly #wire: Wire
  readonly #listener: WireListener
  #outstanding = 0
  #heardAt = 0
  #isChoked: boolean
  #repeatedAt = Number.NEGATIVE_INFINITY

  constructor(wire: Wire, listener: WireListener) {
    this.id = nextWireId()
    this.address = unmappedAddress(wire.remoteAddress ?? '0.0.0.0')
    this.port = wire.remotePort ?? 0
    this.transport = wire.type.startsWith('utp') ? 'utp' : 'tcp'
    this.isIncoming = wire.type.endsWith('Incoming')
    this.roundTripMs = roundTripMsOf(wire)
    this.#wire = wire
    this.#listener = listener
    this.#isChoked = wire.peerChoking
    this.sender = new WireSender(wire)
    this.outbox = new Outbox((messages) => wire._push(messages))
    this.#listen()
  }

  get isFast(): boolean {
    return this.#wire.hasFast
  }

  get givesSamples(): boolean {
    return !this.#wire.peerId?.startsWith(RQBIT_PEER_ID)
  }

  get requestLimit(): number {
    const { reqq } = this.#wire.peerExtendedHandshake
    if (typeof reqq !== 'number' || reqq < 1) return DEFAULT_REQUEST_LIMIT
    return Math.min(reqq, MAX_REQUEST_LIMIT)
  }

  /** What the peer calls itself (BEP 10, `v`): printable, at most 64 characters; else the client and version of its id (BEP 20, `LT20B0`). */
  get client(): string | null {
    const { v = '' } = this.#wire.peerExtendedHandshake
    const text = printable(v).slice(0, 64)
    if (text !== '') return text
    const id = Buffer.from(this.#wire.peerId?.slice(0, 16) ?? '', 'hex').toString('latin1')
    return /^-([A-Za-z~]{2}[0-9A-Za-z]{4})-$/.exec(id)?.[1] ?? null
  }

  get isInterested(): boolean {
    return this.#wire.peerInterested
  }

  /** Blocks, since the connection was made. */
  get receivedBytes(): number {
    return this.#wire.downloaded
  }

  /** Where others can reach the peer, as `ip:port`; `null` where nobody knows. */
  get listensAt(): string | null {
    const { p } = this.#wire.peerExtendedHandshake
    const port = this.isIncoming ? p : this.port
    return isPort(port) ? endpointOf({ address: this.address, port }) : null
  }

  /** The peer has said that it has all pieces. */
  get hasEverything(): boolean {
    const { peerPieces } = this.#wire
    // What stands for "all" has no bits, but says yes to each piece.
    return peerPieces.buffer.length === 0 && peerPieces.get(0)
  }

  /** Milliseconds since the peer owes us something that we have asked for; 0 where it does not. */
  get overdueMs(): number {
    return this.#outstanding === 0 ? 0 : performance.now() - this.#heardAt
  }

  request(piece: number, offset: number, length: number): void {
    if (this.#outstanding === 0) this.#heardAt = performance.now()
    this.#outstanding++
    this.outbox.request(piece, offset, length)
  }

  cancel(piece: number, offset: number, length: number): void {
    this.#settled()
    this.outbox.cancel(piece, offset, length)
  }

  setInterested(isInterested: boolean): void {
    if (isInterested) this.#wire.interested()
    else this.#wire.uninterested()
  }

  destroy(): void {
    this.#wire.destroy()
  }

  known(): readonly WireEvent[] {
    const { peerPieces, peerChoking, peerAllowedFastSet, destroyed } = this.#wire
    if (destroyed) return []
    const events: WireEvent[] = []
    if (this.hasEverything) events.push({ kind: 'have-all' })
    else if (peerPieces.buffer.some((byte) => byte !== 0)) {
      events.push({ kind: 'bitfield', pieces: peerPieces.buffer })
    }
    for (const piece of peerAllowedFastSet) events.push({ kind: 'allowed-fast', piece })
    events.push({ kind: 'request-limit', limit: this.requestLimit })
    if (!peerChoking) events.push({ kind: 'unchoked' })
    return events
  }

  /** True where the peer takes messages of the extension (BEP 10). */
  takes(extension: string): boolean {
    return this.#extensionId(extension) !== null
  }

  /** Sends nothing where the peer does not take it. */
  sendExtended(extension: string, payload: Uint8Array): void {
    const id = this.#extensionId(extension)
    if (id !== null) this.#wire.extended(id, payload)
  }

  #extensionId(extension: string): number | null {
    const id = Object.hasOwn(this.#wire.peerExtendedMapping, extension)
      ? this.#wire.peerExtendedMapping[extension]
      : undefined
    return id === undefined || !Number.isInteger(id) || id < 1 || id > 255 ? null : id
  }

  #settled(): void {
    this.#outstanding = Math.max(0, this.#outstanding - 1)
  }

  /**
   * libtorrent chokes the slowest of its peers every 15 s although it has a slot left, and gives that to
   * whoever says next that it is interested, which the others do not. A choke that changes nothing is no reason.
   */
  #repeatInterest(): void {
    const wire = this.#wire
    const now = performance.now()
    if (this.#isChoked || !wire.amInterested || now < this.#repeatedAt + INTEREST_MS) return
    this.#repeatedAt = now
    wire.amInterested = false
    wire.interested()
  }

  #listen(): void {
    const wire = this.#wire
    const tell = (event: WireEvent): void => this.#listener.wireEvent(this, event)
    wire.on('choke', () => {
      if (!wire.hasFast) this.#outstanding = 0
      tell({ kind: 'choked' })
      this.#repeatInterest()
      this.#isChoked = true
    })
    wire.on('reject', (piece: number, offset: number) => {
      this.#settled()
      tell({ kind: 'rejected', piece, offset })
    })
    wire.on('unchoke', () => {
      this.#isChoked = false
      tell({ kind: 'unchoked' })
    })
    wire.on('have', (piece: number) => tell({ kind: 'have', piece }))
    wire.on('bitfield', ({ buffer: pieces }: { buffer: Uint8Array }) => {
      tell({ kind: 'bitfield', pieces })
    })
    wire.on('have-all', () => tell({ kind: 'have-all' }))
    wire.on('allowed-fast', (piece: number) => tell({ kind: 'allowed-fast', piece }))
    wire.on('piece', (piece: number, offset: number, data: Uint8Array) => {
      this.#settled()
      this.#heardAt = performance.now()
      this.#listener.block(this, piece, offset, data)
    })
    wire.once('close', () => tell({ kind: 'closed' }))
  }
}
