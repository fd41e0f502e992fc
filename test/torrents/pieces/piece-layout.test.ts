import { describe, expect, test } from 'vitest'
import { PieceLayout } from '../../../src/torrents/pieces/piece-layout.ts'

/** Pieces of two blocks and 100 bytes; the last has 50 bytes. */
const PIECE = 2 * 16_384 + 100
const layout = new PieceLayout(PIECE, 3 * PIECE + 50)

describe('how a torrent is cut', () => {
  test('into pieces, the last of which may be short', () => {
    expect(layout.pieceCount).toBe(4)
    expect([0, 2, 3].map((piece) => layout.lengthOf(piece))).toEqual([PIECE, PIECE, 50])
    expect([layout.startOf(3), layout.endOf(3)]).toEqual([3 * PIECE, 3 * PIECE + 50])
    expect([0, PIECE - 1, PIECE].map((position) => layout.pieceAt(position))).toEqual([0, 0, 1])
  })

  test('and pieces into blocks, whose indices rise with the bytes', () => {
    expect([0, 3].map((piece) => layout.blocksIn(piece))).toEqual([3, 1])
    expect([0, 1, 2].map((block) => layout.blockLength(1, block))).toEqual([16_384, 16_384, 100])
    expect(layout.blockLength(3, 0)).toBe(50)
    expect([0, PIECE - 1, PIECE].map((position) => layout.blockAt(position))).toEqual([0, 2, 3])
    expect([layout.firstBlockOf(3), layout.endBlockOf(3)]).toEqual([9, 10])
    expect([8, 9].map((index) => layout.pieceOf(index))).toEqual([2, 3])
  })

  test('tells the pieces of a stretch of bytes', () => {
    expect([...layout.piecesWithin(PIECE - 1, 2 * PIECE + 1)]).toEqual([0, 1, 2])
    expect([...layout.piecesWithin(PIECE, 2 * PIECE)]).toEqual([1])
    expect([...layout.piecesWithin(PIECE, PIECE)]).toEqual([])
  })

  test('tells the bytes of some of its pieces', () => {
    expect(layout.lengthOfAll(2, { hasLast: false })).toBe(2 * PIECE)
    expect(layout.lengthOfAll(2, { hasLast: true })).toBe(PIECE + 50)
    expect(layout.lengthOfAll(4, { hasLast: true })).toBe(layout.length)
  })

  test('knows what is none of its pieces', () => {
    for (const odd of [-1, 4, 0.5, Number.NaN]) expect(layout.isPiece(odd)).toBe(false)
    expect(layout.isPiece(3)).toBe(true)
  })
})
