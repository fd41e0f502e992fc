import type { Wire } from 'webtorrent'
import { type ThrottleGroup, type ThrottleShare, UNLIMITED } from '../rates/throttle.ts'
import type { SwarmListener } from '../swarm/swarm.ts'
import { type BlockRequest, isServable, type Offer, UploadQueue } from '../uploads/upload-queue.ts'
import type { Outbox } from './outbox.ts'
import { ROOM_BYTES, type WireSender } from './wire-sender.ts'

/** Length prefix, id, piece, offset (BEP 3). */
const HEADER_BYTES = 13
const PIECE = 7
/** Of blocks that are being read, or read and not taken by the socket; one may be longer. */
const MAX_HELD_BYTES = 192 * 1024
/** What the socket is given at once, and holds therefore. */
const PART_BYTES = 16 * 1024 + HEADER_BYTES
/** Requests that are refused before a peer is dropped; each block sent makes up for some. */
const MAX_REFUSED = 1_000
const FORGIVEN_PER_BLOCK = 4

export interface WireUploadsOptions {
  readonly wire: Wire
  readonly sender: WireSender
  readonly outbox: Outbox
  /** What is offered now; `null` for nothing. */
  readonly offer: () => Offer | null
  readonly readBlock: SwarmListener['readBlock']
  /** What holds blocks back; nothing when absent. They wait here, where nothing waits behind them. */
  readonly throttle?: ThrottleGroup | undefined
  readonly onUpload: (bytes: number) => void
}

/** Answers a peer's requests: from the disk, when its socket takes them, a few at a time. */
export class WireUploads {
  readonly #options: WireUploadsOptions
  readonly #queue = new UploadQueue()
  readonly #reading = new Set<BlockRequest>()
  readonly #throttle: ThrottleShare
  #readingBytes = 0
  #refused = 0
  /** Blocks, without their headers. */
  sentBytes = 0

  constructor(options: WireUploadsOptions) {
    this.#options = options
    const { wire, sender, throttle } = options
    this.#throttle = throttle?.join({ onTurn: () => this.#fill() }) ?? UNLIMITED
    wire._onRequest = (piece, offset, length) => this.#requested({ piece, offset, length })
    wire.on('cancel', (piece: number, offset: number, length: number) => {
      this.#cancelled({ piece, offset, length })
    })
    sender.onRoom(() => this.#fill())
  }

  /** True where the peer waits for blocks. */
  get isWaiting(): boolean {
    return !this.#queue.isEmpty || this.#readingBytes > 0
  }

  get isChoking(): boolean {
    return this.#options.wire.amChoking
  }

  unchoke(): void {
    this.#options.wire.unchoke()
  }

  choke(): void {
    if (this.isChoking) return
    this.#options.wire.choke()
    for (const request of [...this.#queue.drain(), ...this.#reading]) this.#reject(request)
    this.#reading.clear()
  }

  /** Forgets everything; nothing more is sent. */
  close(): void {
    this.#queue.drain()
    this.#reading.clear()
    this.#throttle.leave()
  }

  #requested(request: BlockRequest): void {
    const { wire, offer } = this.#options
    const isWelcome = !wire.amChoking && isServable(request, offer()) && this.#queue.add(request)
    if (isWelcome) {
      this.#fill()
      return
    }
    this.#refused++
    if (this.#refused > MAX_REFUSED) wire.destroy()
    else this.#reject(request)
  }

  /** BEP 6: a cancelled request is answered, too. */
  #cancelled(request: BlockRequest): void {
    if (this.#queue.remove(request)) this.#reject(request)
  }

  #reject({ piece, offset, length }: BlockRequest): void {
    if (this.#options.wire.hasFast) this.#options.outbox.reject(piece, offset, length)
  }

  #fill(): void {
    for (;;) {
      const request = this.#queue.take(
        ({ length }) => this.#hasRoom(length) && this.#throttle.mayTake('background'),
      )
      if (request === null) return
      this.#throttle.take(request.length)
      this.#reading.add(request)
      this.#readingBytes += request.length
      void this.#answer(request)
    }
  }

  #hasRoom(length: number): boolean {
    const { unsentBytes } = this.#options.sender
    if (this.#readingBytes === 0 && unsentBytes < ROOM_BYTES) return true
    return this.#readingBytes + unsentBytes + length <= MAX_HELD_BYTES
  }

  async #answer(request: BlockRequest): Promise<void> {
    const { piece, offset, length } = request
    const message = Buffer.allocUnsafeSlow(HEADER_BYTES + length)
    message.writeUInt32BE(HEADER_BYTES - 4 + length)
    message.writeUInt8(PIECE, 4)
    message.writeUInt32BE(piece, 5)
    message.writeUInt32BE(offset, 9)
    let isRead = true
    try {
      await this.#options.readBlock(piece, offset, message.subarray(HEADER_BYTES))
    } catch {
      isRead = false
    }
    this.#readingBytes -= length
    // Not where it was choked, or closed, meanwhile.
    const isWanted = this.#reading.delete(request)
    if (isWanted && isRead) this.#send(message, length)
    else this.#throttle.giveBack(length)
    if (isWanted && !isRead) this.#reject(request)
    this.#fill()
  }

  #send(message: Uint8Array, length: number): void {
    const { wire, onUpload } = this.#options
    this.#refused = Math.max(0, this.#refused - FORGIVEN_PER_BLOCK)
    this.sentBytes += length
    for (let at = 0; at < message.length; at += PART_BYTES) {
      wire._push(message.subarray(at, at + PART_BYTES))
    }
    onUpload(length)
  }
}
