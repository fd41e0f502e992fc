import { Bitfield } from '../../pieces/bitfield.ts'
import type { Sender } from '../../pieces/block-provenance.ts'
import { type BlockRequest, RequestQueue } from './block-request.ts'
import type { Parole } from './parole.ts'
import { WireTiming } from './wire-timing.ts'

/** A holder that keeps us waiting is expected to take this many times its silence more. */
const SILENCE_WEIGHT = 3
/** A block that is late by up to so many times the usual deviation is not late. */
const USUAL_DEVIATIONS = 2
/** A block that was cancelled is welcome for so long if it comes all the same. */
const CANCELLED_MEMORY_MS = 20_000
/** Cancelled blocks remembered before old ones are swept out, and at most. */
const CANCELLED_MEMORY_SIZE = 1_024
const MOST_CANCELLED = 8_192
/** A wire that rejected a block is not asked for it again so soon; doubled at each further reject. */
const FIRST_REJECT_REST_MS = 500
const LONGEST_REJECT_REST_MS = 30_000
/** Rejected blocks remembered at most; the oldest may be asked for again. */
const MOST_REFUSED = 4_096
/** A wire that rejects so many in a row is not asked for anything for a while. */
const REJECTS_IN_A_ROW = 8
/** One that has failed so often, with nothing sent in between, will not send what is left. */
const FAILURES_IN_A_ROW = 3
/** And for so long; ms. */
const FAILING_MS = 2_000
/** What a peer may be allowed while it chokes us (BEP 6 suggests 10); more is not remembered. */
const MOST_ALLOWED_FAST = 100
/** Blocks that nobody asked for are forgiven up to so many, 16 MiB, and as many as it was asked for. */
const FORGIVEN_UNASKED = 1_024

/** An answer tells that older requests were forgotten: it was sent so much later; ms. */
const OVERTAKEN_MS = 5_000
/** Or so many requests later, more than twice those that stand open, and no sooner than this; ms. */
const OVERTAKEN_BLOCKS = 32
const SOONEST_OVERTAKEN_MS = 1_000

const NEVER = { order: -1, sentAt: Number.NEGATIVE_INFINITY }

/** What is told about a peer when its wire opens. */
export interface WireFacts {
  /** IP address without a port. */
  readonly address: string
  /** `ip:port`; default the address. */
  readonly peer?: string
  /** Requests that the peer lets stand open. */
  readonly requestLimit: number
  /** Time that connecting or the handshake took, where it is known; ms. */
  readonly roundTripMs?: number
}

/** A connected peer: what it has, what it was asked for, and how fast it has been. */
export class Wire {
  readonly id: number
  /** What it sends is noted as coming from here. */
  readonly sender: Sender
  readonly facts: WireFacts
  requestLimit: number
  pieces: Bitfield
  readonly #allowedFast = new Set<number>()
  readonly queue = new RequestQueue()
  readonly timing: WireTiming
  isChoked = true
  /** Blocks received from it that it was asked for. */
  delivered = 0
  /** Blocks received from it that it was not asked for. */
  unasked = 0
  /** It kept silent over what it was asked for, and has not delivered since. */
  isSilent = false
  /** How often in a row that happened. */
  silences = 0
  /** Not to be asked before; ms. */
  restsUntil = Number.NEGATIVE_INFINITY
  isBanned = false
  /** Version of the work that it was last found useless for. */
  exhaustedAt = -1
  exhaustedInBackgroundAt = -1
  /** Requests taken back lately, by block, oldest first. */
  readonly #cancelled = new Map<number, { readonly request: BlockRequest; readonly at: number }>()
  readonly #refused = new Map<number, number>()
  readonly #parole: Parole
  #rejects = 0
  /** Requests that it rejected or lost since it sent something. */
  #failures = 0
  /** The request sent last of those that have been answered. */
  #lastAnswered: { readonly order: number; readonly sentAt: number } = NEVER
  #avoidsSomethingUntil = Number.NEGATIVE_INFINITY

