import type { PieceLayout } from '../../pieces/piece-layout.ts'
import type { BlockRequest } from './block-request.ts'
import type { Wire } from './wire.ts'

export const MISSING = 0
export const REQUESTED = 1
export const RECEIVED = 2

/** A piece that is neither verified nor untouched: some block of it is here or asked for. */
export class OpenPiece {
  readonly piece: number
  readonly length: number
  /** Index of its first block in the torrent. */
  readonly firstBlock: number
  readonly blockCount: number
  /** MISSING, REQUESTED or RECEIVED for each block. */
  readonly states: Uint8Array
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
  /** The wire that downloads it in the background, so that a piece comes in order from one peer. */
  owner: Wire | null = null
  /** Opened by the background download: counts towards its limit of open bytes. */
  isBackground = false
  readonly #layout: PieceLayout

  constructor(layout: PieceLayout, piece: number) {
    this.#layout = layout
    this.piece = piece
    this.length = layout.lengthOf(piece)
    this.firstBlock = layout.firstBlockOf(piece)
    this.blockCount = layout.blocksIn(piece)
    this.states = new Uint8Array(this.blockCount)
    this.holders = new Array<BlockRequest | null>(this.blockCount).fill(null)
    this.unassigned = this.blockCount
    this.missing = this.blockCount
  }

  blockLength(block: number): number {
    return this.#layout.blockLength(this.piece, block)
  }

  isHere(block: number): boolean {
    return this.states[block] === RECEIVED
  }

  holderCount(block: number): number {
    let count = 0
    for (let r = this.holders[block] ?? null; r !== null; r = r.nextHolder) count++
    return count
  }

  requestOf(block: number, wire: Wire): BlockRequest | null {
    let request = this.holders[block] ?? null
    while (request !== null && request.wire !== wire) request = request.nextHolder
    return request
  }

  /** Has the address been asked for the block? */
  isAskedOf(block: number, address: string): boolean {
    for (let r = this.holders[block] ?? null; r !== null; r = r.nextHolder) {
      if (r.wire.address === address) return true
    }
    return false
  }
}
