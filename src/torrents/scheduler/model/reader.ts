import { BLOCK_LENGTH } from '../../pieces/block.ts'
import type { BlockProvenance } from '../../pieces/block-provenance.ts'
import type { BlockLedger } from './block-ledger.ts'
import type { Clock } from './clock.ts'
import type { StreamWindow } from './stream-window.ts'

/** A player starts once it has about this much; a stream with less ahead of it is starving. */
export const READY_BYTES = 2 * 1_048_576
export const READY_BLOCKS = READY_BYTES / BLOCK_LENGTH
/** A reader of unknown rate is taken for a film of 25 Mbit/s; bytes per ms. */
export const ASSUMED_BYTES_PER_MS = 3_125
/** A larger piece takes so long that what a player starts with is fetched twice altogether. */
export const LARGE_PIECE_BYTES = 2 * READY_BYTES

/** A piece that is no larger is whole before anything sent twice could be compared. */
export const SMALL_PIECE_BYTES = 8 * BLOCK_LENGTH

/** `advanced`: it wants more than before, and nothing less that is not here. */
export type WindowChange = 'same' | 'advanced' | 'other'

/** What readers look at. */
export interface ReaderSurroundings {
  readonly ledger: BlockLedger
  readonly provenance: BlockProvenance
  readonly clock: Clock
}

/** An open stream: its window, and what the scheduler remembers about it between two plans. */
export class Reader {
  readonly id: number
  readonly #ledger: BlockLedger
  readonly #provenance: BlockProvenance
  readonly #clock: Clock
  #window: StreamWindow
  #startBlock: number
  #endBlock: number
  #anchor: number
  #front: number
  #playableFront: number
  #soughtAt: number
  #movedAt: number
  #hasJumped = true

  constructor(window: StreamWindow, { ledger, provenance, clock }: ReaderSurroundings) {
    this.#ledger = ledger
    this.#provenance = provenance
    this.#clock = clock
    this.id = window.id
    this.#window = window
    this.#startBlock = ledger.layout.blockAt(window.start)
    this.#endBlock = endBlockOf(window, ledger)
    this.#anchor = this.#startBlock
    this.#front = this.#startBlock
    this.#playableFront = this.#startBlock
    this.#soughtAt = clock.now
    this.#movedAt = clock.now
  }

  get window(): StreamWindow {
    return this.#window
  }

  /** Block of the next byte needed. */
  get startBlock(): number {
    return this.#startBlock
  }

  /** Exclusive. */
  get endBlock(): number {
    return this.#endBlock
  }

  /** Where it was opened, or where its last seek went. */
  get anchor(): number {
    return this.#anchor
  }

  /** First block from `startBlock` on that is not here; `endBlock` where all are. */
  get front(): number {
    return this.#front
  }

  /** First block from `startBlock` on that the reader may not see yet; `endBlock` likewise. */
  get playableFront(): number {
    return this.#playableFront
  }

  /** When it was opened, or sought last; ms. */
  get soughtAt(): number {
    return this.#soughtAt
  }

  /** When the reader or a block of its window last moved; ms. */
  get movedAt(): number {
    return this.#movedAt
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

  /** Something is fetched that nobody reads yet: what a film begins with, or the next episode. */
  get isPrefetching(): boolean {
    return this.isActive && this.window.priority === 'prefetch'
  }

  /** The reader sees whole verified pieces only. */
  get isHashedOnly(): boolean {
    return !this.#provenance.showsUnverified(this.window)
  }

  /** A block has come. */
  received(index: number): void {
    if (index < this.#startBlock || index >= this.#endBlock) return
    this.#movedAt = this.#clock.now
  }

  /** Has it been opened, sought or resumed since this was asked last? */
  takeJump(): boolean {
    const hasJumped = this.#hasJumped
    this.#hasJumped = false
    return hasJumped
  }

  update(window: StreamWindow): WindowChange {
    const { window: before, startBlock, endBlock } = this
    this.advance()
    this.#window = window
    this.#startBlock = this.#ledger.layout.blockAt(window.start)
    this.#endBlock = endBlockOf(window, this.#ledger)
    if (window.start !== before.start) this.#movedAt = this.#clock.now
    // A reader that goes on past the last byte that it had, or back, has sought.
    const hasSought = this.#startBlock < startBlock || this.#startBlock > this.#front
    if (hasSought) this.#seek()
    else {
      this.#front = Math.max(this.#startBlock, Math.min(this.#front, this.#endBlock))
      this.#playableFront = Math.max(
        this.#startBlock,
        Math.min(this.#playableFront, this.#endBlock),
      )
    }
    const wasActive = before.draining || before.waiting
    if (this.isActive && !wasActive) {
      this.#movedAt = this.#clock.now
      this.#hasJumped = true
    }
    const isOther = this.isActive !== wasActive || window.verifiedOnly !== before.verifiedOnly
    if (isOther || hasSought || this.#endBlock < endBlock) return 'other'
    if (this.#hasLeftPiece(startBlock)) return 'other'
    const isAdvanced = this.#startBlock !== startBlock || this.#endBlock !== endBlock
    return isAdvanced || hasOtherPace(window, before) ? 'advanced' : 'same'
  }

  #seek(): void {
    this.#anchor = this.#startBlock
    this.#soughtAt = this.#clock.now
    this.#front = this.#startBlock
    this.#playableFront = this.#startBlock
    this.#hasJumped = true
  }

  /** Has it gone on from a piece that still lacks something? */
  #hasLeftPiece(startBlock: number): boolean {
    const { have, layout } = this.#ledger
    const last = layout.pieceOf(this.#startBlock)
    for (let piece = layout.pieceOf(startBlock); piece < last; piece++) {
      if (!have.has(piece)) return true
    }
    return false
  }

  /** Looks how far it has got. */
  advance(): void {
    this.#front = this.#ledger.firstMissing(this.#front, this.#endBlock)
    this.#playableFront = this.#firstUnplayable()
  }

  /** First block from `playableFront` on that the reader may not see; `endBlock` where it may all. */
  #firstUnplayable(): number {
    const { endBlock, window } = this
    const { have, layout } = this.#ledger
    let index = this.#playableFront
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
    if (index < this.#startBlock) return
    this.#front = Math.min(this.#front, index)
    this.#playableFront = Math.min(this.#playableFront, index)
  }
}

function hasOtherPace(window: StreamWindow, before: StreamWindow): boolean {
  return window.waiting !== before.waiting || window.bytesPerMs !== before.bytesPerMs
}

function endBlockOf(window: StreamWindow, ledger: BlockLedger): number {
  return window.end > window.start ? ledger.layout.blockAt(window.end - 1) + 1 : 0
}
