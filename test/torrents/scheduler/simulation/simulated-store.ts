import type { BlockStore, BlockStoreListener } from '../../../../src/torrents/download/ports.ts'
import type { PieceLayout } from '../../../../src/torrents/pieces/piece-layout.ts'
import type { EventQueue } from './event-queue.ts'
import { digestOf } from './simulated-bytes.ts'

const BLOCK = 16_384
/** A run of blocks that is on its way to the disk once it is whole, and cannot be taken back before it is there. */
const SEGMENT_BLOCKS = 64
const WRITE_MS = 5
const HASH_MS = 5

/** A piece of which blocks have arrived. */
class StoredPiece {
  readonly blocks: (Uint8Array | undefined)[]
  readonly #missingOf: number[] = []
  /** When each run was whole last; ms. */
  readonly #wholeAt: number[] = []
  missing: number

  constructor(blockCount: number) {
    this.missing = blockCount
    this.blocks = new Array<Uint8Array | undefined>(blockCount).fill(undefined)
    for (let first = 0; first < blockCount; first += SEGMENT_BLOCKS) {
      this.#missingOf.push(Math.min(SEGMENT_BLOCKS, blockCount - first))
    }
  }

  put(block: number, data: Uint8Array, now: number): void {
    this.#count(block, -1)
    this.blocks[block] = data
    if (this.isWritten(block)) this.#wholeAt[Math.floor(block / SEGMENT_BLOCKS)] = now
  }

  drop(block: number): void {
    this.#count(block, 1)
    this.blocks[block] = undefined
  }

  isWritten(block: number): boolean {
    return this.#missingOf[Math.floor(block / SEGMENT_BLOCKS)] === 0
  }

  isBeingWritten(block: number, now: number): boolean {
    const wholeAt = this.#wholeAt[Math.floor(block / SEGMENT_BLOCKS)]
    return wholeAt !== undefined && now < wholeAt + WRITE_MS
  }

  #count(block: number, change: 1 | -1): void {
    const segment = Math.floor(block / SEGMENT_BLOCKS)
    this.missing += change
    this.#missingOf[segment] = (this.#missingOf[segment] ?? 0) + change
  }
}

/** The piece store, as far as the downloader sees it: nothing is written, and hashing takes its time. */
export class SimulatedStore implements BlockStore {
  readonly layout: PieceLayout
  readonly verified: Uint8Array
  verifiedCount = 0
  wrongPieces = 0
  /** Bytes taken, once each; those of a piece that was wrong count again. */
  takenBytes = 0
  isClosed = false
  listener: BlockStoreListener | null = null
  /** Called when pieces have been told of. */
  told: () => void = () => {}
  readonly #events: EventQueue
  readonly #pieces = new Map<number, StoredPiece>()

  constructor(layout: PieceLayout, events: EventQueue) {
    this.layout = layout
    this.verified = new Uint8Array(layout.pieceCount)
    this.#events = events
  }

  addBlock(piece: number, offset: number, data: Uint8Array): boolean {
    if (this.isClosed) return false
    const stored = this.#pieces.get(piece) ?? new StoredPiece(this.layout.blocksIn(piece))
    this.#pieces.set(piece, stored)
    const block = offset / BLOCK
    if (stored.blocks[block] !== undefined) return false
    stored.put(block, data, this.#events.now)
    this.takenBytes += data.length
    if (stored.missing === 0) this.#events.after(HASH_MS, () => this.#hash(piece, stored))
    return true
  }

  dropBlock(piece: number, offset: number): boolean {
    const stored = this.#pieces.get(piece)
    const block = offset / BLOCK
    if (stored?.blocks[block] === undefined || stored.missing === 0) return false
    if (stored.isBeingWritten(block, this.#events.now)) return false
    stored.drop(block)
    return true
  }

  hasBlock(piece: number, offset: number): boolean {
    return this.#pieces.get(piece)?.blocks[offset / BLOCK] !== undefined
  }

  unverifiedBytes(piece: number, offset: number): Uint8Array | null {
    const stored = this.#pieces.get(piece)
    const block = Math.floor(offset / BLOCK)
    if (stored === undefined || stored.isWritten(block)) return null
    return stored.blocks[block]?.subarray(offset % BLOCK) ?? null
  }

  /** Only bytes of pieces that are not verified are looked at: all others are right. */
  async read(offset: number, target: Uint8Array): Promise<number> {
    const piece = Math.floor(offset / this.layout.pieceLength)
    const within = offset - piece * this.layout.pieceLength
    const data = this.#pieces.get(piece)?.blocks[Math.floor(within / BLOCK)]
    target.fill(0)
    if (data !== undefined) {
      const from = within % BLOCK
      target.set(data.subarray(from, from + target.length))
    }
    return target.length
  }

  async blockDigests(piece: number): Promise<Float64Array> {
    return new Float64Array(this.layout.blocksIn(piece))
  }

  flush(): void {}

  discard(piece: number): void {
    this.#pieces.delete(piece)
  }

  async reopen(): Promise<void> {}

  async close(): Promise<void> {
    this.isClosed = true
    this.#pieces.clear()
  }

  #hash(piece: number, stored: StoredPiece): void {
    // It may have been discarded meanwhile.
    if (this.#pieces.get(piece) !== stored || stored.missing > 0) return
    this.#pieces.delete(piece)
    const digests = Float64Array.from(stored.blocks, (data) => (data ? digestOf(data) : -1))
    if (digests.every((digest) => digest === 0)) {
      this.verified[piece] = 1
      this.verifiedCount++
      this.listener?.verified(piece)
    } else {
      this.wrongPieces++
      this.listener?.failed(piece, digests)
    }
    this.told()
  }
}
