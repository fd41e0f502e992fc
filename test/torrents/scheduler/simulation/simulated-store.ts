import type { BlockProvenance } from '../../../../src/torrents/pieces/block-provenance.ts'
import type { PieceLayout } from '../../../../src/torrents/pieces/piece-layout.ts'

interface StoredPiece {
  missing: number
  /** Whether each block is wrong; undefined: not here. */
  readonly bad: (boolean | undefined)[]
}

/** What has arrived, and which of it a viewer may see. */
export class SimulatedStore {
  readonly layout: PieceLayout
  readonly provenance: BlockProvenance
  readonly verified: Uint8Array
  verifiedCount = 0
  #pieces = new Map<number, StoredPiece>()

  constructor(layout: PieceLayout, provenance: BlockProvenance) {
    this.layout = layout
    this.provenance = provenance
    this.verified = new Uint8Array(layout.pieceCount)
  }

  piece(piece: number): StoredPiece | undefined {
    return this.#pieces.get(piece)
  }

  put(piece: number, block: number, isBad: boolean): StoredPiece {
    let stored = this.#pieces.get(piece)
    if (stored === undefined) {
      stored = { missing: this.layout.blocksIn(piece), bad: [] }
      this.#pieces.set(piece, stored)
    }
    if (stored.bad[block] === undefined) stored.missing--
    stored.bad[block] = isBad
    return stored
  }

  discard(piece: number, block: number): void {
    const stored = this.#pieces.get(piece)
    if (stored?.bad[block] === undefined) return
    stored.bad[block] = undefined
    stored.missing++
  }

  verify(piece: number): void {
    this.verified[piece] = 1
    this.verifiedCount++
    this.#pieces.delete(piece)
  }

  fail(piece: number): void {
    this.#pieces.delete(piece)
  }

  /** May a viewer see the block now? */
  isPlayable(index: number, viewer: { readonly verifiedOnly: boolean }): boolean {
    const piece = this.layout.pieceOf(index)
    if (this.verified[piece] === 1) return true
    const block = index - this.layout.firstBlockOf(piece)
    if (this.#pieces.get(piece)?.bad[block] === undefined) return false
    return this.provenance.mayBeShown(piece, block, viewer)
  }
}
