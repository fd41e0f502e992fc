import { hostNetwork } from '../../../ip-address.ts'
import { Bitfield } from '../../pieces/bitfield.ts'
import type { Sender } from '../../pieces/block-provenance.ts'
import { AnswerTimes } from './answer-times.ts'
import { AvoidedBlocks } from './avoided-blocks.ts'
import type { AskedWire, BlockRequest } from './block-request.ts'
import type { Clock } from './clock.ts'
import { Conduct } from './conduct.ts'
import type { Parole } from './parole.ts'
import { RequestQueue } from './request-queue.ts'
import { WireTiming } from './wire-timing.ts'

/** One that has failed often and sent nothing for so long will not send what is left; ms. */
const FAILING_MS = 2_000
/** What a peer may be allowed while it chokes us (BEP 6 suggests 10); more is not remembered. */
const MOST_ALLOWED_FAST = 100
/** Blocks that nobody asked for are forgiven up to so many, 16 MiB, and as many as it was asked for. */
const FORGIVEN_UNASKED = 1_024

/** What is told about a peer when its wire opens. */
export interface WireFacts {
  /** IP address without a port. */
  readonly address: string
  /** `ip:port`; default the address. */
  readonly peer?: string
  /** Requests that the peer lets stand open. */
  readonly requestLimit: number
  /** May it be asked for less than a block? Default true. */
  readonly givesSamples?: boolean
  /** Time that connecting or the handshake took, where it is known; ms. */
  readonly roundTripMs?: number
}

interface WireSurroundings {
  readonly pieceCount: number
  readonly parole: Parole
  readonly clock: Clock
}

/** A connected peer: what it has, what it was asked for, and how fast it has been. */
export class Wire implements AskedWire {
  readonly id: number
  /** What it sends is noted as coming from here. */
  readonly sender: Sender
  readonly timing: WireTiming
  readonly givesSamples: boolean
  /** Samples that it was asked for and has not sent: they count as requests. */
  samples = 0
  hasGivenSamples = false
  /** When it last began to choke us, after it had not; ms. */
  chokedAt = Number.NEGATIVE_INFINITY
  readonly #clock: Clock
  readonly #parole: Parole
  readonly #allowedFast = new Set<number>()
  readonly #queue = new RequestQueue()
  readonly #answers: AnswerTimes
  readonly #avoided: AvoidedBlocks
  readonly #conduct: Conduct
  #pieces: Bitfield
  #requestLimit = 1
  #isChoked = true
  #isBanned = false
  #delivered = 0
  #unasked = 0
  #exhaustedAt = -1
  #exhaustedInBackgroundAt = -1
  constructor(id: number, facts: WireFacts, { pieceCount, parole, clock }: WireSurroundings) {
    this.id = id
    this.sender = { peer: facts.peer ?? facts.address, address: hostNetwork(facts.address) }
    this.timing = new WireTiming(facts.roundTripMs)
    this.givesSamples = facts.givesSamples ?? true
    this.#clock = clock
    this.#answers = new AnswerTimes(clock, this.timing, this.#queue)
    this.#parole = parole
    this.#avoided = new AvoidedBlocks(clock, this.timing)
    this.#conduct = new Conduct(clock)
    this.#pieces = new Bitfield(pieceCount)
    this.limit(facts.requestLimit)
  }

  /** `ip:port`: who is trusted, or blamed. */
  get peer(): string {
    return this.sender.peer
  }

  /** Copies of a block from one IP address, or one /64 network of IPv6, are no proof of each other. */
  get address(): string {
    return this.sender.address
  }

  /** What the peer has. */
  get pieces(): Pick<Bitfield, 'has' | 'isFull'> {
    return this.#pieces
  }

  get queue(): Pick<RequestQueue, 'head' | 'tail' | 'size' | 'backgroundSize' | 'toArray'> {
    return this.#queue
  }

