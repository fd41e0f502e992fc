import type { OpenPiece } from './open-piece.ts'
import { queueLimit } from './queue-limit.ts'
import type { SchedulerState } from './scheduler-state.ts'
import type { Wire } from './wire.ts'

/** What a wire must be to be asked for a block that others hold or have sent. */
export interface WireNeed {
  /** No copy from an address that has sent it or was asked for it. */
  readonly otherAddress: boolean
  /** Only wires that have delivered, where there are any. */
  readonly delivering: boolean
  /** Blocks by which its queue may exceed its limit. */
  readonly excess: number
}

/** The wire that would have the block here first; `null` where none may be asked for it. */
export function soonestWire(
  state: SchedulerState,
  index: number,
  need: WireNeed,
  now: number,
): Wire | null {
  const { layout, ledger, pace, queueMs } = state
  const piece = layout.pieceOf(index)
  const open = ledger.openPiece(piece)
  let best: Wire | null = null
  let earliest = Number.POSITIVE_INFINITY
  for (const wire of state.wires.values()) {
    if (!wire.canBeAsked(now) || !wire.mayServe(piece) || wire.avoids(index, now)) continue
    if (need.delivering && !wire.isDelivering && pace.delivering > 0) continue
    const limit = queueLimit(wire, pace, queueMs) + need.excess
    if (wire.queue.size >= Math.min(wire.requestLimit, limit)) continue
    if (open !== null && isInvolved(open, index - open.firstBlock, wire, need)) continue
    const completion = wire.completion(now)
    if (completion >= earliest) continue
    earliest = completion
    best = wire
  }
  return best
}

function isInvolved(open: OpenPiece, block: number, wire: Wire, need: WireNeed): boolean {
  if (need.otherAddress && open.involves(block, wire.address)) return true
  return open.requestOf(block, wire) !== null
}
