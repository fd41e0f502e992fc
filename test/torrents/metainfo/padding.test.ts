import { describe, expect, it } from 'vitest'
import { parseMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'
import { Padding } from '../../../src/torrents/metainfo/padding.ts'
import { makeTorrent } from '../../helpers/make-torrent.ts'

/** Pads at 100-149 and 250-299; an empty one at 150. */
const { torrentFile } = makeTorrent('Show', [
  { path: ['a'], data: Buffer.alloc(100) },
  { path: ['.pad', '50'], data: Buffer.alloc(50), attr: 'p' },
  { path: ['.pad', '0'], data: Buffer.alloc(0), attr: 'p' },
  { path: ['b'], data: Buffer.alloc(100) },
  { path: ['.pad', '50'], data: Buffer.alloc(50), attr: 'p' },
])
const padding = new Padding(parseMetainfo(torrentFile).files)

describe('Padding', () => {
  it.each([
    ['a whole pad', 100, 50, true],
    ['the beginning of one', 100, 1, true],
    ['the end of one', 149, 1, true],
    ['the last one', 250, 50, true],
    ['what begins before', 99, 2, false],
    ['what goes on behind', 149, 2, false],
    ['a file', 150, 100, false],
    ['all of it', 0, 300, false],
    ['what is past the end', 300, 1, false],
  ])('of %s', (_, offset, length, expected) => {
    expect(padding.covers(offset, length)).toBe(expected)
  })

  it('is nowhere in a torrent without pads', () => {
    expect(new Padding([]).covers(0, 1)).toBe(false)
  })
})
