import { describe, expect, it } from 'vitest'
import { FileSet } from '../../../src/torrents/metainfo/file-set.ts'

function indicesOf(set: FileSet | null): number[] {
  return Array.from({ length: 20 }, (_, index) => index).filter((index) => set?.has(index))
}

describe('FileSet', () => {
  it.each([
    [[], ''],
    [[0], '0'],
    [[3, 1, 2], '1-3'],
    [[5, 0, 7, 6, 0, 19], '0,5-7,19'],
  ])('of %j is written %j and read back', (indices, text) => {
    const set = FileSet.of(indices)
    expect(JSON.stringify(set)).toBe(JSON.stringify(text))
    const sorted = [...new Set(indices)].sort((a, b) => a - b)
    expect(indicesOf(set)).toEqual(sorted)
    expect(indicesOf(FileSet.revive(text))).toEqual(sorted)
    expect(set.first).toBe(sorted[0] ?? null)
  })

  it('holds a selection of 100,000 files in a few bytes', () => {
    const set = FileSet.of(Array.from({ length: 100_000 }, (_, index) => index))
    expect(set.toJSON()).toBe('0-99999')
    expect(set.has(99_999)).toBe(true)
    expect(set.has(100_000)).toBe(false)
  })

  it('reads the lists that earlier versions have saved', () => {
    expect(FileSet.revive([2, 0, -1, 1.5, 'x', 1])?.toJSON()).toBe('0-2')
  })

  it.each([[null], [undefined], [7], ['0,x'], ['1-'], ['-1'], [{}]])(
    'takes %j for all files',
    (saved) => {
      expect(FileSet.revive(saved)).toBeNull()
    },
  )

  it.each(['3-1', '5,1', '1-5,2-3'])('leaves out of %j what is out of order', (text) => {
    expect(FileSet.revive(text)?.has(2)).toBe(text === '1-5,2-3')
  })
})
