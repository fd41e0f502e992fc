import { CROWD_TURNS, ENOUGH_DELIVERING, queueLimit } from '../model/queue-limit.ts'
import { READY_BLOCKS } from '../model/reader.ts'
import type { SchedulerState } from '../model/scheduler-state.ts'
import { dueOf, type WantedRange } from '../model/window-order.ts'
import type { Wire } from '../model/wire.ts'
import { SeedWork } from './seed-work.ts'

/** A doubtful wire is taken for one that answers so much later than it seems; ms. */
const DOUBTFUL_DELAY_MS = 1_500
/** Its block is at most so far into what is still wanted, as a share of it. */
const DOUBTFUL_REACH = 0.75
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
  /** It may have what is urgent, too, and others may leave that to it. */
  readonly isReliable: boolean
}

/**
 * Requests what the streams want, each block from the wire that will have it here first. A wire
 * that is later than the others by some time leaves to them what they send within that time.
 */
export class Assignment {
  readonly #state: SchedulerState
  readonly #seedWork: SeedWork
  #bids: readonly Bid[] = []
  /** Those that were open when the plan began. */
  #open: readonly Bid[] = []
  /** When the soonest reliable wire, full or not, would have a further block here; ms. */
  #soonest = Number.POSITIVE_INFINITY
  /** Of peers that send in turns, how many are asked for; the usual number where it is `undefined`. */
  #turns: number | undefined

  constructor(state: SchedulerState) {
    this.#state = state
    this.#seedWork = new SeedWork(state)
  }

