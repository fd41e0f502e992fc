import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { extendedHandshake, MetadataAnswers } from '../cold/metadata-answers.ts'
import { BLOCK_LENGTH, contentBlock } from './content.ts'
import type { PeerPlan } from './peer-plan.ts'
import { RequestQueue } from './request-queue.ts'
import type { TrafficCounter } from './traffic.ts'
import {
  type BlockAddress,
  CHOKE,
  decodeHandshake,
  decodeMessage,
  encodeFullBitfield,
  encodeHandshake,
  encodePieceHeader,
  HANDSHAKE_LENGTH,
  UNCHOKE,
  type WireMessage,
} from './wire-codec.ts'

/** What all peers of a swarm share. */
export interface SharedFilm {
  readonly infoHash: string
  readonly length: number
  readonly pieceLength: number
  /** The info dictionary, for those who ask; `null` for peers without extensions. */
  readonly info: Buffer | null
  traffic: TrafficCounter
}

const UNCHOKE_AFTER_MS = 10
const SOCKET_BUFFER_BYTES = 1_048_576

/** One connection of a simulated seeder, from the handshake to its end. */
export class PeerConnection {
  readonly #socket: Socket
  readonly #index: number
  readonly #plan: PeerPlan
  readonly #film: SharedFilm
  readonly #queue: RequestQueue
  readonly #traffic: TrafficCounter
  readonly #metadata: MetadataAnswers | null
  #received: Buffer = Buffer.alloc(0)
  #stage: 'handshake' | 'messages' = 'handshake'
  #isChoking = false
  #isSilent: boolean
  #isInterested = false
  #isBlocked = false
  #timers = new Set<NodeJS.Timeout>()
  #sendTimer: NodeJS.Timeout | null = null

  constructor(socket: Socket, index: number, plan: PeerPlan, film: SharedFilm) {
    this.#socket = socket
    this.#index = index
    this.#plan = plan
    this.#film = film
    this.#traffic = film.traffic
    this.#metadata = film.info === null ? null : new MetadataAnswers(film.info)
    this.#queue = new RequestQueue(plan.bytesPerSecond, plan.rttMs)
    this.#isSilent = plan.tarpit ?? false
    socket.on('data', (bytes) => this.#onData(bytes))
    socket.on('drain', () => this.#onDrain())
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#onClose())
  }

  freeze(): void {
    this.#isSilent = true
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #onData(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes])
    if (this.#stage === 'handshake' && !this.#readHandshake()) return
    while (this.#received.length >= 4) {
      const length = this.#received.readUInt32BE(0)
      if (this.#received.length < 4 + length) break
      if (length > 0) this.#onMessage(decodeMessage(this.#received.subarray(4, 4 + length)))
      this.#received = this.#received.subarray(4 + length)
    }
    this.#send()
  }

  #readHandshake(): boolean {
    if (this.#received.length < HANDSHAKE_LENGTH) return false
    if (decodeHandshake(this.#received) !== this.#film.infoHash) {
      this.destroy()
      return false
    }
    this.#received = this.#received.subarray(HANDSHAKE_LENGTH)
    this.#stage = 'messages'
    this.#after(this.#plan.rttMs, () => this.#introduce())
    return true
  }

  #introduce(): void {
    const pieceCount = Math.ceil(this.#film.length / this.#film.pieceLength)
    const { infoHash, info } = this.#film
    const peerId = `-SIM001-${String(this.#index).padStart(12, '0')}`
    this.#socket.write(
      Buffer.concat([
        encodeHandshake(infoHash, peerId, info !== null),
        ...(info === null ? [] : [extendedHandshake(info.length)]),
        encodeFullBitfield(pieceCount),
      ]),
    )
    // A packet of its own: no client expects to be unchoked before it has seen the bitfield.
    this.#after(UNCHOKE_AFTER_MS, () => this.#socket.write(UNCHOKE))
    this.#traffic.connected += 1
    this.#socket.once('close', () => {
      this.#traffic.connected -= 1
    })
    const { choking } = this.#plan
    if (choking) this.#after(choking.firstAfterMs, () => this.#choke())
  }

  #onMessage(message: WireMessage): void {
    switch (message.kind) {
      case 'interested':
        if (!this.#isInterested) this.#traffic.interested += 1
        this.#isInterested = true
        break
      case 'request':
        this.#traffic.requests += 1
        if (!this.#isChoking) this.#queue.add(message.block, performance.now())
        break
      case 'cancel':
        this.#traffic.cancels += 1
        if (this.#queue.cancel(message.block, performance.now())) this.#traffic.honouredCancels += 1
        break
      case 'extended':
        this.#onExtended(message.body)
        break
      case 'other':
        break
    }
  }

  #onExtended(body: Buffer): void {
    const answer = this.#metadata?.answer(body) ?? null
    if (answer !== null) this.#after(this.#plan.rttMs, () => this.#socket.write(answer))
  }

  #choke(): void {
    this.#isChoking = true
    this.#queue.clear()
    this.#socket.write(CHOKE)
    this.#after(this.#plan.choking?.chokedMs ?? 0, () => {
      this.#isChoking = false
      this.#socket.write(UNCHOKE)
      this.#after(this.#plan.choking?.unchokedMs ?? 0, () => this.#choke())
    })
  }

