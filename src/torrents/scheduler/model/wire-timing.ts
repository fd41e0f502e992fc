import { BLOCK_LENGTH } from '../../pieces/block.ts'
import type { BlockRequest } from './block-request.ts'

type Answered = Pick<BlockRequest, 'sentAt' | 'ahead' | 'length'>

/** Round trip taken for granted until one is told or measured: a peer on another continent. */
const ASSUMED_ROUND_TRIP_MS = 100
/** Time for 16 KiB taken for granted until measured: 6.5 Mbit/s. */
const ASSUMED_BLOCK_MS = 20
/** Of the time that the first block took, the share that is taken for its transmission. */
const ASSUMED_BLOCK_SHARE = 1 / 3
/** The rate follows changes within about this long, and evens out bursts that are shorter. */
const RATE_MEMORY_MS = 1_500
/** Share of the newest interval in the usual deviation, as TCP has it (RFC 6298). */
const DEVIATION_SHARE = 1 / 4
/** A pause between blocks is remembered for about so long; ms in which the peer had something to send. */
const TURN_MEMORY_MS = 4_000
/** Intervals between blocks that have to be seen before the rate counts as known. */
const BLOCKS_FOR_RATE = 2
/** Loopback clocks may not move between two blocks. */
const SHORTEST_BLOCK_MS = 0.005

/** What is known of how fast a wire is. */
export interface Timing {
  /** From a request to the first byte of its block, on an idle wire; ms. */
  readonly roundTripMs: number
  /** For 16 KiB when it is busy; ms. */
  readonly blockMs: number
  readonly isRateKnown: boolean
  /** By how much the intervals between blocks usually differ from that; ms. */
  readonly deviationMs: number
  /** The longest pause between two blocks that is usual while it has something to send; ms. */
  readonly turnMs: number
}

/** How long a wire takes: its round trip, and its rate as the time it needs for one block. */
export class WireTiming implements Timing {
  #roundTripMs: number
  #blockMs = ASSUMED_BLOCK_MS
  #isRateKnown = false
  #deviationMs = 0
  #turnMs = 0
  #lastArrivalAt = Number.NEGATIVE_INFINITY
  readonly #isRoundTripTold: boolean
  /** Of the first block; a guess has divided it into round trip and transmission. */
  #firstLatencyMs: number | null = null
  #countsInterval = false
  #bytes = 0
  #ms = 0
  #blocks = 0

  /** `roundTripMs` as the handshake showed it, where known. */
  constructor(roundTripMs: number | undefined) {
    this.#isRoundTripTold = roundTripMs !== undefined
    this.#roundTripMs = roundTripMs ?? ASSUMED_ROUND_TRIP_MS
  }

  get roundTripMs(): number {
    return this.#roundTripMs
  }

  get blockMs(): number {
    return this.#blockMs
  }

  get isRateKnown(): boolean {
    return this.#isRateKnown
  }

  get deviationMs(): number {
    return this.#deviationMs
  }

  get turnMs(): number {
    return this.#turnMs
  }

  /** When a block that was asked for came last; ms. */
  get lastArrivalAt(): number {
    return this.#lastArrivalAt
  }

  /** A block that was asked for has come; `at` in ms. */
  arrived(request: Answered, at: number): void {
    if (request.ahead === 0) this.#measureRoundTrip(at - request.sentAt)
    if (at > this.#lastArrivalAt) {
      // Time counts from when the peer had something to send. To leave out what follows a pause
      // would leave the blocks that come with it, in one batch after a hiccup, without any time.
      const busySince = Math.max(this.#lastArrivalAt, request.sentAt + this.#roundTripMs)
      this.#countsInterval = at > busySince
      if (this.#countsInterval) this.#addInterval(at - busySince)
      this.#lastArrivalAt = at
    }
    if (this.#countsInterval) this.#addBytes(request.length)
  }

  #measureRoundTrip(latencyMs: number): void {
    if (this.#firstLatencyMs === null) {
      this.#firstLatencyMs = latencyMs
      this.#guess(latencyMs)
      return
    }
    const sample = Math.max(0, latencyMs - this.#blockMs)
    if (sample < this.#roundTripMs) this.#roundTripMs = sample
    else this.#roundTripMs += (sample - this.#roundTripMs) / 8
  }

  /** The first block tells an upper limit of both; a slow wire must not look like a far one. */
  #guess(latencyMs: number): void {
    const told = latencyMs - this.#roundTripMs
    const guessed = latencyMs * ASSUMED_BLOCK_SHARE
    const blockMs = this.#isRoundTripTold && told > 0 ? told : guessed
    this.#blockMs = Math.max(SHORTEST_BLOCK_MS, blockMs)
    this.#roundTripMs = latencyMs - this.#blockMs
  }

  #addInterval(ms: number): void {
    this.#deviationMs += (Math.abs(ms - this.#blockMs) - this.#deviationMs) * DEVIATION_SHARE
    this.#turnMs = Math.max(ms, this.#turnMs * Math.exp(-ms / TURN_MEMORY_MS))
    const kept = Math.exp(-ms / RATE_MEMORY_MS)
    this.#bytes *= kept
    this.#ms = this.#ms * kept + ms
  }

  #addBytes(bytes: number): void {
    this.#bytes += bytes
    this.#blocks++
    this.#blockMs = Math.max(SHORTEST_BLOCK_MS, (this.#ms * BLOCK_LENGTH) / this.#bytes)
    if (this.#isRateKnown || this.#blocks < BLOCKS_FOR_RATE) return
    this.#isRateKnown = true
    if (this.#firstLatencyMs === null) return
    this.#roundTripMs = Math.max(0, this.#firstLatencyMs - this.#blockMs)
  }
}
