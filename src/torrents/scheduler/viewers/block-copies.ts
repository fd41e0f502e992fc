import type { BlockRequest } from '../model/block-request.ts'
import { remainingMs } from '../model/patience.ts'
import { ENOUGH_DELIVERING } from '../model/queue-limit.ts'
import type { SchedulerState } from '../model/scheduler-state.ts'
import type { Wire } from '../model/wire.ts'
import { soonestWire } from './wire-choice.ts'

/** Most requests for one block at a time. */
export const MOST_HOLDERS = 3
/** A block that comes so soon is not worth asking for again; ms. */
export const GOOD_ENOUGH_MS = 120
/** The same, and another wire must be better by the factor `advantage`. */
const USUAL = { patienceMs: GOOD_ENOUGH_MS, advantage: 1.5 }
/** The same while there are too many redundant bytes. */
const SPARING = { patienceMs: 1_000, advantage: 4 }
/** So much worse than another wire, a holder makes room for it where there may be no more. */
const HOPELESS = 4

/** How many copies of a block are wanted, and how soon. */
export interface CopyNeed {
  readonly copies: number
  /** Copies must come from different addresses, and what is here counts as one. */
  readonly otherAddress: boolean
  /** A holder that answers by then is good enough; ms from now. */
  readonly dueMs: number
  /** Requests by which the queue of a wire may exceed its limit. */
  readonly excess: number
}

/** Sees to it that a block is here, or on its way, so many times. False: no wire has room. */
export function ensureCopies(state: SchedulerState, index: number, need: CopyNeed): boolean {
  const { layout, ledger, now, pace, provenance } = state
  const piece = layout.pieceOf(index)
  const { otherAddress, excess } = need
  const wireNeed = { otherAddress, excess, delivering: pace.delivering >= ENOUGH_DELIVERING }
  const isSparing = state.redundancy.isExcessive(ledger.duplicateRequests, pace)
  const { patienceMs, advantage } = isSparing ? SPARING : USUAL
  const good = Math.max(patienceMs, need.dueMs)
  while (!ledger.have.has(piece)) {
    const held = ledger.isHere(index) ? 1 : 0
    if (held > 0 && provenance.isProven(piece, index - layout.firstBlockOf(piece))) break
    const wanted = need.copies - held
    const holders = ledger.holdersOf(index)
    if (countWithin(state, holders, good) >= wanted) break
    const wire = soonestWire(state, index, wireNeed)
    if (wire === null) return false
    const expected = wire.answers.completion - now
    const worth = Math.max(good, advantage * expected)
    if (countWithin(state, holders, worth) >= wanted) break
    if (!hasRoom(state, index, expected)) break
    if (state.order.isNext(index)) makeWay(state, wire, index)
    state.request(wire, index, otherAddress ? 'copy' : 'stream')
  }
  return true
}

/** Takes back what the wire was asked that is not urgent and that it cannot have begun to send. */
function makeWay(state: SchedulerState, wire: Wire, index: number): void {
  const { blockMs, roundTripMs } = wire.timing
  const stoppable = state.now + roundTripMs + blockMs
  let request = wire.queue.tail
  while (request !== null && request.index > index) {
    if (wire.answers.of(request) <= stoppable) return
    const { previous } = request
    state.cancel(request)
    request = previous
  }
}

/** Requests for a block, chained, that are answered within so long; ms. */
function countWithin(state: SchedulerState, holders: BlockRequest | null, ms: number): number {
  let count = 0
  for (let r = holders; r !== null; r = r.nextHolder) if (remainingMs(state, r) <= ms) count++
  return count
}

/** There are few enough holders, or the worst of them is hopeless and gives way. */
function hasRoom(state: SchedulerState, index: number, expectedMs: number): boolean {
  let holders = 0
  let worst: BlockRequest | null = null
  let longest = HOPELESS * expectedMs
  for (let r = state.ledger.holdersOf(index); r !== null; r = r.nextHolder) {
    holders++
    const remaining = remainingMs(state, r)
    if (remaining < longest) continue
    longest = remaining
    worst = r
  }
  if (holders < MOST_HOLDERS) return true
  if (worst === null) return false
  state.cancel(worst)
  return true
}