  get requestLimit(): number {
    return Math.max(1, this.#requestLimit - this.samples)
  }

  get isChoked(): boolean {
    return this.#isChoked
  }

  get isBanned(): boolean {
    return this.#isBanned
  }

  /** It kept silent over what it was asked for, and has not delivered since. */
  get isSnubbed(): boolean {
    return this.#conduct.isSnubbed
  }

  /** How often in a row that happened. */
  get snubs(): number {
    return this.#conduct.snubs
  }

  /** Blocks received from it that it was asked for. */
  get delivered(): number {
    return this.#delivered
  }

  get lastArrivalAt(): number {
    return this.timing.lastArrivalAt
  }

  /** It has delivered a block and has not been snubbed since. */
  get isDelivering(): boolean {
    return this.#delivered > 0 && !this.#conduct.isSnubbed
  }

  /** Something is asked of it. */
  get isBusy(): boolean {
    return this.#queue.size > 0
  }

  /** It sends much more than it was asked for. */
  get isFlooding(): boolean {
    return this.#unasked > FORGIVEN_UNASKED + this.#delivered
  }

  /** It will not send what it is asked for. */
  get isFailing(): boolean {
    if (!this.#conduct.hasFailedOften) return false
    return this.#clock.now - this.timing.lastArrivalAt > FAILING_MS
  }

  get canBeAsked(): boolean {
    if (this.#isBanned || this.#clock.now < this.#conduct.restsUntil) return false
    return !this.#isChoked || this.#allowedFast.size > 0
  }

  mayServe(piece: number): boolean {
    return this.gives(piece) && this.#parole.allows(this, piece)
  }

  /** It has the piece, and does not choke us as far as that goes. */
  gives(piece: number): boolean {
    if (this.#isChoked && !this.#allowedFast.has(piece)) return false
    return this.#pieces.isFull || this.#pieces.has(piece)
  }

  /** The block is not to be asked of it just now. */
  avoids(index: number): boolean {
    return this.#avoided.has(index)
  }

  /** The same, though nothing of it is under way. */
  refuses(index: number): boolean {
    return this.#avoided.isRefused(index)
  }

  /** Are there any such blocks? */
  get avoidsAny(): boolean {
    return this.#avoided.isAny
  }

  /** When it may be asked for something that it may not be now; ms, infinite where there is no such. */
  get availableAt(): number {
    const { now } = this.#clock
    const { restsUntil } = this.#conduct
    const rested = restsUntil > now ? restsUntil : Number.POSITIVE_INFINITY
    return this.#avoided.until > now ? Math.min(rested, this.#avoided.until) : rested
  }

  /** When a further block would be here; ms. */
  get completion(): number {
    return this.#answers.completion
  }

  /** When the request will be answered; ms. */
  answerAt(request: BlockRequest): number {
    return this.#answers.of(request)
  }

  /** How long the next block is overdue, more than is usual; ms. */
  get overdueMs(): number {
    return this.#answers.overdueMs
  }

  /** When it last sent, or was asked for, anything while something is asked; ms. */
  get quietSince(): number {
    return this.#answers.quietSince
  }

  /** When the oldest request counts as lost, as the peer has answered later ones instead; ms, else infinite. */
  get lostAt(): number {
    return this.#answers.lostAt
  }

  /** Was it found useless for this version of the work? */
  isExhausted(version: number): boolean {
    return this.#exhaustedAt === version
  }

  isExhaustedInBackground(version: number): boolean {
    return this.#exhaustedInBackgroundAt === version
  }

  exhaust(version: number): void {
    this.#exhaustedAt = version
  }

  exhaustInBackground(version: number): void {
    this.#exhaustedInBackgroundAt = version
  }

  /** There may be something for it again. */
  refresh(): void {
    this.#exhaustedAt = -1
    this.#exhaustedInBackgroundAt = -1
  }

  /** Requests that the peer lets stand open; what is no number of requests counts as one. */
  limit(requests: number): void {
    this.#requestLimit = Math.max(1, Math.floor(requests) || 1)
  }

  choke(): void {
    if (this.#isChoked) return
    this.#isChoked = true
    this.chokedAt = this.#clock.now
    if (this.#queue.size > 0) this.#conduct.chokedOwing()
  }

  unchoke(): void {
    if (this.#isChoked) this.#conduct.unchoked()
    this.#isChoked = false
  }

  /** The peer gives the piece even while it chokes us. False where that changes nothing. */
  allowFast(piece: number): boolean {
    if (this.#allowedFast.size >= MOST_ALLOWED_FAST || this.#allowedFast.has(piece)) return false
    this.#allowedFast.add(piece)
    return true
  }

  /** It has these pieces and no others: one bit for each, most significant first. */
  replacePieces(pieces: Uint8Array): void {
    this.#pieces = new Bitfield(this.#pieces.length, pieces)
  }

  addPiece(piece: number): void {
    this.#pieces.set(piece)
  }

  /** The request stands in its queue from now on. */
  ask(request: BlockRequest): void {
    this.#queue.push(request, this.#clock.now)
  }

  /** And no longer. */
  forget(request: BlockRequest): void {
    this.#queue.remove(request)
  }

  /** The request has been answered with its block. */
  answered(request: BlockRequest): void {
    this.#answers.answered(request)
    this.#delivered++
    this.#conduct.answered()
  }

  /** It has sent a block that nobody asked it for. */
  receivedUnasked(): void {
    this.#unasked++
  }

  /** A request that it has been told of was taken back. */
  cancelled(request: BlockRequest): void {
    this.#avoided.cancelled(request)
  }

  /** The oldest request for the block that was taken back lately and not answered; told once. */
  takeCancelled(index: number): BlockRequest | null {
    return this.#avoided.takeCancelled(index)
  }

  /** A peer that rejects whatever it is asked is left alone for a while, not asked in a loop. */
  rejected(index: number): void {
    this.avoid(index, this.#conduct.rejected())
  }

  /** It has lost a request. */
  lost(): void {
    this.#conduct.lost()
  }

  /** It is not to be asked for the block for so long; ms. */
  avoid(index: number, ms: number): void {
    this.#avoided.avoid(index, this.#clock.now + ms)
  }

  /** Blocks from `from` to `to` (exclusive) may be asked of it again. */
  avoidNone(from: number, to: number): void {
    this.#avoided.forgive(from, to)
  }

  /** It has kept silent for too long. */
  snub(): void {
    this.#conduct.snub()
  }

  ban(): void {
    this.#isBanned = true
  }
}
