import type { Trust } from './trust.ts'
import type { Wire } from './wire.ts'

/** What the wires that may be asked can do together, at one moment. */
export interface SwarmPace {
  /** Wires that have delivered and not gone silent. */
  readonly delivering: number
  /** Those of them whose address is trusted. */
  readonly trusted: number
  /** What the delivering wires send together. */
  readonly blocksPerMs: number
  /** Median over the delivering wires of the time from a request to its block when idle; ms. */
  readonly latencyMs: number
}

export function paceOf(wires: Iterable<Wire>, trust: Trust, now: number): SwarmPace {
  let trusted = 0
  let blocksPerMs = 0
  const latencies: number[] = []
  for (const wire of wires) {
    if (!wire.isDelivering || !wire.canBeAsked(now)) continue
    const { blockMs, roundTripMs } = wire.timing
    if (trust.isTrusted(wire.address)) trusted++
    latencies.push(roundTripMs + blockMs)
    blocksPerMs += 1 / (blockMs + wire.silence(now))
  }
  latencies.sort((a, b) => a - b)
  const latencyMs = latencies[latencies.length >> 1] ?? 0
  return { delivering: latencies.length, trusted, blocksPerMs, latencyMs }
}
