import { BLOCK_LENGTH } from '../../pieces/block.ts'
import type { BlockProvenance } from '../../pieces/block-provenance.ts'
import type { BlockLedger } from './block-ledger.ts'
import {
  ASSUMED_BYTES_PER_MS,
  READY_BLOCKS,
  type StreamWindow,
  type WindowChange,
  WindowState,
} from './stream-window.ts'
import type { Wire } from './wire.ts'

/** What is prefetched is due after what the first 2 MiB of a reader are. */
const PREFETCH_DUE_MS = 700
/** What a paused reader wants is due after all else. */
const PAUSED_DUE_MS = 1e9
/** The bytes of a piece in front of the position, for its hash, come after 8 MiB of look-ahead. */
const COMPLETION_BLOCKS = (8 * 1_048_576) / BLOCK_LENGTH
/** A reader that has none of these cannot go on at all. */
const NEXT_BLOCKS = 2

/** A run of wanted blocks, and when they are due. */
export interface WantedRange {
  readonly state: WindowState
  readonly from: number
  /** Exclusive. */
  readonly to: number
  /** When its first block is due, ms from now, and how much later each further one. */
  readonly dueMs: number
  readonly msPerBlock: number
  /** Every block before this one is here or asked for. */
  cursor: number
  /** The block that was found free last, and since when it has been; ms. */
  freeBlock: number
  freeSince: number
}

/** The wanted blocks of all streams, merged by when they are due. */
export class WindowOrder {
  readonly #ledger: BlockLedger
  readonly #provenance: BlockProvenance
  #states = new Map<number, WindowState>()
  #ranges: WantedRange[] = []

  constructor(ledger: BlockLedger, provenance: BlockProvenance) {
    this.#ledger = ledger
    this.#provenance = provenance
  }

  get states(): Iterable<WindowState> {
    return this.#states.values()
  }

  get size(): number {
    return this.#states.size
  }

  get ranges(): readonly WantedRange[] {
    return this.#ranges
  }

