import type { BlockProvenance } from '../../pieces/block-provenance.ts'
import type { Wire } from './wire.ts'

/** What the wires that may be asked can do together, at one moment. */
export class SwarmPace {
  /** Wires that have delivered and not gone silent. */
  readonly delivering: number
  /** Those of them whose peer is trusted. */
  readonly trusted: number
  /** What the delivering wires send together. */
  readonly blocksPerMs: number
  readonly #latencies: number[] = []
  #isSorted = false

  constructor(wires: Iterable<Wire>, provenance: BlockProvenance, now: number) {
    let trusted = 0
    let blocksPerMs = 0
    for (const wire of wires) {
      if (!wire.isDelivering || !wire.canBeAsked(now)) continue
      const { blockMs, roundTripMs } = wire.timing
      if (provenance.isTrusted(wire.peer)) trusted++
      this.#latencies.push(roundTripMs + blockMs)
      blocksPerMs += 1 / (blockMs + wire.silence(now))
    }
    this.delivering = this.#latencies.length
    this.trusted = trusted
    this.blocksPerMs = blocksPerMs
  }

  /** Median over the delivering wires of the time from a request to its block when idle; ms. */
  get latencyMs(): number {
    if (!this.#isSorted) this.#latencies.sort((a, b) => a - b)
    this.#isSorted = true
    return this.#latencies[this.#latencies.length >> 1] ?? 0
  }
}
