import { describe, expect, it } from 'vitest'
import { Bitfield } from '../../../src/torrents/pieces/bitfield.ts'
import { PieceLayout } from '../../../src/torrents/pieces/piece-layout.ts'
import type { StoredFile } from '../../../src/torrents/store/file-layout.ts'
import { samplePieces } from '../../../src/torrents/torrent/resume-samples.ts'

const PIECE = 1_024 * 1_024

/** Files of so many pieces each. */
function filesOf(...counts: readonly number[]): StoredFile[] {
  let offset = 0
  return counts.map((count, index) => {
    const file = { path: `/films/${index}`, length: count * PIECE, offset }
    offset += file.length
    return file
  })
}

function sampled(files: readonly StoredFile[], have?: Bitfield): readonly number[] {
  const last = files.at(-1)
  const layout = new PieceLayout(PIECE, (last?.offset ?? 0) + (last?.length ?? 0))
  const all = new Bitfield(layout.pieceCount, new Uint8Array(layout.pieceCount).fill(0xff))
  return samplePieces({ layout, files, have: have ?? all, random: Math.random })
}

describe('the pieces that are sampled', () => {
  it('lie in each of a few files, at most two in each', () => {
    for (let turn = 0; turn < 50; turn++) {
      const pieces = sampled(filesOf(10, 10, 10))
      expect(new Set(pieces.map((piece) => Math.floor(piece / 10)))).toEqual(new Set([0, 1, 2]))
      expect(pieces.length).toBeLessThanOrEqual(6)
    }
  })

  it('are everywhere in a file, in the long run', () => {
    const seen = new Set(Array.from({ length: 500 }, () => sampled(filesOf(8))).flat())
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('are few, however many files there are and however large', () => {
    expect(sampled(filesOf(...Array.from({ length: 5_000 }, () => 1))).length).toBeLessThanOrEqual(
      16,
    )
    const layout = new PieceLayout(64 * PIECE, 640 * PIECE)
    const have = new Bitfield(10, new Uint8Array([0xff, 0xff]))
    const files = filesOf(640)
    expect(samplePieces({ layout, files, have, random: Math.random })).toHaveLength(1)
  })

  it('are here: nothing is hashed of what is not, of pads and of what has no bytes', () => {
    const have = new Bitfield(10)
    expect(sampled(filesOf(10), have)).toEqual([])
    have.set(3)
    for (let turn = 0; turn < 50; turn++) {
      for (const piece of sampled(filesOf(10), have)) expect(piece).toBe(3)
    }
    const [pad] = filesOf(10)
    expect(sampled(pad === undefined ? [] : [{ ...pad, path: null }])).toEqual([])
    expect(sampled([{ path: '/films/empty', length: 0, offset: 0 }])).toEqual([])
  })
})