  #send(): void {
    if (this.#isSilent || this.#isBlocked || this.#stage === 'handshake') return
    this.#socket.cork()
    for (;;) {
      const block = this.#queue.take(performance.now())
      if (!block) break
      this.#write(block)
      if (this.#socket.writableLength <= SOCKET_BUFFER_BYTES) continue
      this.#isBlocked = true
      break
    }
    this.#socket.uncork()
    this.#arm()
  }

  #write(block: BlockAddress): void {
    const offset = block.piece * this.#film.pieceLength + block.offset
    const bytes = contentBlock(Math.floor(offset / BLOCK_LENGTH))
    const from = offset % BLOCK_LENGTH
    if (from + block.length > bytes.length)
      throw new Error(`no single block: ${block.length} bytes at ${offset}`)
    this.#socket.write(encodePieceHeader(block))
    const right = bytes.subarray(from, from + block.length)
    this.#socket.write(this.#isLieAt(offset) ? this.#wrong(offset, block.length) : right)
    this.#traffic.countSent(this.#index, offset, block.length)
  }

  /** Colluding liars lie about the same blocks. */
  #isLieAt(offset: number): boolean {
    const { lies } = this.#plan
    if (lies === undefined) return false
    const every = Math.round(1 / lies.share)
    const shift = lies.isColluding ? 0 : this.#index
    return (Math.floor(offset / BLOCK_LENGTH) + shift) % every === 0
  }

  #wrong(offset: number, length: number): Buffer {
    if (this.#plan.lies?.isColluding !== true) return randomBytes(length)
    return Buffer.alloc(length, 1 + ((offset / BLOCK_LENGTH) % 255))
  }

  #arm(): void {
    const dueAt = this.#queue.dueAt()
    if (dueAt === null || this.#isBlocked || this.#sendTimer) return
    this.#sendTimer = setTimeout(
      () => {
        this.#sendTimer = null
        this.#send()
      },
      Math.max(0, dueAt - performance.now()),
    )
  }

  #onDrain(): void {
    if (!this.#isBlocked) return
    this.#isBlocked = false
    this.#queue.resume(performance.now())
    this.#send()
  }

  #after(ms: number, action: () => void): void {
    if (ms <= 0) {
      action()
      return
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      action()
    }, ms)
    this.#timers.add(timer)
  }

  #onClose(): void {
    if (this.#isInterested) this.#traffic.interested -= 1
    if (this.#sendTimer) clearTimeout(this.#sendTimer)
    for (const timer of this.#timers) clearTimeout(timer)
  }
}
