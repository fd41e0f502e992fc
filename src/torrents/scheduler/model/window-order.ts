import { BLOCK_LENGTH } from '../../pieces/block.ts'
import type { PieceLayout } from '../../pieces/piece-layout.ts'
import {
  ASSUMED_BYTES_PER_MS,
  READY_BLOCKS,
  Reader,
  type ReaderSurroundings,
  type WindowChange,
} from './reader.ts'
import type { StreamWindow } from './stream-window.ts'

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
  readonly reader: Reader
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

/** A range of which nothing is known yet. */
type NewRange = Omit<WantedRange, 'cursor' | 'freeBlock' | 'freeSince'>

/** The wanted blocks of all streams, merged by when they are due. */
export class WindowOrder {
  readonly #surroundings: ReaderSurroundings
  readonly #layout: PieceLayout
  #readers = new Map<number, Reader>()
  #ranges: WantedRange[] = []
  #isStale = false

  constructor(surroundings: ReaderSurroundings) {
    this.#surroundings = surroundings
    this.#layout = surroundings.ledger.layout
  }

  get readers(): Iterable<Reader> {
    return this.#readers.values()
  }

  get size(): number {
    return this.#readers.size
  }

  /** The ranges are no longer what the windows want. */
  get isStale(): boolean {
    return this.#isStale
  }

  get ranges(): readonly WantedRange[] {
    return this.#ranges
  }

  /** How the wants differ from those before. */
  set(windows: readonly StreamWindow[]): WindowChange {
    const readers = new Map<number, Reader>()
    let change: WindowChange = 'same'
    for (const window of windows) {
      const known = this.#readers.get(window.id)
      const reader = known ?? new Reader(window, this.#surroundings)
      readers.set(window.id, reader)
      const own = known === undefined ? 'advanced' : known.update(window)
      if (own === 'other' || change === 'same') change = own
    }
    for (const id of this.#readers.keys()) if (!readers.has(id)) change = 'other'
    this.#readers = readers
    if (change !== 'same') this.outdate()
    return change
  }

  /** The ranges have to be cut again. */
  outdate(): void {
    this.#isStale = true
  }

  /** Cuts the windows into ranges again. `isPieceFirst`: the first piece of a reader comes whole. */
  rebuild({ isPieceFirst }: { readonly isPieceFirst: boolean }): void {
    this.#isStale = false
    const before = this.#ranges
    this.#ranges = []
    for (const reader of this.#readers.values()) {
      if (!reader.isActive) this.#addPaused(reader)
      else if (isPieceFirst || reader.isHashedOnly) this.#addPieceFirst(reader)
      else this.#addInOrder(reader)
    }
    for (const range of this.#ranges) inherit(range, before)
  }

  /** Is the block inside some window, rounded to whole pieces? */
  covers(index: number): boolean {
    for (const reader of this.#readers.values()) {
      const { from, to } = this.#extent(reader)
      if (index >= from && index < to) return true
    }
    return false
  }

  /** Is the piece fetched for somebody who reads? What a paused reader wants can wait for ever. */
  coversPiece(piece: number): boolean {
    const layout = this.#layout
    for (const reader of this.#readers.values()) {
      const { from, to } = this.#extent(reader)
      // A reader at its end has a place, and wants nothing there.
      if (!reader.isActive || from === to) continue
      if (layout.firstBlockOf(piece) < to && layout.firstBlockOf(piece + 1) > from) return true
    }
    return false
  }

  /** Is the block among the first 2 MiB of somebody who reads? */
  isUrgent(index: number): boolean {
    for (const reader of this.#readers.values()) {
      if (!reader.isActive || reader.window.priority === 'prefetch') continue
      const end = Math.min(reader.endBlock, reader.startBlock + READY_BLOCKS)
      if (index >= reader.startBlock && index < end) return true
    }
    return false
  }

  /** Is it what somebody cannot go on without? */
  isNext(index: number): boolean {
    for (const reader of this.#readers.values()) {
      const { isStarving, playableFront } = reader
      if (isStarving && index >= playableFront && index < playableFront + NEXT_BLOCKS) return true
    }
    return false
  }

  reopen(index: number): void {
    for (const range of this.#ranges) {
      if (index >= range.from && index < range.cursor) range.cursor = index
    }
    for (const reader of this.#readers.values()) reader.reopen(index)
  }

  /** What viewers may see may be less than before. */
  reopenReaders(): void {
    for (const reader of this.#readers.values()) reader.reopen(reader.startBlock)
  }

  /** What a player starts with. */
  #addPaused(reader: Reader): void {
    const { startBlock, endBlock, isHashedOnly } = reader
    const ready = Math.min(endBlock, startBlock + READY_BLOCKS)
    const to = isHashedOnly ? this.#pieceEnd(ready - 1) : ready
    const from = isHashedOnly ? this.#extent(reader).from : startBlock
    this.#add({ reader, from, to, dueMs: PAUSED_DUE_MS, msPerBlock: msPerBlockOf(reader) })
  }

  #addInOrder(reader: Reader): void {
    const { startBlock } = reader
    const { from, to } = this.#extent(reader)
    const dueMs = dueMsOf(reader)
    const msPerBlock = msPerBlockOf(reader)
    this.#add({ reader, from: startBlock, to, dueMs, msPerBlock })
    const completionDue = dueMs + COMPLETION_BLOCKS * msPerBlock
    this.#add({ reader, from, to: startBlock, dueMs: completionDue, msPerBlock: 0 })
  }

  #addPieceFirst(reader: Reader): void {
    const { startBlock } = reader
    const { from, to } = this.#extent(reader)
    const dueMs = dueMsOf(reader)
    const msPerBlock = msPerBlockOf(reader)
    const pieceEnd = Math.min(to, this.#pieceEnd(startBlock))
    const pieceDue = dueMs + (pieceEnd - startBlock) * msPerBlock
    this.#add({ reader, from: startBlock, to: pieceEnd, dueMs, msPerBlock })
    this.#add({ reader, from, to: startBlock, dueMs: pieceDue, msPerBlock: 0 })
    this.#add({ reader, from: pieceEnd, to, dueMs: pieceDue, msPerBlock })
  }

  #add({ reader, from, to, dueMs, msPerBlock }: NewRange): void {
    if (from >= to) return
    this.#ranges.push({
      reader,
      from,
      to,
      dueMs,
      msPerBlock,
      cursor: from,
      freeBlock: -1,
      freeSince: 0,
    })
  }