  assign(): void {
    const ranges = this.#state.order.ranges.filter((range) => this.#hasWork(range))
    if (ranges.length === 0) return
    this.#seedWork.observe()
    const isCrowd = ranges.some(({ reader }) => this.#seedWork.isHeldUpFor(reader))
    this.#turns = isCrowd ? CROWD_TURNS : undefined
    this.#bids = this.#collectBids()
    this.#open = this.#bids.filter(({ isOpen }) => isOpen)
    this.#updateSoonest()
    for (let bid = this.#bestBid(); bid !== null; bid = this.#bestBid()) {
      const skip = this.#skipOf(bid)
      const index = this.#pick(bid, ranges, skip)
      if (index >= 0) {
        if (!this.#state.budget.mayTake('viewer')) return
        this.#award(bid, index)
      } else {
        bid.isOpen = false
        if (skip === 0 && !bid.wire.avoided.isAny) bid.wire.exhaust(this.#state.workVersion)
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
    const { startBlock, window } = range.reader
    if (!window.waiting) return range.from
    return Math.min(range.to, layout.firstBlockOf(layout.pieceOf(startBlock) + 1))
  }

  #collectBids(): Bid[] {
    const { wires, workVersion } = this.#state
    const bids: Bid[] = []
    for (const wire of wires.values()) {
      if (!wire.canBeAsked) continue
      const isOpen = this.#hasRoom(wire) && !wire.isExhausted(workVersion)
      const bid = { wire, completion: 0, isOpen, isReliable: this.#isReliable(wire) }
      bid.completion = completionOf(bid)
      bids.push(bid)
    }
    return bids
  }

  /**
   * Where nobody watches, queues are long, and full of what is fetched for nobody: of what is looked into as
   * much is asked for, and before more of that, or it would never come.
   */
  #hasRoom(wire: Wire): boolean {
    const { isWatched, pace, queueMs } = this.#state
    const { size, backgroundSize } = wire.queue
    const limit = queueLimit(wire, pace, queueMs, this.#turns)
    if (isWatched) return size < limit
    return size < wire.requestLimit && size - backgroundSize < Math.max(limit, backgroundSize)
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

  #award(bid: Bid, index: number): void {
    this.#state.request(bid.wire, index, 'stream')
    const wasSoonest = bid.isReliable && bid.completion <= this.#soonest
    bid.completion = completionOf(bid)
    if (wasSoonest) this.#updateSoonest()
    bid.isOpen = this.#hasRoom(bid.wire)
  }

  /** Blocks that the reliable wires will have sent before this one answers. */
  #skipOf(bid: Bid): number {
    if (this.#state.parole.isActive) return 0
    const late = SKIP_MARGIN * (bid.completion - this.#soonest) * this.#state.pace.blocksPerMs
    return Math.max(0, Math.floor(late - SKIP_TOLERANCE_BLOCKS))
  }

  /** The block that is due first among those that the wire may be asked for; -1: none. */
  #pick(bid: Bid, ranges: readonly WantedRange[], skip: number): number {
    let found = -1
    let earliest = Number.POSITIVE_INFINITY
    for (const range of ranges) {
      if (dueOf(range, range.cursor) >= earliest) continue
      const index = this.#pickFrom(bid, range, skip / rivalsOf(range, ranges, skip))
      if (index < 0 || dueOf(range, index) >= earliest) continue
      earliest = dueOf(range, index)
      found = index
    }
    return this.#sooner(bid.wire, found, ranges)
  }

  /**
   * While nobody is trusted, a piece that a peer downloads alone tells whether it is to be trusted: the one that is whole
   * first comes first. `index`: the block that it would be asked for otherwise; -1: none.
   */
  #sooner(wire: Wire, index: number, ranges: readonly WantedRange[]): number {
    const { layout, ledger, pace, parole } = this.#state
    if (!parole.isActive || pace.trusted > 0 || index < 0) return index
    let [found, fewest] = [index, this.#missingOf(layout.pieceOf(index))]
    for (const piece of parole.reservedFor(wire.peer)) {
      const own = ledger.nextFor(wire, layout.firstBlockOf(piece), layout.endBlockOf(piece))
      const isWanted = ranges.some(({ from, to }) => own >= from && own < to)
      const missing = this.#missingOf(piece)
      if (!isWanted || missing >= fewest) continue
      found = own
      fewest = missing
    }
    return found
  }

  #missingOf(piece: number): number {
    const { layout, ledger } = this.#state
    return ledger.downloading(piece)?.missing ?? layout.blocksIn(piece)
  }

  #pickFrom(bid: Bid, range: WantedRange, skip: number): number {
    const { ledger } = this.#state
    const end = this.#endOf(range)
    range.cursor = ledger.firstUnassigned(range.cursor, range.to)
    const { cursor } = range
    if (bid.isReliable && this.#seedWork.isDividedFor(range.reader)) {
      return this.#pickDivided(bid, range, end)
    }
    const from = this.#startOf(bid, range, Math.floor(skip))
    // What is skipped is left to others, unless there are none.
    if (from > cursor && !this.#isLeftToSeed(bid, cursor)) {
      const isRare = (piece: number): boolean => !this.#isLeftToOther(bid, piece, cursor)
      const index = ledger.nextFor(bid.wire, cursor, Math.min(from, end), isRare)
      if (index >= 0) return index
    }
    return ledger.nextFor(bid.wire, from, end)
  }

  /** Seeds begin with what nobody else has, and leave the rest to the others. */
  #pickDivided(bid: Bid, range: WantedRange, end: number): number {
    const { ledger } = this.#state
    const { cursor } = range
    if (bid.wire.pieces.isFull) {
      const last = Math.min(end, this.#seedWork.endFor(range.reader))
      const isScarce = (piece: number): boolean => !this.#seedWork.isHeldByLeechers(piece)
      const index = ledger.nextFor(bid.wire, cursor, last, isScarce)
      return index >= 0 ? index : ledger.nextFor(bid.wire, cursor, end)
    }
    const skip = isLeftTooLong(range, this.#state.now) ? 0 : this.#skipAmongLeechers(bid)
    const from = Math.min(end, cursor + skip)
    const isRare = (piece: number): boolean => !this.#isLeftToOther(bid, piece, cursor, 'leechers')
    const index = ledger.nextFor(bid.wire, cursor, from, isRare)
    return index >= 0 ? index : ledger.nextFor(bid.wire, from, end)
  }

  /** Blocks that those who are no seeds will have sent before this one answers. */
  #skipAmongLeechers(bid: Bid): number {
    let soonest = bid.completion
    for (const { wire, completion, isReliable } of this.#bids) {
      if (isReliable && !wire.pieces.isFull) soonest = Math.min(soonest, completion)
    }
    const late = SKIP_MARGIN * (bid.completion - soonest) * this.#seedWork.leechersBlocksPerMs
    return Math.max(0, Math.floor(late - SKIP_TOLERANCE_BLOCKS))
  }

  /** Where the part of the range begins that the wire is to have. */
  #startOf({ wire, isReliable }: Bid, range: WantedRange, skip: number): number {
    const { cursor, to, reader } = range
    if (this.#state.parole.isActive) return cursor
    if (isReliable) return isLeftTooLong(range, this.#state.now) ? cursor : cursor + skip
    const { layout } = this.#state
    const waited = layout.pieceOf(reader.startBlock)
    // What an untrusted address sends is of use once its piece is whole: not the waited piece.
    const next = layout.firstBlockOf(waited + 1)
    if (wire.isDelivering && reader.isHashedOnly) return cursor + this.#withoutDoubt(skip)
    if (next >= to) return cursor + skip
    const reach = cursor + Math.floor((to - cursor) * DOUBTFUL_REACH)
    const beyondNext = Math.max(layout.firstBlockOf(waited + 2), reader.startBlock + READY_BLOCKS)
    const urgentEnd = wire.isDelivering ? next : beyondNext
    return Math.max(next, Math.min(reach, Math.max(urgentEnd, cursor + skip)))
  }

  /** What a doubtful wire would skip if it were judged by its pace alone. */
  #withoutDoubt(skip: number): number {
    const doubt = SKIP_MARGIN * DOUBTFUL_DELAY_MS * this.#state.pace.blocksPerMs
    return Math.max(0, skip - Math.ceil(doubt))
  }

  /** May it have what is urgent, as long as there are others that may? */
  #isReliable(wire: Wire): boolean {
    const { delivering } = this.#state.pace
    if (!wire.isDelivering) return delivering < ENOUGH_DELIVERING
    return !this.#lacksTrust(wire)
  }

  /** There are others whose blocks are good for a viewer at once. */
  #lacksTrust(wire: Wire): boolean {
    const { pace, provenance } = this.#state
    if (provenance.verification !== 'proven') return false
    if (provenance.isOutvoted(wire.peer) && pace.delivering > ENOUGH_DELIVERING) return true
    if (pace.trusted < ENOUGH_DELIVERING) return false
    return !provenance.isTrusted(wire.peer)
  }

  /** Is there a seed that is sooner, and may have the block `index`? It may have all others, too. */
  #isLeftToSeed(bid: Bid, index: number): boolean {
    return this.#bids.some(({ wire, completion, isReliable }) => {
      if (!isReliable || completion >= bid.completion || wire.avoided.has(index)) return false
      return wire.pieces.isFull && !wire.pieces.isChoked
    })
  }

  #isLeftToOther(bid: Bid, piece: number, index: number, whom?: 'leechers'): boolean {
    return this.#bids.some(({ wire, completion, isReliable }) => {
      if (!isReliable || completion >= bid.completion || wire.avoided.has(index)) return false
      if (whom === 'leechers' && wire.pieces.isFull) return false
      return wire.mayServe(piece)
    })
  }
}

/** When a further block from the wire would be here; ms. */
function completionOf({ wire, isReliable }: Bid): number {
  return wire.answers.completion + (isReliable ? 0 : DOUBTFUL_DELAY_MS)
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
