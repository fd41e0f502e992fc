import type { SchedulerState } from './model/scheduler-state.ts'

/** While a reader starves, the holders of its blocks are judged so often; ms. */
const STARVING_TICK_MS = 20
/** No plan is due sooner after another, however times are rounded; ms. */
const SHORTEST_TICK_MS = 1

/** When to plan again if nothing happens; `others`: when parts of the scheduler want it. */
export function nextPlanAt(state: SchedulerState, others: readonly number[]): number {
  const { isAnyStarving, now, wires } = state
  let at = Math.min(...others)
  let outstanding = 0
  for (const wire of wires.values()) {
    at = Math.min(at, wire.availableAt)
    outstanding += wire.queue.size + wire.samples
  }
  if (isAnyStarving && outstanding > 0) at = Math.min(at, now + STARVING_TICK_MS)
  return Math.max(at, now + SHORTEST_TICK_MS)
}
