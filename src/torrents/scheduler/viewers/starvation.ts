import type { SchedulerState } from '../model/scheduler-state.ts'

/** A reader for which nothing has moved for so long is waited for no longer; ms. */
const STUCK_MS = 10_000
/** While a reader starves, the holders of its blocks are judged so often; ms. */
const STARVING_TICK_MS = 20
/** No plan is due sooner after another, however times are rounded; ms. */
const SHORTEST_TICK_MS = 1

/**
 * Is some viewer about to have nothing to watch, although a peer that does not choke us has what
 * it needs and something has moved for it in the last 10 s?
 */
export function isAnyoneStarving({ layout, order, wires }: SchedulerState, now: number): boolean {
  for (const state of order.states) {
    state.advance()
    if (!state.isStarving || state.window.priority !== 'viewer') continue
    if (now - state.movedAt > STUCK_MS) continue
    const piece = layout.pieceOf(state.playableFront)
    for (const wire of wires.values()) {
      if (!wire.isChoked && !wire.isBanned && wire.pieces.has(piece)) return true
    }
  }
  return false
}

/** When to plan again if nothing happens; `others`: when parts of the scheduler want it. */
export function nextPlanAt(state: SchedulerState, others: readonly number[], now: number): number {
  let at = Math.min(...others)
  let outstanding = 0
  for (const wire of state.wires.values()) {
    at = Math.min(at, wire.availableAt(now))
    outstanding += wire.queue.size
  }
  if (state.isAnyStarving && outstanding > 0) at = Math.min(at, now + STARVING_TICK_MS)
  return Math.max(at, now + SHORTEST_TICK_MS)
}
