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
export function soonestWire(state: SchedulerState, index: number, need: WireNeed): Wire | null {
  const { layout, ledger, now, pace, queueMs } = state
  const piece = layout.pieceOf(index)
  const block = index - layout.firstBlockOf(piece)
  const downloading = ledger.downloading(piece)
  const involved = need.otherAddress ? involvedAddresses(state, index) : null
  let best: Wire | null = null
  let earliest = Number.POSITIVE_INFINITY
  let earliestFull = Number.POSITIVE_INFINITY
  for (const wire of state.wires.values()) {
    if (!wire.canBeAsked || !wire.mayServe(piece) || wire.avoided.has(index)) continue
    if (need.delivering && !wire.isDelivering && pace.delivering > 0) continue
    if (downloading?.requestOf(block, wire.id)) continue
    if (involved?.includes(wire.address)) continue
    const { completion } = wire.answers
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

/** Addresses that have sent the block, or been asked for it. */
function involvedAddresses(
  { layout, ledger, provenance }: SchedulerState,
  index: number,
): readonly string[] {
  const piece = layout.pieceOf(index)
  const addresses = provenance.addressesOf(piece, index - layout.firstBlockOf(piece))
  for (let r = ledger.holdersOf(index); r !== null; r = r.nextHolder) addresses.push(r.wire.address)
  return addresses
}
