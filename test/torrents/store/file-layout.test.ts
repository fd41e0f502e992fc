import { describe, expect, it } from 'vitest'
import { parseMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'
import { segmentsOf, storedFiles } from '../../../src/torrents/store/file-layout.ts'
import { makeTorrent } from '../../helpers/make-torrent.ts'

const { torrentFile } = makeTorrent('Show', [
  { path: ['a'], data: Buffer.alloc(100) },
  { path: ['empty'], data: Buffer.alloc(0) },
  { path: ['.pad', '50'], data: Buffer.alloc(50), attr: 'p' },
  { path: ['link'], data: Buffer.alloc(0), attr: 'l' },
  { path: ['s', 'b'], data: Buffer.alloc(100) },
])
const files = storedFiles(parseMetainfo(torrentFile).files, '/data/Show')

describe('storedFiles()', () => {
  it('places files below the folder; pads and symlinks have no place', () => {
    expect(files.map(({ path }) => path)).toEqual([
      '/data/Show/a',
      '/data/Show/empty',
      null,
      null,
      '/data/Show/s/b',
    ])
    expect(files.map(({ offset }) => offset)).toEqual([0, 100, 100, 150, 150])
  })
})

describe('segmentsOf()', () => {
  it.each([
    ['one file', 10, 20, ['0: 10+20']],
    ['a file to its end', 90, 10, ['0: 90+10']],
    ['all files', 0, 250, ['0: 0+100', '2: 0+50', '4: 0+100']],
    ['a boundary', 99, 2, ['0: 99+1', '2: 0+1']],
    ['the beginning of a file behind empty ones', 150, 1, ['4: 0+1']],
    ['what is past the end', 240, 100, ['4: 90+10']],
    ['nothing', 100, 0, []],
    ['what begins past the end', 250, 10, []],
  ])('cuts %s', (_, offset, length, expected) => {
    const segments = segmentsOf(files, offset, length)
    expect(segments.map((part) => `${part.file}: ${part.position}+${part.length}`)).toEqual(
      expected,
    )
  })
})
