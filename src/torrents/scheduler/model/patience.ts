import type { AskedWire, BlockRequest } from './block-request.ts'
import type { SchedulerState } from './scheduler-state.ts'
import type { SwarmPace } from './swarm-pace.ts'

/** A holder that has never delivered is given so long; ms. */
const STRANGER_PATIENCE_MS = 80
/** And while nobody has delivered, so that there is nothing to compare it with; ms. */
const BLIND_PATIENCE_MS = 200
/** Or so many times what can be expected. */
const STRANGER_PATIENCE = 1.25

/** How long the answer to a request will take; infinite where its holder is given up for it; ms. */
export function remainingMs({ now, pace }: SchedulerState, request: BlockRequest): number {
  const { sentAt, wire } = request
  const expected = wire.answers.of(request) - now
  if (wire.isDelivering) return expected
  const waited = now - Math.max(sentAt, wire.timing.lastArrivalAt)
  return waited > patienceMs(pace, wire) ? Number.POSITIVE_INFINITY : expected
}

/** When the first answer to requests for a block, chained, will be here; ms from now. */
export function soonestAnswerMs(state: SchedulerState, holders: BlockRequest | null): number {
  let soonest = Number.POSITIVE_INFINITY
  for (let r = holders; r !== null; r = r.nextHolder) {
    soonest = Math.min(soonest, remainingMs(state, r))
  }
  return soonest
}

function patienceMs(pace: SwarmPace, { timing }: AskedWire): number {
  if (pace.delivering > 0) return Math.max(STRANGER_PATIENCE_MS, STRANGER_PATIENCE * pace.latencyMs)
  return Math.max(BLIND_PATIENCE_MS, STRANGER_PATIENCE * (timing.roundTripMs + timing.blockMs))
}
