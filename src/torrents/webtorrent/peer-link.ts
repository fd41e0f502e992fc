import type { Wire } from 'webtorrent'
import { type MetadataExchange, UT_METADATA } from '../extensions/metadata-exchange.ts'
import { UT_PEX } from '../extensions/peer-exchange.ts'
import type { Bitfield } from '../pieces/bitfield.ts'
import type { SwarmListener } from '../swarm/swarm.ts'
import type { ChokablePeer } from '../uploads/choking.ts'
import { OPEN_REQUESTS } from '../uploads/upload-queue.ts'
import { LinkRates, type LiveLink } from './live-peer.ts'
import type { PeerSources } from './peer-sources.ts'
import type { TorrentUploads } from './torrent-uploads.ts'
import { WebTorrentWire } from './wire.ts'
import { WireUploads } from './wire-uploads.ts'

/** A peer whose socket has taken nothing of what waits for so long is dropped. */
const DEAF_MS = 90_000
const CLIENT_NAME = 'Tributary'

export interface PeerLinkOptions {
  readonly wire: Wire
  readonly listener: SwarmListener
  readonly metadata: MetadataExchange
  readonly sources: Pick<PeerSources, 'exchange'>
  readonly uploads: Pick<TorrentUploads, 'choking' | 'offer' | 'throttle'>
  /** Where we take calls of peers. */
  readonly listenPort: number
  /** We want pieces, whatever they are. */
  readonly isInterested: boolean
  readonly onUpload: (bytes: number) => void
  /** In milliseconds. */
  readonly now: () => number
}

/** All that we have to do with one peer. */
export class PeerLink implements ChokablePeer {
  readonly wire: WebTorrentWire
  readonly rates: LinkRates
  readonly #options: PeerLinkOptions
  readonly #engineWire: Wire
  readonly #uploads: WireUploads
  #isStarted = false
  #isOffered = false
  /** How much its socket had taken, and when that was seen to be more than before. */
  #taken = { bytes: 0, at: 0 }

  constructor(options: PeerLinkOptions) {
    const { wire, listener, metadata, sources, uploads, onUpload } = options
    this.#options = options
    this.rates = new LinkRates(options.now)
    this.#engineWire = wire
    this.wire = new WebTorrentWire(wire, listener.wires)
    const { sender, outbox } = this.wire
    this.#uploads = new WireUploads({
      ...{ wire, sender, outbox, throttle: uploads.throttle },
      offer: () => uploads.offer,
      readBlock: (...block) => listener.readBlock(...block),
      onUpload: (bytes) => {
        wire.emit('upload', bytes)
        onUpload(bytes)
      },
    })
    this.#introduceOurselves()
    metadata.add(this.wire)
    sources.exchange?.add(this.wire)
    wire.setKeepAlive(true)
    wire.on('interested', () => uploads.choking.interestChanged(this))
    wire.on('uninterested', () => uploads.choking.interestChanged(this))
    wire.on('extended', (name: unknown, content: unknown) => this.#onExtended(name, content))
    wire.once('close', () => this.#close())
  }

  get id(): number {
    return this.wire.id
  }

  get isInterested(): boolean {
    return this.wire.isInterested
  }

  get receivedBytes(): number {
    return this.wire.receivedBytes
  }

  get sentBytes(): number {
    return this.#uploads.sentBytes
  }

  get hasEverything(): boolean {
    return this.wire.hasEverything
  }

  get isChokingUs(): boolean {
    return this.#engineWire.peerChoking
  }

  /** What people may know of the peer. */
  seen(pieceCount: number | null): LiveLink {
    const { transport, isIncoming, hasEverything, client } = this.wire
    const { rates } = this
    return {
      ...{ transport, isIncoming, hasEverything, client, rates, pieceCount },
      wire: this.#engineWire,
    }
  }

  choke(): void {
    this.#uploads.choke()
  }

  unchoke(): void {
    this.#uploads.unchoke()
  }

  /**
   * Our handshake has been sent. Hears what the peer has said meanwhile: one that calls us may send all
   * that it has to say along with its handshake. `have` is `null` where nothing is offered yet.
   */
  start(have: Bitfield | null): void {
    if (this.#engineWire.destroyed || this.#isStarted) return
    this.#isStarted = true
    const { metadata, uploads, listener } = this.#options
    if (have !== null) this.offer(have)
    if (this.#options.isInterested) this.wire.setInterested(true)
    metadata.offered(this.wire, this.#engineWire.peerExtendedHandshake.metadata_size)
    if (this.wire.isIncoming) {
      for (const event of this.wire.known()) listener.wires.wireEvent(this.wire, event)
    }
    uploads.choking.add(this)
  }

  /** Tells what we have, in full. */
  offer(have: Bitfield): void {
    if (!this.#isStarted || this.#isOffered) return
    this.#isOffered = true
    const wire = this.#engineWire
    this.wire.sender.allow(have.bytes.length)
    if (wire.hasFast && have.isFull) wire.haveAll()
    else if (wire.hasFast && have.count === 0) wire.haveNone()
    else wire.bitfield(have.bytes.slice())
    // Whatever it will have, we lack: it may unchoke us before that, and give as soon as it can.
    if (!have.isFull) this.wire.setInterested(true)
  }

  have(piece: number): void {
    if (this.#isOffered) this.wire.outbox.have(piece)
  }

  /** True where its socket takes nothing although it should. `unsent` is by wire, in bytes. */
  isDeaf(unsent: ReadonlyMap<unknown, number>, now: number): boolean {
    const { takenBytes } = this.wire.sender
    const isStuck = (unsent.get(this.#engineWire) ?? 0) > 0 && takenBytes === this.#taken.bytes
    if (!isStuck) this.#taken = { bytes: takenBytes, at: now }
    return now - this.#taken.at >= DEAF_MS
  }

  /** BEP 10. */
  #introduceOurselves(): void {
    const { metadata, sources, listenPort } = this.#options
    const wire = this.#engineWire
    const hasPex = sources.exchange !== null
    wire.extendedMapping = hasPex ? { 1: UT_METADATA, 2: UT_PEX } : { 1: UT_METADATA }
    wire.extendedHandshake = {
      ...(metadata.size === null ? {} : { metadata_size: metadata.size }),
      ...(listenPort > 0 ? { p: listenPort } : {}),
      reqq: OPEN_REQUESTS,
      v: CLIENT_NAME,
    }
  }

  #onExtended(name: unknown, content: unknown): void {
    const { metadata, sources, listener } = this.#options
    if (name === 'handshake') {
      const { wire } = this
      listener.wires.wireEvent(wire, { kind: 'request-limit', limit: wire.requestLimit })
      metadata.offered(this.wire, this.#engineWire.peerExtendedHandshake.metadata_size)
    } else if (!(content instanceof Uint8Array)) return
    else if (name === UT_METADATA) metadata.received(this.wire, content)
    else if (name === UT_PEX) sources.exchange?.received(this.wire, content)
  }

  #close(): void {
    const { metadata, sources, uploads } = this.#options
    this.#uploads.close()
    metadata.remove(this.wire)
    sources.exchange?.remove(this.wire)
    uploads.choking.remove(this)
  }
}