  /**
   * A viewer's window with the whole of its first piece, however large, and of its last where that
   * is the end of the file, so that what was streamed can be verified and kept. Where nobody can
   * vouch for the blocks of a piece, the viewer sees nothing of it before it is whole.
   */
  #extent(reader: Reader): { from: number; to: number } {
    const { startBlock, endBlock, isHashedOnly } = reader
    const layout = this.#layout
    if (startBlock >= endBlock) return { from: startBlock, to: startBlock }
    if (reader.window.priority === 'prefetch' && !isHashedOnly) {
      return { from: startBlock, to: endBlock }
    }
    const from = layout.firstBlockOf(layout.pieceOf(startBlock))
    const isWhole = isHashedOnly || reader.window.endsWithFile
    const to = isWhole ? this.#pieceEnd(endBlock - 1) : endBlock
    return { from, to: Math.max(to, this.#pieceEnd(startBlock)) }
  }

  /** End (exclusive) of the piece that the block is in. */
  #pieceEnd(index: number): number {
    const layout = this.#layout
    return layout.endBlockOf(layout.pieceOf(index))
  }
}

/** What is known about the range from those before: where its first free block may be. */
function inherit(range: WantedRange, before: readonly WantedRange[]): void {
  for (const old of before) {
    if (old.reader !== range.reader || old.from > range.from || range.from > old.cursor) continue
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

/** When what a reader needs first is due, ms from now. */
function dueMsOf({ window }: Reader): number {
  return window.priority === 'prefetch' ? PREFETCH_DUE_MS : 0
}

/** How long it plays one block; ms. */
function msPerBlockOf({ window }: Reader): number {
  return BLOCK_LENGTH / (window.bytesPerMs || ASSUMED_BYTES_PER_MS)
}
