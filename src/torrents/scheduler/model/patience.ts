import type { BlockRequest } from './block-request.ts'
import type { SwarmPace } from './swarm-pace.ts'

/** A holder that has never delivered is given so long; ms. */
const STRANGER_PATIENCE_MS = 80
/** And while nobody has delivered, so that there is nothing to compare it with; ms. */
const BLIND_PATIENCE_MS = 200
/** Or so many times what can be expected. */
const STRANGER_PATIENCE = 1.25

/** How long the answer to a request will take; infinite where its holder is given up for it; ms. */
export function remainingMs(request: BlockRequest, pace: SwarmPace, now: number): number {
  const { wire, sentAt } = request
  const expected = wire.answerAt(request, now) - now
  if (wire.isDelivering) return expected
  const waited = now - Math.max(sentAt, wire.timing.lastArrivalAt)
  return waited > patienceMs(request, pace) ? Number.POSITIVE_INFINITY : expected
}

function patienceMs({ wire }: BlockRequest, pace: SwarmPace): number {
  if (pace.delivering > 0) return Math.max(STRANGER_PATIENCE_MS, STRANGER_PATIENCE * pace.latencyMs)
  const { roundTripMs, blockMs } = wire.timing
  return Math.max(BLIND_PATIENCE_MS, STRANGER_PATIENCE * (roundTripMs + blockMs))
}
