import { ENOUGH_DELIVERING, queueLimit } from './queue-limit.ts'
import type { SchedulerState } from './scheduler-state.ts'
import { READY_BLOCKS } from './stream-window.ts'
import { dueOf, nextBlockFor, type WantedRange } from './window-order.ts'
import type { Wire } from './wire.ts'

/** A stranger is taken for a wire that answers so much later than the others; ms. */
const STRANGER_DELAY_MS = 1_500
/** A stranger's block is at most so far into what is still wanted, as a share of it. */
const STRANGER_REACH = 0.75
/** Estimates differ by about this many blocks; a wire that is later by less skips nothing. */
const SKIP_TOLERANCE_BLOCKS = 2
/** A late wire leaves some more to the others, so that its block is not late when it is needed. */
const SKIP_MARGIN = 1.3

/** No block is left to others for longer; ms. */
const LONGEST_LEFT_MS = 200

/** A wire, and when a further block from it would be here; ms. */
interface Bid {
  readonly wire: Wire
  completion: number
  /** Its queue has room, and there may be something for it. */
  isOpen: boolean
  /** It may have what is urgent, too: others may leave that to it. */
  readonly isReliable: boolean
}

/**
 * Requests what the streams want, each block from the wire that will have it here first. A wire
 * that is later than the others by some time leaves to them what they send within that time.
 */
export class StreamAssignment {
  readonly #state: SchedulerState
  #bids: readonly Bid[] = []
  /** Those that were open when the plan began. */
  #open: readonly Bid[] = []
  /** When the soonest delivering wire, full or not, would have a further block here; ms. */
  #soonest = Number.POSITIVE_INFINITY

  constructor(state: SchedulerState) {
    this.#state = state
  }

  assign(now: number): void {
    const ranges = this.#state.order.ranges.filter((range) => this.#hasWork(range))
    if (ranges.length === 0) return
    this.#bids = this.#collectBids(now)
    this.#open = this.#bids.filter(({ isOpen }) => isOpen)
    this.#updateSoonest()
    for (let bid = this.#bestBid(); bid !== null; bid = this.#bestBid()) {
      const skip = this.#skipOf(bid)
      const index = this.#pick(bid, ranges, skip, now)
      if (index >= 0) this.#award(bid, index, now)
      else {
        bid.isOpen = false
        if (skip === 0 && !bid.wire.hasAvoided(now)) bid.wire.exhaustedAt = this.#state.workVersion
      }
    }
  }

