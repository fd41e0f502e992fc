import { BLOCK_LENGTH } from '../../pieces/block.ts'
import type { BlockProvenance } from '../../pieces/block-provenance.ts'
import type { BlockLedger } from './block-ledger.ts'

/** What one open stream wants. */
export interface StreamWindow {
  readonly id: number
  /** The next byte that the reader needs, counted in the whole torrent. */
  readonly start: number
  /** End of the look-ahead, exclusive. */
  readonly end: number
  /** There is nothing behind it for the reader: its file ends there. */
  readonly endsWithFile: boolean
  /** A read is pending for bytes that are not there. */
  readonly waiting: boolean
  /** False where the consumer of the reader is paused. */
  readonly draining: boolean
  /** What the reader consumes; 0 where unknown. */
  readonly bytesPerMs: number
  /** `prefetch` comes after the first 2 MiB of everybody who reads. */
  readonly priority: 'viewer' | 'probe' | 'prefetch'
  /** The reader sees whole verified pieces only. */
  readonly verifiedOnly: boolean
}

/** A player starts once it has about this much; a stream with less ahead of it is starving. */
export const READY_BYTES = 2 * 1_048_576
export const READY_BLOCKS = READY_BYTES / BLOCK_LENGTH
/** A reader of unknown rate is taken for a film of 25 Mbit/s; bytes per ms. */
export const ASSUMED_BYTES_PER_MS = 3_125
/** A larger piece takes so long that what a player starts with is fetched twice altogether. */
export const LARGE_PIECE_BYTES = 2 * READY_BYTES

/** `advanced`: it wants more than before, and nothing less that is not here. */
export type WindowChange = 'same' | 'advanced' | 'other'

/** The window of a stream, and what the scheduler remembers about it between two plans. */
export class WindowState {
  readonly id: number
  window: StreamWindow
  /** Block of the next byte needed. */
  startBlock: number
  /** Exclusive. */
  endBlock: number
  /** Where it was opened, or where its last seek went. */
  anchor: number
  /** First block from `startBlock` on that is not here; `endBlock` where all are. */
  front: number
  /** First block from `startBlock` on that the reader may not see yet; `endBlock` likewise. */
  playableFront: number
  /** When it was opened, or sought last; ms. */
  soughtAt: number
  /** When the reader or a block of its window last moved; ms. */
  movedAt: number
  /** Opened, sought or resumed since the last plan. */
  hasJumped = true
  readonly #ledger: BlockLedger
  readonly #provenance: BlockProvenance

  constructor(window: StreamWindow, ledger: BlockLedger, provenance: BlockProvenance, now: number) {
    this.#ledger = ledger
    this.#provenance = provenance
    this.id = window.id
    this.window = window
    this.startBlock = ledger.layout.blockAt(window.start)
    this.endBlock = endBlockOf(window, ledger)
    this.anchor = this.startBlock
    this.front = this.startBlock
    this.playableFront = this.startBlock
    this.soughtAt = now
    this.movedAt = now
  }

  /** Somebody wants its bytes now. */
  get isActive(): boolean {
    return this.window.draining || this.window.waiting
  }

  /** Within 2 MiB of having nothing to read. */
  get isStarving(): boolean {
    if (!this.isActive || this.window.priority === 'prefetch') return false
    const { endBlock, playableFront, startBlock } = this
    return playableFront < endBlock && playableFront < startBlock + READY_BLOCKS
  }

  /** The reader sees whole verified pieces only. */
  get isHashedOnly(): boolean {
    return !this.#provenance.showsUnverified(this.window)
  }

  contains(index: number): boolean {
    return index >= this.startBlock && index < this.endBlock
  }

  update(window: StreamWindow, now: number): WindowChange {
    const { window: before, startBlock, endBlock } = this
    this.advance()
    this.window = window
    this.startBlock = this.#ledger.layout.blockAt(window.start)
    this.endBlock = endBlockOf(window, this.#ledger)
    if (window.start !== before.start) this.movedAt = now
    // A reader that goes on past the last byte that it had, or back, has sought.
    const hasSought = this.startBlock < startBlock || this.startBlock > this.front
    if (hasSought) this.#seek(now)
    else {
      this.front = Math.max(this.startBlock, Math.min(this.front, this.endBlock))
      this.playableFront = Math.max(this.startBlock, Math.min(this.playableFront, this.endBlock))
    }
    const wasActive = before.draining || before.waiting
    if (this.isActive && !wasActive) {
      this.movedAt = now
      this.hasJumped = true
    }
    const isOther = this.isActive !== wasActive || window.verifiedOnly !== before.verifiedOnly
    if (isOther || hasSought || this.endBlock < endBlock) return 'other'
    if (this.#hasLeftPiece(startBlock)) return 'other'
    const isAdvanced = this.startBlock !== startBlock || this.endBlock !== endBlock
    return isAdvanced || hasOtherPace(window, before) ? 'advanced' : 'same'
  }

  #seek(now: number): void {
    this.anchor = this.startBlock
    this.soughtAt = now
    this.front = this.startBlock
    this.playableFront = this.startBlock
    this.hasJumped = true
  }

  /** Has it gone on from a piece that still lacks something? */
  #hasLeftPiece(startBlock: number): boolean {
    const { have, layout } = this.#ledger
    const last = layout.pieceOf(this.startBlock)
    for (let piece = layout.pieceOf(startBlock); piece < last; piece++) {
      if (!have.has(piece)) return true
    }
    return false
  }

  /** Looks how far it has got. */
  advance(): void {
    this.front = this.#ledger.firstMissing(this.front, this.endBlock)
    this.playableFront = this.#firstUnplayable()
  }

  /** First block from `playableFront` on that the reader may not see; `endBlock` where it may all. */
  #firstUnplayable(): number {
    const { endBlock, window } = this
    const { have, layout } = this.#ledger
    let index = this.playableFront
    while (index < endBlock) {
      const piece = layout.pieceOf(index)
      if (have.has(piece)) {
        index = layout.firstBlockOf(piece + 1)
        continue
      }
      const first = layout.firstBlockOf(piece)
      const end = Math.min(endBlock, layout.endBlockOf(piece))
      while (index < end && this.#provenance.mayBeShown(piece, index - first, window)) index++
      if (index < end) return index
      index = layout.firstBlockOf(piece + 1)
    }
    return endBlock
  }

  /** The block is missing, or not to be seen, again. */
  reopen(index: number): void {
    if (index < this.startBlock) return
    this.front = Math.min(this.front, index)
    this.playableFront = Math.min(this.playableFront, index)
  }
}

function hasOtherPace(window: StreamWindow, before: StreamWindow): boolean {
  return window.waiting !== before.waiting || window.bytesPerMs !== before.bytesPerMs
}

function endBlockOf(window: StreamWindow, ledger: BlockLedger): number {
  return window.end > window.start ? ledger.layout.blockAt(window.end - 1) + 1 : 0
}
