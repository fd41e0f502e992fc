import { expect, it } from 'vitest'
import { FileSet } from '../../../src/torrents/metainfo/file-set.ts'
import { parseMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'
import { FileSelection } from '../../../src/torrents/torrent/file-selection.ts'
import { makeTorrent } from '../../helpers/make-torrent.ts'

const metainfo = parseMetainfo(
  makeTorrent('Show', [
    { path: ['a.mkv'], data: Buffer.alloc(10) },
    { path: ['b.mkv'], data: Buffer.alloc(10) },
  ]).torrentFile,
)

it('includes all files until some are chosen', () => {
  const selection = new FileSelection(null)
  expect([0, 1].map((index) => selection.includes(index))).toEqual([true, true])
  selection.onlyFiles = FileSet.of([1])
  expect([0, 1].map((index) => selection.includes(index))).toEqual([false, true])
})

it.each([
  ['nothing', [], true],
  ['some that there are, and more', [1, 5], true],
  ['none that there is', [2, 3], false],
])('is usable where it names %s', (_, indices, isUsable) => {
  const chosen = FileSet.of(indices)
  const selection = new FileSelection(chosen)
  const check = (): void => selection.check(metainfo)
  if (isUsable) expect(check).not.toThrow()
  else expect(check).toThrow(expect.objectContaining({ kind: 'unknown-file' }))
  selection.dropUseless(null)
  expect(selection.onlyFiles).toBe(chosen)
  selection.dropUseless(metainfo)
  expect(selection.onlyFiles).toBe(isUsable ? chosen : null)
})
