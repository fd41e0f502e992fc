import type { BlockRequest } from './block-request.ts'
import { MISSING, type OpenPiece, PROVEN } from './open-piece.ts'
import { remainingMs } from './patience.ts'
import { ENOUGH_DELIVERING } from './queue-limit.ts'
import type { SchedulerState } from './scheduler-state.ts'
import { soonestWire } from './wire-choice.ts'

/** Most requests for one block at a time. */
export const MOST_HOLDERS = 3
/** A block that comes within this is not worth asking for again; ms. */
const PATIENCE_MS = 120
/** Another wire must be better by this factor. */
const ADVANTAGE = 1.5
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

/** Sees to it that a block is here, or on its way, so many times. False: no wire is better. */
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
  for (;;) {
    const open = ledger.openPiece(piece)
    if (ledger.have.has(piece) || open?.states[block] === PROVEN) return true
    const good = Math.max(PATIENCE_MS, need.dueMs)
    if (countCopies(state, open, block, good, now) >= need.copies) return true
    const wire = soonestWire(state, index, wireNeed, now)
    if (wire === null) return false
    const worth = Math.max(good, ADVANTAGE * (wire.completion(now) - now))
    if (countCopies(state, open, block, worth, now) >= need.copies) return false
    if (open !== null && open.holderCount(block) >= MOST_HOLDERS) {
      const worst = worstHolder(state, open, block, now)
      if (worst.remaining < HOPELESS * (wire.completion(now) - now)) return false
      if (worst.request !== null) state.cancel(worst.request)
    }
    const isCopy = otherAddress && (ledger.openPiece(piece)?.states[block] ?? MISSING) !== MISSING
    state.request(wire, index, isCopy ? 'copy' : 'stream', now)
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
  let count = open.isHere(block) ? 1 : 0
  for (let r = open.holders[block] ?? null; r !== null; r = r.nextHolder) {
    if (remainingMs(r, state.pace, now) <= withinMs) count++
  }
  return count
}

function worstHolder(
  state: SchedulerState,
  open: OpenPiece,
  block: number,
  now: number,
): { request: BlockRequest | null; remaining: number } {
  let request: BlockRequest | null = null
  let remaining = Number.NEGATIVE_INFINITY
  for (let r = open.holders[block] ?? null; r !== null; r = r.nextHolder) {
    const expected = remainingMs(r, state.pace, now)
    if (expected <= remaining) continue
    remaining = expected
    request = r
  }
  return { request, remaining }
}
