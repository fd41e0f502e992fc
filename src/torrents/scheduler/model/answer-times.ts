import type { BlockRequest } from './block-request.ts'
import type { Clock } from './clock.ts'
import type { RequestQueue } from './request-queue.ts'
import type { WireTiming } from './wire-timing.ts'

/** A holder that keeps us waiting is expected to take this many times its silence more. */
const SILENCE_WEIGHT = 3
/** A block that is late by up to so many times the usual deviation is not late. */
const USUAL_DEVIATIONS = 2

/** An answer tells that older requests were forgotten: it was sent so much later; ms. */
const OVERTAKEN_MS = 5_000
/** Or so many requests later, more than twice those that stand open, and no sooner than this; ms. */
const OVERTAKEN_BLOCKS = 32
const SOONEST_OVERTAKEN_MS = 1_000

const NEVER = { order: -1, sentAt: Number.NEGATIVE_INFINITY }

/** When a wire will have answered what it was asked for, and when that counts as late or lost. */
export class AnswerTimes {
  readonly #clock: Clock
  readonly #timing: WireTiming
  readonly #queue: Pick<RequestQueue, 'head' | 'size' | 'positionOf'>
  /** The request sent last of those that have been answered. */
  #lastAnswered: { readonly order: number; readonly sentAt: number } = NEVER

  constructor(
    clock: Clock,
    timing: WireTiming,
    queue: Pick<RequestQueue, 'head' | 'size' | 'positionOf'>,
  ) {
    this.#clock = clock
    this.#timing = timing
    this.#queue = queue
  }

  /** When a further block would be here; ms. */
  get completion(): number {
    return this.#arrivalOf(this.#queue.size, this.#clock.now)
  }

  /** When the request will be answered; ms. */
  of(request: BlockRequest): number {
    return this.#arrivalOf(this.#queue.positionOf(request), request.sentAt)
  }

  /** How long the next block is overdue, more than is usual; ms. */
  get overdueMs(): number {
    const { head } = this.#queue
    if (head === null) return 0
    const { blockMs, deviationMs } = this.#timing
    const usual = blockMs + USUAL_DEVIATIONS * deviationMs
    return Math.max(0, this.#clock.now - this.#busySince(head.sentAt) - usual)
  }

  /** When the wire last sent, or was asked for, anything while something is asked; ms. */
  get quietSince(): number {
    return Math.max(this.#queue.head?.sentAt ?? 0, this.#timing.lastArrivalAt)
  }

  /**
   * When the oldest request counts as lost, as the peer has answered later ones instead; ms, infinite
   * where it has not. Some drop what is more than they let stand open, or what they were asked
   * before they choked.
   */
  get lostAt(): number {
    const { head, size } = this.#queue
    const { order, sentAt } = this.#lastAnswered
    if (head === null || order < head.order) return Number.POSITIVE_INFINITY
    if (order - head.order > OVERTAKEN_BLOCKS + 2 * size) return head.sentAt + SOONEST_OVERTAKEN_MS
    return sentAt - head.sentAt >= OVERTAKEN_MS ? sentAt : this.quietSince + OVERTAKEN_MS
  }

  /** The request has been answered with its block. */
  answered(request: BlockRequest): void {
    this.#timing.arrived(request, this.#clock.now)
    if (request.order <= this.#lastAnswered.order) return
    this.#lastAnswered = { order: request.order, sentAt: request.sentAt }
  }

  /** When the answer to what is `ahead` requests from the front, and was sent then, is here; ms. */
  #arrivalOf(ahead: number, sentAt: number): number {
    const { now } = this.#clock
    const { blockMs, roundTripMs } = this.#timing
    const { head } = this.#queue
    const alone = sentAt + roundTripMs + blockMs
    const penalty = SILENCE_WEIGHT * this.overdueMs
    if (head === null) return Math.max(now, alone) + penalty
    // What is overdue comes now at the earliest.
    const first = Math.max(now, this.#busySince(head.sentAt) + blockMs)
    return Math.max(alone, first + ahead * blockMs) + penalty
  }

  #busySince(headSentAt: number): number {
    return Math.max(this.#timing.lastArrivalAt, headSentAt + this.#timing.roundTripMs)
  }
}
