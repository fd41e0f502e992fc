import type { SchedulerState } from '../model/scheduler-state.ts'

/** A reader for which nothing has moved for so long is waited for no longer; ms. */
const STUCK_MS = 10_000

/**
 * Is some viewer about to have nothing to watch, although a peer that does not choke us has what
 * it needs and something has moved for it in the last 10 s?
 */
export function isAnyoneStarving({ layout, now, order, wires }: SchedulerState): boolean {
  for (const reader of order.readers) {
    reader.advance()
    if (!reader.isStarving || reader.window.priority !== 'viewer') continue
    if (now - reader.movedAt > STUCK_MS) continue
    const piece = layout.pieceOf(reader.playableFront)
    for (const wire of wires.values()) {
      if (!wire.pieces.isChoked && !wire.isBanned && wire.pieces.has(piece)) return true
    }
  }
  return false
}
