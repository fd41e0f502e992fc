import type { BlockProvenance } from '../../pieces/block-provenance.ts'
import type { AnswerTimes } from './answer-times.ts'
import type { Timing } from './wire-timing.ts'

/** What matters of a wire. */
export interface PacedWire {
  readonly peer: string
  readonly isDelivering: boolean
  readonly canBeAsked: boolean
  /** Something is asked of it. */
  readonly isBusy: boolean
  readonly timing: Timing
  readonly answers: Pick<AnswerTimes, 'overdueMs'>
}

/** What the wires that may be asked can do together, at one moment. */
export class SwarmPace {
  /** Wires that have delivered and not been snubbed. */
  readonly delivering: number
  /** Those of them whose peer is trusted. */
  readonly trusted: number
  /** What the delivering wires send together. */
  readonly blocksPerMs: number
  /** The same of those that something is asked of: what others once sent is no promise. */
  readonly busyBlocksPerMs: number
  readonly #latencies: number[] = []
  #isSorted = false

  constructor(wires: Iterable<PacedWire>, provenance: BlockProvenance) {
    let trusted = 0
    let blocksPerMs = 0
    let busyBlocksPerMs = 0
    for (const wire of wires) {
      if (!wire.isDelivering || !wire.canBeAsked) continue
      const { blockMs, roundTripMs } = wire.timing
      if (provenance.isTrusted(wire.peer)) trusted++
      this.#latencies.push(roundTripMs + blockMs)
      const rate = 1 / (blockMs + wire.answers.overdueMs)
      blocksPerMs += rate
      if (wire.isBusy) busyBlocksPerMs += rate
    }
    this.delivering = this.#latencies.length
    this.trusted = trusted
    this.blocksPerMs = blocksPerMs
    this.busyBlocksPerMs = busyBlocksPerMs
  }

  /** Median over the delivering wires of the time from a request to its block when idle; ms. */
  get latencyMs(): number {
    if (!this.#isSorted) this.#latencies.sort((a, b) => a - b)
    this.#isSorted = true
    return this.#latencies[this.#latencies.length >> 1] ?? 0
  }
}
