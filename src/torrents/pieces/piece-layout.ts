import { BLOCK_LENGTH } from './block.ts'

/**
 * How a torrent is cut into pieces and blocks. A block is named by its index in the whole torrent:
 * `piece * blocksPerPiece + block`, so that indices rise with the bytes.
 */
export class PieceLayout {
  readonly pieceLength: number
  /** Bytes of the whole torrent. */
  readonly length: number
  readonly pieceCount: number
  /** Blocks of a piece of full length; its last block may be short. */
  readonly blocksPerPiece: number

  constructor(pieceLength: number, length: number) {
    this.pieceLength = pieceLength
    this.length = length
    this.pieceCount = Math.ceil(length / pieceLength)
    this.blocksPerPiece = Math.ceil(pieceLength / BLOCK_LENGTH)
  }

  /** Is it the number of a piece? Peers may say anything. */
  isPiece(piece: number): boolean {
    return Number.isInteger(piece) && piece >= 0 && piece < this.pieceCount
  }

  /** The piece that has the byte at `position` in the torrent. */
  pieceAt(position: number): number {
    return Math.floor(position / this.pieceLength)
  }

  /** The pieces that have bytes from `start` to before `end`, in order. */
  *piecesWithin(start: number, end: number): Iterable<number> {
    if (start >= end) return
    const last = this.pieceAt(end - 1)
    for (let piece = this.pieceAt(start); piece <= last; piece++) yield piece
  }

  /** Position in the torrent of the piece's first byte. */
  startOf(piece: number): number {
    return piece * this.pieceLength
  }

  /** Position behind its last byte. */
  endOf(piece: number): number {
    return Math.min((piece + 1) * this.pieceLength, this.length)
  }

  /** Bytes of the piece: the last one may be short. */
  lengthOf(piece: number): number {
    return this.endOf(piece) - this.startOf(piece)
  }

  /** Bytes of so many different pieces; `hasLast`: the last of the torrent is among them. */
  lengthOfAll(count: number, { hasLast }: { readonly hasLast: boolean }): number {
    const missing = hasLast ? this.pieceCount * this.pieceLength - this.length : 0
    return count * this.pieceLength - missing
  }

  blocksIn(piece: number): number {
    return Math.ceil(this.lengthOf(piece) / BLOCK_LENGTH)
  }

  /** Bytes of block `block` of `piece`. */
  blockLength(piece: number, block: number): number {
    return Math.min(BLOCK_LENGTH, this.lengthOf(piece) - block * BLOCK_LENGTH)
  }

  pieceOf(index: number): number {
    return Math.floor(index / this.blocksPerPiece)
  }

  firstBlockOf(piece: number): number {
    return piece * this.blocksPerPiece
  }

  /** Exclusive; the last piece may have fewer blocks than the others. */
  endBlockOf(piece: number): number {
    return this.firstBlockOf(piece) + this.blocksIn(piece)
  }

  /** Index of the block that holds the byte at `position` in the torrent. */
  blockAt(position: number): number {
    const piece = this.pieceAt(position)
    return this.firstBlockOf(piece) + Math.floor((position % this.pieceLength) / BLOCK_LENGTH)
  }
}
