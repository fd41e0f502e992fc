import type { BlockRequest } from '../model/block-request.ts'
import type { OpenPiece } from '../model/downloading-piece.ts'
import { remainingMs } from '../model/patience.ts'
import { ENOUGH_DELIVERING } from '../model/queue-limit.ts'
import type { SchedulerState } from '../model/scheduler-state.ts'
import type { Wire } from '../model/wire.ts'
import { soonestWire } from './wire-choice.ts'

/** Most requests for one block at a time. */
export const MOST_HOLDERS = 3
/** A block that comes within this is not worth asking for again; ms. */
const PATIENCE_MS = 120
/** Another wire must be better by this factor. */
const ADVANTAGE = 1.5
/** The same while too much comes twice. */
const WASTEFUL_PATIENCE_MS = 1_000
const WASTEFUL_ADVANTAGE = 4
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
export function ensureCopies(
  state: SchedulerState,
  index: number,
  need: CopyNeed,
  now: number,
): boolean {
  const { layout, ledger, pace } = state
  const piece = layout.pieceOf(index)
  const block = index - layout.firstBlockOf(piece)
  const { otherAddress, excess } = need
  const wireNeed = { otherAddress, excess, delivering: pace.delivering >= ENOUGH_DELIVERING }
  const isWasteful = state.waste.isExcessive(ledger.duplicateRequests, pace)
  const good = Math.max(isWasteful ? WASTEFUL_PATIENCE_MS : PATIENCE_MS, need.dueMs)
  while (!ledger.have.has(piece)) {
    const open = ledger.openPiece(piece)
    if (countCopies(state, open, block, good, now) >= need.copies) break
    const wire = soonestWire(state, index, wireNeed, now)
    if (wire === null) return false
    const expected = wire.completion(now) - now
    const worth = Math.max(good, (isWasteful ? WASTEFUL_ADVANTAGE : ADVANTAGE) * expected)
    if (countCopies(state, open, block, worth, now) >= need.copies) break
    if (open !== null && !hasRoom(state, open, block, expected, now)) break
    if (state.order.isNext(index)) makeWay(state, wire, index, now)
    state.request(wire, index, otherAddress ? 'copy' : 'stream', now)
  }
  return true
}

/** Takes back what the wire was asked that is not urgent and that it cannot have begun to send. */
function makeWay(state: SchedulerState, wire: Wire, index: number, now: number): void {
  const { blockMs, roundTripMs } = wire.timing
  const stoppable = now + roundTripMs + blockMs
  let request = wire.queue.tail
  while (request !== null && request.index > index) {
    if (wire.answerAt(request, now) <= stoppable) return
    const previous = request.previous
    state.cancel(request)
    request = previous
  }
}

/** Copies that are here or come within `withinMs`. */
function countCopies(
  state: SchedulerState,
  open: OpenPiece | null,
  block: number,
  withinMs: number,
  now: number,
): number {
  if (open === null) return 0
  if (state.provenance.isProven(open.piece, block)) return Number.POSITIVE_INFINITY
  let count = open.isHere(block) ? 1 : 0
  for (let r = open.holders[block] ?? null; r !== null; r = r.nextHolder) {
    if (remainingMs(r, state.pace, now) <= withinMs) count++
  }
  return count
}

/** When the first of the answers to the requests for a block will be here; ms from now. */
export function expectedMs(
  state: SchedulerState,
  open: OpenPiece,
  block: number,
  now: number,
): number {
  let expected = Number.POSITIVE_INFINITY
  for (let r = open.holders[block] ?? null; r !== null; r = r.nextHolder) {
    expected = Math.min(expected, remainingMs(r, state.pace, now))
  }
  return expected
}

/** There are few enough holders, or the worst of them is hopeless and gives way. */
function hasRoom(
  state: SchedulerState,
  open: OpenPiece,
  block: number,
  expectedMs: number,
  now: number,
): boolean {
  if (open.holderCount(block) < MOST_HOLDERS) return true
  let worst: BlockRequest | null = null
  let longest = HOPELESS * expectedMs
  for (let r = open.holders[block] ?? null; r !== null; r = r.nextHolder) {
    const remaining = remainingMs(r, state.pace, now)
    if (remaining < longest) continue
    longest = remaining
    worst = r
  }
  if (worst === null) return false
  state.cancel(worst)
  return true
}
