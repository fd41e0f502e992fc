import { hostNetwork } from '../../../ip-address.ts'
import type { Sender } from '../../pieces/block-provenance.ts'
import { AnswerTimes } from './answer-times.ts'
import { AvoidedBlocks } from './avoided-blocks.ts'
import type { AskedWire, BlockRequest } from './block-request.ts'
import type { Clock } from './clock.ts'
import { Conduct } from './conduct.ts'
import type { Parole } from './parole.ts'
import { PeerPieces } from './peer-pieces.ts'
import { RequestQueue } from './request-queue.ts'
import { WireTiming } from './wire-timing.ts'

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

/** A connected peer. What it is asked for follows from its parts together. */
export class Wire implements AskedWire {
  readonly id: number
  /** What it sends is noted as coming from here. */
  readonly sender: Sender
  /** What it has and gives. */
  readonly pieces: PeerPieces
  /** How fast it has been. */
  readonly timing: WireTiming
  /** When it will have sent what it was asked for. */
  readonly answers: AnswerTimes
  /** How it treats what it is asked for. */
  readonly conduct: Conduct
  /** What it is not to be asked for just now. */
  readonly avoided: AvoidedBlocks
  readonly givesSamples: boolean
  /** Samples that it was asked for and has not sent: they count as requests. */
  samples = 0
  hasGivenSamples = false
  readonly #clock: Clock
  readonly #parole: Parole
  readonly #queue = new RequestQueue()
  #requestLimit = 1
  #isBanned = false
  #exhaustedAt = -1
  #exhaustedInBackgroundAt = -1

  constructor(id: number, facts: WireFacts, { pieceCount, parole, clock }: WireSurroundings) {
    this.id = id
    this.sender = { peer: facts.peer ?? facts.address, address: hostNetwork(facts.address) }
    this.pieces = new PeerPieces(pieceCount, clock)
    this.timing = new WireTiming(facts.roundTripMs)
    this.answers = new AnswerTimes(clock, this.timing, this.#queue)
    this.conduct = new Conduct(clock, this.timing)
    this.avoided = new AvoidedBlocks(clock, this.timing)
    this.givesSamples = facts.givesSamples ?? true
    this.#clock = clock
    this.#parole = parole
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

  get queue(): Pick<RequestQueue, 'head' | 'tail' | 'size' | 'backgroundSize' | 'toArray'> {
    return this.#queue
  }

  get requestLimit(): number {
    return Math.max(1, this.#requestLimit - this.samples)
  }

  /** Something is asked of it. */
  get isBusy(): boolean {
    return this.#queue.size > 0
  }

  /** It has delivered a block and has not been snubbed since. */
  get isDelivering(): boolean {
    return this.conduct.isDelivering
  }

  get isBanned(): boolean {
    return this.#isBanned
  }

  get canBeAsked(): boolean {
    if (this.#isBanned || this.#clock.now < this.conduct.restsUntil) return false
    return this.pieces.mayGive
  }

  /** It gives the piece, and nobody else alone is to send it. */
  mayServe(piece: number): boolean {
    return this.pieces.gives(piece) && this.#parole.allows(this, piece)
  }

  /** When it may be asked for something that it may not be now; ms, infinite where there is no such. */
  get availableAt(): number {
    const { now } = this.#clock
    const { restsUntil } = this.conduct
    const rested = restsUntil > now ? restsUntil : Number.POSITIVE_INFINITY
    return this.avoided.until > now ? Math.min(rested, this.avoided.until) : rested
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
    if (this.pieces.isChoked) return
    this.pieces.choke()
    if (this.#queue.size > 0) this.conduct.chokedOwing()
  }

  unchoke(): void {
    if (this.pieces.isChoked) this.conduct.unchoked()
    this.pieces.unchoke()
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
    this.answers.answered(request)
    this.conduct.answered()
  }

  /** A peer that rejects whatever it is asked is left alone for a while, not asked in a loop. */
  rejected(index: number): void {
    this.avoided.avoid(index, this.conduct.rejected())
  }

  ban(): void {
    this.#isBanned = true
  }
}
