import { describe, expect, it } from 'vitest'
import { FileSet } from '../../../src/torrents/metainfo/file-set.ts'
import { parseMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'
import { fileProgress, Selection } from '../../../src/torrents/metainfo/selection.ts'
import { Bitfield } from '../../../src/torrents/pieces/bitfield.ts'
import { makeTorrent } from '../../helpers/make-torrent.ts'

/** Pieces of 100 bytes: a in 0-1, b in 1-2, c (empty), the pad in 2, d in 3 (50 bytes). */
const { torrentFile } = makeTorrent(
  'Show',
  [
    { path: ['a'], data: Buffer.alloc(150) },
    { path: ['b'], data: Buffer.alloc(80) },
    { path: ['c'], data: Buffer.alloc(0) },
    { path: ['.pad', '70'], data: Buffer.alloc(70), attr: 'p' },
    { path: ['d'], data: Buffer.alloc(50) },
  ],
  100,
)
const metainfo = parseMetainfo(torrentFile)

function having(...pieces: readonly number[]): Bitfield {
  const have = new Bitfield(metainfo.pieceCount)
  for (const piece of pieces) have.set(piece)
  return have
}

function piecesOf(selection: Selection): number[] {
  const pieces = new Bitfield(4, selection.pieceBytes(metainfo))
  return [0, 1, 2, 3].filter((piece) => pieces.has(piece))
}

describe('Selection', () => {
  it('is everything by default', () => {
    const selection = new Selection(metainfo, null)
    expect(piecesOf(selection)).toEqual([0, 1, 2, 3])
    expect(selection.totalBytes).toBe(350)
    expect(selection.includes(4)).toBe(true)
  })

  it('has the pieces that its files share with others', () => {
    expect(piecesOf(new Selection(metainfo, FileSet.of([1])))).toEqual([1, 2])
    expect(piecesOf(new Selection(metainfo, FileSet.of([4])))).toEqual([3])
    expect(new Selection(metainfo, FileSet.of([4])).totalBytes).toBe(50)
  })

  it.each([
    ['nothing', []],
    ['an empty file', [2]],
    ['a pad', [3]],
    ['an index that is not there', [99]],
  ])('of %s needs no piece and is finished', (_, onlyFiles) => {
    const selection = new Selection(metainfo, FileSet.of(onlyFiles))
    expect(piecesOf(selection)).toEqual([])
    expect(selection.totalBytes).toBe(0)
    expect(selection.isFinished(having())).toBe(true)
  })

  it('is finished with its own pieces, whatever else is missing', () => {
    const selection = new Selection(metainfo, FileSet.of([1]))
    expect(selection.isFinished(having(0, 1, 3))).toBe(false)
    expect(selection.isFinished(having(1, 2))).toBe(true)
  })

  it('counts verified bytes of its pieces only', () => {
    const selection = new Selection(metainfo, FileSet.of([1, 4]))
    expect(selection.progressBytes(metainfo, having(0, 1, 3))).toBe(150)
    expect(selection.progressBytes(metainfo, having(0, 1, 2, 3))).toBe(selection.totalBytes)
  })
})

describe('fileProgress()', () => {
  it('counts the verified bytes of each file', () => {
    expect(fileProgress(metainfo, having())).toEqual([0, 0, 0, 0, 0])
    expect(fileProgress(metainfo, having(1, 3))).toEqual([50, 50, 0, 0, 50])
    expect(fileProgress(metainfo, having(0, 1, 2, 3))).toEqual([150, 80, 0, 70, 50])
  })
})