  constructor(
    id: number,
    facts: WireFacts,
    { pieceCount, parole }: { readonly pieceCount: number; readonly parole: Parole },
  ) {
    this.id = id
    this.sender = { peer: facts.peer ?? facts.address, address: facts.address }
    this.facts = facts
    this.#parole = parole
    this.requestLimit = 1
    this.limit(facts.requestLimit)
    this.timing = new WireTiming(facts.roundTripMs)
    this.pieces = new Bitfield(pieceCount)
  }

  get peer(): string {
    return this.sender.peer
  }

  get address(): string {
    return this.sender.address
  }

  /** It has delivered a block and has not gone silent. */
  get isDelivering(): boolean {
    return this.delivered > 0 && !this.isSilent
  }

  /** There may be something for it again. */
  refresh(): void {
    this.exhaustedAt = -1
    this.exhaustedInBackgroundAt = -1
  }

  /** Requests that the peer lets stand open; what is no number of requests counts as one. */
  limit(requests: number): void {
    this.requestLimit = Math.max(1, Math.floor(requests) || 1)
  }

  /** It has rejected or lost a request. */
  hasFailed(): void {
    this.#failures++
  }

  /** It will not send what it is asked for. */
  isFailing(now: number): boolean {
    return this.#failures >= FAILURES_IN_A_ROW && now - this.timing.lastArrivalAt > FAILING_MS
  }

  /** It sends much more than it was asked for. */
  get isFlooding(): boolean {
    return this.unasked > FORGIVEN_UNASKED + this.delivered
  }

