import type { PieceLayout } from '../../pieces/piece-layout.ts'
import type { BlockRequest } from './block-request.ts'

export const MISSING = 0
export const REQUESTED = 1
export const RECEIVED = 2

/** A piece that is neither verified nor untouched: some block of it is here or asked for. */
export class DownloadingPiece {
  readonly piece: number
  readonly length: number
  /** Index of its first block in the torrent. */
  readonly firstBlock: number
  readonly blockCount: number
  /** MISSING, REQUESTED or RECEIVED for each block. */
  readonly blocks: Uint8Array
  /** Requests for each block, chained by `nextHolder`. */
  readonly holders: (BlockRequest | null)[]
  /** Blocks that are neither here nor asked for. */
  unassigned: number
  /** Blocks that are not here. */
  missing: number
  /** Every block before this one is here or asked for. */
  firstUnassigned = 0
  /** Requests for its blocks, copies included. */
  requests = 0
  /** Number of the wire that downloads it in the background: a piece comes in order from one peer. */
  owner: number | null = null
  /** Begun by the background download: counts towards its limit of bytes. */
  isBackground = false
  readonly #layout: PieceLayout

  constructor(layout: PieceLayout, piece: number) {
    this.#layout = layout
    this.piece = piece
    this.length = layout.lengthOf(piece)
    this.firstBlock = layout.firstBlockOf(piece)
    this.blockCount = layout.blocksIn(piece)
    this.blocks = new Uint8Array(this.blockCount)
    this.holders = new Array<BlockRequest | null>(this.blockCount).fill(null)
    this.unassigned = this.blockCount
    this.missing = this.blockCount
  }

  blockLength(block: number): number {
    return this.#layout.blockLength(this.piece, block)
  }

  isHere(block: number): boolean {
    return this.blocks[block] === RECEIVED
  }

  /** The request for the block with the wire of that number. */
  requestOf(block: number, wire: number): BlockRequest | null {
    let request = this.holders[block] ?? null
    while (request !== null && request.wire.id !== wire) request = request.nextHolder
    return request
  }

  /** Has somebody been asked for a second copy of the block? */
  isCopied(block: number): boolean {
    for (let r = this.holders[block] ?? null; r !== null; r = r.nextHolder) {
      if (r.purpose === 'copy') return true
    }
    return false
  }

  addRequest(request: BlockRequest): void {
    request.nextHolder = this.holders[request.block] ?? null
    this.holders[request.block] = request
    this.requests++
  }

  removeRequest(request: BlockRequest): void {
    const { block } = request
    const first = this.holders[block] ?? null
    if (first === request) this.holders[block] = request.nextHolder
    else {
      let holder = first
      while (holder !== null && holder.nextHolder !== request) holder = holder.nextHolder
      if (holder !== null) holder.nextHolder = request.nextHolder
    }
    request.nextHolder = null
    this.requests--
  }
}