  /** How the wants differ from those before. */
  set(windows: readonly StreamWindow[], now: number): WindowChange {
    const states = new Map<number, WindowState>()
    let change: WindowChange = 'same'
    for (const window of windows) {
      const known = this.#states.get(window.id)
      const state = known ?? new WindowState(window, this.#ledger, this.#provenance, now)
      states.set(window.id, state)
      const own = known === undefined ? 'advanced' : known.update(window, now)
      if (own === 'other' || change === 'same') change = own
    }
    for (const id of this.#states.keys()) if (!states.has(id)) change = 'other'
    this.#states = states
    return change
  }

  /** Cuts the windows into ranges again. `pieceFirst`: the first piece of a reader comes whole. */
  rebuild(pieceFirst: boolean): void {
    const before = this.#ranges
    this.#ranges = []
    for (const state of this.#states.values()) {
      this.#addRanges(state, pieceFirst || state.isHashedOnly)
    }
    for (const range of this.#ranges) inherit(range, before)
  }

  /** Is the block inside some window, rounded to whole pieces? */
  covers(index: number): boolean {
    for (const state of this.#states.values()) {
      const { from, to } = this.#extent(state)
      if (index >= from && index < to) return true
    }
    return false
  }

  /** Is the piece fetched for somebody who reads? What a paused reader wants can wait for ever. */
  coversPiece(piece: number): boolean {
    const { layout } = this.#ledger
    for (const state of this.#states.values()) {
      const { from, to } = this.#extent(state)
      // A reader at its end has a place, and wants nothing there.
      if (!state.isActive || from === to) continue
      if (layout.firstBlockOf(piece) < to && layout.firstBlockOf(piece + 1) > from) return true
    }
    return false
  }

  /** Is the block among the first 2 MiB of somebody who reads? */
  isUrgent(index: number): boolean {
    for (const state of this.#states.values()) {
      if (!state.isActive || state.window.priority === 'prefetch') continue
      const end = Math.min(state.endBlock, state.startBlock + READY_BLOCKS)
      if (index >= state.startBlock && index < end) return true
    }
    return false
  }

  /** Is it what somebody cannot go on without? */
  isNext(index: number): boolean {
    for (const state of this.#states.values()) {
      const { isStarving, playableFront } = state
      if (isStarving && index >= playableFront && index < playableFront + NEXT_BLOCKS) return true
    }
    return false
  }

  reopen(index: number): void {
    for (const range of this.#ranges) {
      if (index >= range.from && index < range.cursor) range.cursor = index
    }
    for (const state of this.#states.values()) state.reopen(index)
  }

  #addRanges(state: WindowState, pieceFirst: boolean): void {
    const { startBlock, window } = state
    const msPerBlock = BLOCK_LENGTH / (window.bytesPerMs || ASSUMED_BYTES_PER_MS)
    const extent = this.#extent(state)
    if (!state.isActive) {
      const ready = Math.min(state.endBlock, startBlock + READY_BLOCKS)
      const to = state.isHashedOnly ? this.#pieceEnd(ready - 1) : ready
      const from = state.isHashedOnly ? extent.from : startBlock
      this.#add(state, from, to, PAUSED_DUE_MS, msPerBlock)
      return
    }
    const dueMs = window.priority === 'prefetch' ? PREFETCH_DUE_MS : 0
    if (!pieceFirst) {
      const completionDue = dueMs + COMPLETION_BLOCKS * msPerBlock
      this.#add(state, startBlock, extent.to, dueMs, msPerBlock)
      this.#add(state, extent.from, startBlock, completionDue, 0)
      return
    }
    const pieceEnd = Math.min(extent.to, this.#pieceEnd(startBlock))
    const pieceDue = dueMs + (pieceEnd - startBlock) * msPerBlock
    this.#add(state, startBlock, pieceEnd, dueMs, msPerBlock)
    this.#add(state, extent.from, startBlock, pieceDue, 0)
    this.#add(state, pieceEnd, extent.to, pieceDue, msPerBlock)
  }

  #add(state: WindowState, from: number, to: number, dueMs: number, msPerBlock: number): void {
    if (from >= to) return
    const unknown = { cursor: from, freeBlock: -1, freeSince: 0 }
    this.#ranges.push({ state, from, to, dueMs, msPerBlock, ...unknown })
  }

  /**
   * A viewer's window with the whole of its first piece, however large, and of its last where that
   * is the end of the file, so that what was streamed can be verified and kept. Where nobody can
   * vouch for the blocks of a piece, the viewer sees nothing of it before it is whole.
   */
  #extent(state: WindowState): { from: number; to: number } {
    const { startBlock, endBlock, isHashedOnly } = state
    const { layout } = this.#ledger
    if (startBlock >= endBlock) return { from: startBlock, to: startBlock }
    if (state.window.priority === 'prefetch' && !isHashedOnly) {
      return { from: startBlock, to: endBlock }
    }
    const from = layout.firstBlockOf(layout.pieceOf(startBlock))
    const isWhole = isHashedOnly || state.window.endsWithFile
    const to = isWhole ? this.#pieceEnd(endBlock - 1) : endBlock
    return { from, to: Math.max(to, this.#pieceEnd(startBlock)) }
  }

  /** End (exclusive) of the piece that the block is in. */
  #pieceEnd(index: number): number {
    const { layout } = this.#ledger
    return layout.endBlockOf(layout.pieceOf(index))
  }
}

/** What is known about the range from those before: where its first free block may be. */
function inherit(range: WantedRange, before: readonly WantedRange[]): void {
  for (const old of before) {
    if (old.state !== range.state || old.from > range.from || range.from > old.cursor) continue
    range.cursor = Math.min(old.cursor, range.to)
    range.freeBlock = old.freeBlock
    range.freeSince = old.freeSince
    return
  }
}

/** When block `index` of the range is due, ms from now. */
export function dueOf(range: WantedRange, index: number): number {
  return range.dueMs + (index - range.from) * range.msPerBlock
}

/**
 * First block of `from` to `to` (exclusive) that nobody was asked for and that the wire may be.
 * `accepts` may refuse pieces. -1: none.
 */
export function nextBlockFor(
  wire: Wire,
  ledger: BlockLedger,
  from: number,
  to: number,
  now: number,
  accepts?: (piece: number) => boolean,
): number {
  const { layout } = ledger
  let index = from
  while (index < to) {
    const piece = layout.pieceOf(index)
    const pieceEnd = Math.min(to, layout.endBlockOf(piece))
    if (
      ledger.hasUnassigned(piece) &&
      wire.mayServe(piece) &&
      (accepts === undefined || accepts(piece))
    ) {
      while (index < pieceEnd) {
        const found = ledger.nextUnassigned(piece, index, pieceEnd)
        if (found < 0) break
        if (!wire.avoids(found, now)) return found
        index = found + 1
      }
    }
    index = layout.firstBlockOf(piece + 1)
  }
  return -1
}