  /** The peer gives the piece even while it chokes us. False where that changes nothing. */
  allowFast(piece: number): boolean {
    if (this.#allowedFast.size >= MOST_ALLOWED_FAST || this.#allowedFast.has(piece)) return false
    this.#allowedFast.add(piece)
    return true
  }

  mayServe(piece: number): boolean {
    return this.gives(piece) && this.#parole.allows(this, piece)
  }

  /** It has the piece, and does not choke us as far as that goes. */
  gives(piece: number): boolean {
    if (this.isChoked && !this.#allowedFast.has(piece)) return false
    return this.pieces.isFull || this.pieces.has(piece)
  }

  canBeAsked(now: number): boolean {
    if (this.isBanned || now < this.restsUntil) return false
    return !this.isChoked || this.#allowedFast.size > 0
  }

  /** When a further block would be here; ms. */
  completion(now: number): number {
    return this.#arrivalOf(this.queue.size, now, now)
  }

  /** When the request will be answered; ms. */
  answerAt(request: BlockRequest, now: number): number {
    return this.#arrivalOf(this.queue.positionOf(request), request.sentAt, now)
  }

  /** When the answer to what is `ahead` requests from the front, and was sent then, is here; ms. */
  #arrivalOf(ahead: number, sentAt: number, now: number): number {
    const { blockMs, roundTripMs } = this.timing
    const { head } = this.queue
    const alone = sentAt + roundTripMs + blockMs
    if (head === null) return Math.max(now, alone) + this.#penalty(now)
    // What is overdue comes now at the earliest.
    const first = Math.max(now, this.#busySince(head.sentAt) + blockMs)
    return Math.max(alone, first + ahead * blockMs) + this.#penalty(now)
  }

  #penalty(now: number): number {
    return SILENCE_WEIGHT * this.silence(now)
  }

  /** How long the next block is overdue, more than is usual; ms. */
  silence(now: number): number {
    const { head } = this.queue
    if (head === null) return 0
    const { blockMs, deviationMs } = this.timing
    const usual = blockMs + USUAL_DEVIATIONS * deviationMs
    return Math.max(0, now - this.#busySince(head.sentAt) - usual)
  }

  /** When it last sent, or was asked for, anything while something is asked; ms. */
  quietSince(): number {
    return Math.max(this.queue.head?.sentAt ?? 0, this.timing.lastArrivalAt)
  }

  cancelled(request: BlockRequest, now: number): void {
    if (this.#cancelled.size >= CANCELLED_MEMORY_SIZE) {
      for (const [old, { at }] of this.#cancelled) {
        if (at + CANCELLED_MEMORY_MS > now && this.#cancelled.size < MOST_CANCELLED) break
        this.#cancelled.delete(old)
      }
    }
    this.#cancelled.delete(request.index)
    this.#cancelled.set(request.index, { request, at: now })
    const until = this.#avoidsUntil(request.index)
    this.#avoidsSomethingUntil = Math.max(this.#avoidsSomethingUntil, until)
  }

  /** The request for the block, if it was taken back lately; told once. */
  takeCancelled(index: number): BlockRequest | null {
    const cancelled = this.#cancelled.get(index)
    if (cancelled === undefined) return null
    this.#cancelled.delete(index)
    return cancelled.request
  }

  /** A peer that rejects whatever it is asked is left alone for a while, not asked in a loop. */
  rejected(index: number, now: number): void {
    const rest = Math.min(LONGEST_REJECT_REST_MS, FIRST_REJECT_REST_MS * 2 ** this.#rejects)
    this.#rejects = Math.min(this.#rejects + 1, REJECTS_IN_A_ROW)
    this.avoid(index, now + rest, now)
    if (this.#rejects === REJECTS_IN_A_ROW) this.restsUntil = Math.max(this.restsUntil, now + rest)
  }

  /** Not to be asked for the block before `until`. */
  avoid(index: number, until: number, now: number): void {
    this.#refused.delete(index)
    this.#refused.set(index, until)
    this.#avoidsSomethingUntil = Math.max(this.#avoidsSomethingUntil, until)
    for (const [old, end] of this.#refused) {
      if (end >= now && this.#refused.size <= MOST_REFUSED) break
      this.#refused.delete(old)
    }
  }

  /** Until when the block is not to be asked of it; ms. */
  #avoidsUntil(index: number): number {
    const refused = this.#refused.get(index) ?? Number.NEGATIVE_INFINITY
    const cancelled = this.#cancelled.get(index)
    if (cancelled === undefined) return refused
    // The answer to the request that was taken back may still be under way, and could be mistaken
    // for an answer to the new one.
    return Math.max(refused, cancelled.at + this.timing.roundTripMs + this.timing.blockMs)
  }

  avoids(index: number, now: number): boolean {
    return this.hasAvoided(now) && this.#avoidsUntil(index) > now
  }

  /** When it may be asked for something that it may not be now; ms, infinite where there is no such. */
  availableAt(now: number): number {
    let at = Number.POSITIVE_INFINITY
    if (this.restsUntil > now) at = this.restsUntil
    if (this.#avoidsSomethingUntil > now) at = Math.min(at, this.#avoidsSomethingUntil)
    return at
  }

  /** Are there any blocks that it is not to be asked for just now? */
  hasAvoided(now: number): boolean {
    return now < this.#avoidsSomethingUntil
  }

  /** The request has been answered with its block. */
  answered(request: BlockRequest, now: number): void {
    this.timing.arrived(request, now)
    if (request.order > this.#lastAnswered.order) {
      this.#lastAnswered = { order: request.order, sentAt: request.sentAt }
    }
    this.delivered++
    this.isSilent = false
    this.silences = 0
    this.#rejects = 0
    this.#failures = 0
    this.restsUntil = Number.NEGATIVE_INFINITY
  }

  /**
   * When the oldest request counts as lost, as the peer has answered later ones instead; ms, infinite
   * where it has not. Some drop what is more than they let stand open, or what they were asked
   * before they choked.
   */
  lostAt(): number {
    const { head, size } = this.queue
    const { order, sentAt } = this.#lastAnswered
    if (head === null || order < head.order) return Number.POSITIVE_INFINITY
    if (order - head.order > OVERTAKEN_BLOCKS + 2 * size) return head.sentAt + SOONEST_OVERTAKEN_MS
    return sentAt - head.sentAt >= OVERTAKEN_MS ? sentAt : this.quietSince() + OVERTAKEN_MS
  }

  #busySince(headSentAt: number): number {
    return Math.max(this.timing.lastArrivalAt, headSentAt + this.timing.roundTripMs)
  }
}
