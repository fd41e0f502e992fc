import type { BlockRequest } from './block-request.ts'
import type { Clock } from './clock.ts'
import type { Timing } from './wire-timing.ts'

/** A block that was cancelled is welcome for so long if it comes all the same. */
const CANCELLED_MEMORY_MS = 20_000
/** Cancelled blocks remembered before old ones are swept out, and at most. */
const CANCELLED_MEMORY_SIZE = 1_024
const MOST_CANCELLED = 8_192
/** Rejected blocks remembered at most; the oldest may be asked for again. */
const MOST_REFUSED = 4_096

/** Requests for one block that were taken back, remembered at most; each may be answered. */
const MOST_CANCELLED_OF_BLOCK = 4

interface Cancelled {
  /** Oldest first. */
  readonly requests: readonly BlockRequest[]
  /** When the last of them was taken back; ms. */
  readonly at: number
}

/** Blocks that a wire is not to be asked for just now: it refused them, or they may be under way. */
export class AvoidedBlocks {
  readonly #clock: Clock
  readonly #timing: Timing
  /** Requests taken back lately, by block, oldest first. */
  readonly #cancelled = new Map<number, Cancelled>()
  /** Until when each block is not to be asked for; ms. */
  readonly #refused = new Map<number, number>()
  /** When the last of them may be asked for again; ms. */
  #until = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, timing: Timing) {
    this.#clock = clock
    this.#timing = timing
  }

  /** When all of them may be asked for again; ms. */
  get until(): number {
    return this.#until
  }

  get isAny(): boolean {
    return this.#clock.now < this.#until
  }

  has(index: number): boolean {
    return this.isAny && this.#untilOf(index) > this.#clock.now
  }

  /** The same, but for what may still be under way. */
  isRefused(index: number): boolean {
    return (this.#refused.get(index) ?? Number.NEGATIVE_INFINITY) > this.#clock.now
  }

  /** Not to be asked for the block for so long; ms. */
  avoid(index: number, ms: number): void {
    const { now } = this.#clock
    const until = now + ms
    this.#refused.delete(index)
    this.#refused.set(index, until)
    this.#until = Math.max(this.#until, until)
    for (const [old, end] of this.#refused) {
      if (end >= now && this.#refused.size <= MOST_REFUSED) break
      this.#refused.delete(old)
    }
  }

  /** Blocks from `from` to `to` (exclusive) may be asked for again, whatever was said of them. */
  forgive(from: number, to: number): void {
    for (const index of this.#refused.keys()) {
      if (index >= from && index < to) this.#refused.delete(index)
    }
  }

  /** The request has been taken back. */
  cancelled(request: BlockRequest): void {
    const { now } = this.#clock
    if (this.#cancelled.size >= CANCELLED_MEMORY_SIZE) {
      for (const [old, { at }] of this.#cancelled) {
        if (at + CANCELLED_MEMORY_MS > now && this.#cancelled.size < MOST_CANCELLED) break
        this.#cancelled.delete(old)
      }
    }
    const before = this.#cancelled.get(request.index)?.requests ?? []
    const requests = [...before, request].slice(-MOST_CANCELLED_OF_BLOCK)
    this.#cancelled.delete(request.index)
    this.#cancelled.set(request.index, { requests, at: now })
    this.#until = Math.max(this.#until, this.#untilOf(request.index))
  }

  /** The oldest request for the block that was taken back lately and not answered; told once. */
  takeCancelled(index: number): BlockRequest | null {
    const cancelled = this.#cancelled.get(index)
    if (cancelled === undefined) return null
    const [oldest = null, ...requests] = cancelled.requests
    if (requests.length === 0) this.#cancelled.delete(index)
    else this.#cancelled.set(index, { requests, at: cancelled.at })
    return oldest
  }

  #untilOf(index: number): number {
    const refused = this.#refused.get(index) ?? Number.NEGATIVE_INFINITY
    const cancelled = this.#cancelled.get(index)
    if (cancelled === undefined) return refused
    // The answer to the request that was taken back may still be under way, and could be mistaken
    // for an answer to the new one.
    return Math.max(refused, cancelled.at + this.#timing.roundTripMs + this.#timing.blockMs)
  }
}
