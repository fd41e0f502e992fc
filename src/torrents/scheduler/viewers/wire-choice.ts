import type { OpenPiece } from '../model/downloading-piece.ts'
import { queueLimit } from '../model/queue-limit.ts'
import type { SchedulerState } from '../model/scheduler-state.ts'
import type { Wire } from '../model/wire.ts'

/** A full wire is waited for where it is sooner by this factor all the same. */
const WORTH_WAITING = 1.5

/** What a wire must be to be asked for a block that others hold or have sent. */
export interface WireNeed {
  /** No copy from an address that has sent it or was asked for it. */
  readonly otherAddress: boolean
  /** Only wires that have delivered, where there are any. */
  readonly delivering: boolean
  /** Blocks by which its queue may exceed its limit. */
  readonly excess: number
}

/** The wire that would have the block here first; `null` where none may be asked for it now. */
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
  let earliestFull = Number.POSITIVE_INFINITY
  for (const wire of state.wires.values()) {
    if (!wire.canBeAsked(now) || !wire.mayServe(piece) || wire.avoids(index, now)) continue
    if (need.delivering && !wire.isDelivering && pace.delivering > 0) continue
    if (open !== null && isInvolved(state, open, wire, { index, need })) continue
    const completion = wire.completion(now)
    const limit = queueLimit(wire, pace, queueMs) + need.excess
    if (wire.queue.size >= Math.min(wire.requestLimit, limit)) {
      earliestFull = Math.min(earliestFull, completion)
    } else if (completion < earliest) {
      earliest = completion
      best = wire
    }
  }
  // It is sooner here if it waits for room in the queue of a wire that is so much faster.
  return earliest - now > WORTH_WAITING * (earliestFull - now) ? null : best
}

function isInvolved(
  { provenance }: SchedulerState,
  open: OpenPiece,
  wire: Wire,
  { index, need }: { readonly index: number; readonly need: WireNeed },
): boolean {
  const block = index - open.firstBlock
  if (need.otherAddress) {
    if (provenance.isFrom(open.piece, block, wire.address)) return true
    if (open.isAskedOf(block, wire.address)) return true
  }
  return open.requestOf(block, wire) !== null
}