  #hasWork(range: WantedRange): boolean {
    range.cursor = this.#state.ledger.firstUnassigned(range.cursor, range.to)
    return range.cursor < this.#endOf(range)
  }

  /** Exclusive; a full store takes only what is waited for. */
  #endOf(range: WantedRange): number {
    if (!this.#state.isStoreFull) return range.to
    const { layout } = this.#state
    const { startBlock, window } = range.state
    if (!window.waiting) return range.from
    return Math.min(range.to, layout.firstBlockOf(layout.pieceOf(startBlock) + 1))
  }

  #collectBids(now: number): Bid[] {
    const { pace, queueMs, wires, workVersion } = this.#state
    const bids: Bid[] = []
    for (const wire of wires.values()) {
      if (!wire.canBeAsked(now)) continue
      const hasRoom = wire.queue.size < queueLimit(wire, pace, queueMs)
      const isOpen = hasRoom && wire.exhaustedAt !== workVersion
      const isReliable = wire.isDelivering && !this.#lacksTrust(wire)
      bids.push({ wire, completion: this.#completionOf(wire, now), isOpen, isReliable })
    }
    return bids
  }

  #bestBid(): Bid | null {
    let best: Bid | null = null
    for (const bid of this.#open) {
      if (bid.isOpen && (best === null || bid.completion < best.completion)) best = bid
    }
    return best
  }

  #updateSoonest(): void {
    this.#soonest = Number.POSITIVE_INFINITY
    for (const { completion, isReliable } of this.#bids) {
      if (isReliable && completion < this.#soonest) this.#soonest = completion
    }
  }

  #award(bid: Bid, index: number, now: number): void {
    const { pace, queueMs } = this.#state
    this.#state.request(bid.wire, index, 'stream', now)
    const wasSoonest = bid.isReliable && bid.completion <= this.#soonest
    bid.completion = this.#completionOf(bid.wire, now)
    if (wasSoonest) this.#updateSoonest()
    bid.isOpen = bid.wire.queue.size < queueLimit(bid.wire, pace, queueMs)
  }

  #completionOf(wire: Wire, now: number): number {
    return wire.completion(now) + (this.#isStranger(wire) ? STRANGER_DELAY_MS : 0)
  }

  /** It has not shown what it can do, and there are others that have. */
  #isStranger(wire: Wire): boolean {
    return !wire.isDelivering && this.#state.pace.delivering >= ENOUGH_DELIVERING
  }

  /** Blocks that the other wires will have sent before this one answers. */
  #skipOf(bid: Bid): number {
    const { blocksPerMs, delivering } = this.#state.pace
    if (delivering === 0) return 0
    const late = SKIP_MARGIN * (bid.completion - this.#soonest) * blocksPerMs
    return Math.max(0, Math.floor(late - SKIP_TOLERANCE_BLOCKS))
  }

  /** The block that is due first among those that the wire may be asked for; -1: none. */
  #pick(bid: Bid, ranges: readonly WantedRange[], skip: number, now: number): number {
    let found = -1
    let earliest = Number.POSITIVE_INFINITY
    for (const range of ranges) {
      if (dueOf(range, range.cursor) >= earliest) continue
      const index = this.#pickFrom(bid, range, skip / rivalsOf(range, ranges, skip), now)
      if (index < 0 || dueOf(range, index) >= earliest) continue
      earliest = dueOf(range, index)
      found = index
    }
    return found
  }

  #pickFrom(bid: Bid, range: WantedRange, skip: number, now: number): number {
    const { wire } = bid
    const { ledger } = this.#state
    const end = this.#endOf(range)
    range.cursor = ledger.firstUnassigned(range.cursor, range.to)
    const { cursor } = range
    const skipTo = bid.isReliable && isLeftTooLong(range, now) ? cursor : cursor + Math.floor(skip)
    const from = Math.max(skipTo, this.#reservedUntil(wire, range))
    // What is skipped is left to others, unless there are none.
    if (from > cursor && !this.#isLeftToSeed(bid, cursor, now)) {
      const isRare = (piece: number): boolean => !this.#isLeftToOther(bid, piece, cursor, now)
      const index = nextBlockFor(wire, ledger, cursor, Math.min(from, end), now, isRare)
      if (index >= 0) return index
    }
    return nextBlockFor(wire, ledger, from, end, now)
  }

  /** Where the part begins that this wire may have, while better known ones have the urgent part. */
  #reservedUntil(wire: Wire, range: WantedRange): number {
    const { layout } = this.#state
    const { startBlock, isHashedOnly } = range.state
    const waitedPiece = layout.pieceOf(startBlock)
    if (this.#isStranger(wire)) {
      const urgent = Math.max(layout.firstBlockOf(waitedPiece + 2), startBlock + READY_BLOCKS)
      const reach = range.cursor + Math.floor((range.to - range.cursor) * STRANGER_REACH)
      return Math.max(layout.firstBlockOf(waitedPiece + 1), Math.min(urgent, reach))
    }
    return this.#lacksTrust(wire) && !isHashedOnly ? layout.firstBlockOf(waitedPiece + 1) : 0
  }

  /** What an untrusted address sends is of use once its piece is whole: not for the waited piece. */
  #lacksTrust(wire: Wire): boolean {
    const { pace, trust, verification } = this.#state
    if (verification !== 'proven' || pace.trusted < ENOUGH_DELIVERING) return false
    return !trust.isTrusted(wire.address)
  }

  /** Is there a seed that is sooner, and may have the block `index`? It may have all others, too. */
  #isLeftToSeed(bid: Bid, index: number, now: number): boolean {
    return this.#bids.some(({ wire, completion, isReliable }) => {
      if (!isReliable || completion >= bid.completion || wire.avoids(index, now)) return false
      return wire.pieces.isFull && !wire.isChoked
    })
  }

  #isLeftToOther(bid: Bid, piece: number, index: number, now: number): boolean {
    return this.#bids.some(({ wire, completion, isReliable }) => {
      if (!isReliable || completion >= bid.completion || wire.avoids(index, now)) return false
      return wire.mayServe(piece)
    })
  }
}

/** How many ranges, this one included, have blocks that are due before what is skipped ends. */
function rivalsOf(range: WantedRange, ranges: readonly WantedRange[], skip: number): number {
  const horizon = dueOf(range, range.cursor + skip)
  let rivals = 1
  for (const other of ranges) {
    if (other !== range && dueOf(other, other.cursor) < horizon) rivals++
  }
  return rivals
}

/** Has the first free block been free for so long that leaving it to others has not helped? */
function isLeftTooLong(range: WantedRange, now: number): boolean {
  if (range.freeBlock !== range.cursor) {
    range.freeBlock = range.cursor
    range.freeSince = now
  }
  return now - range.freeSince > LONGEST_LEFT_MS
}
