import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  type Metainfo,
  parseInfo,
  parseMetainfo,
  readInfo,
  readMetainfo,
} from '../../../src/torrents/metainfo/metainfo.ts'

const PIECES = `6:pieces40:${'\0'.repeat(40)}`
const REST = `4:name3:one12:piece lengthi32768e${PIECES}`
const V2 =
  '9:file treed8:film.mkvd0:d6:lengthi40000e11:pieces root32:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaeee'

/** Info dictionaries that another encoder would write in another way, in Latin-1. */
const INFOS: readonly (readonly [string, string])[] = [
  ['keys in order', `d6:lengthi40000e${REST}e`],
  ['keys out of order', `d${PIECES}12:piece lengthi32768e4:name3:one6:lengthi40000ee`],
  ['a key twice', `d6:lengthi40000e6:lengthi5e${REST}e`],
  ['an unknown key twice', `d6:lengthi40000e1:xi1e1:xi2e${REST}e`],
  ['an integer beyond 2^53', `d6:lengthi40000e1:xi9007199254740993e${REST}e`],
  ['an integer beyond 2^64', `d6:lengthi40000e1:xi99999999999999999999999e${REST}e`],
  ['a negative integer', `d6:lengthi40000e1:xi-5e${REST}e`],
  ['leading zeros', `d6:lengthi0040000e${REST}e`],
  ['a negative zero', `d6:lengthi40000e1:xi-0e${REST}e`],
  ['a length of a string with zeros', `d06:lengthi40000e${REST}e`],
  ['a key that is no UTF-8', `d2:\xff\xfei1e6:lengthi40000e${REST}e`],
  ['two such keys', `d1:\xffi1e1:\xfei2e6:lengthi40000e${REST}e`],
  ['an empty key', `d0:i1e6:lengthi40000e${REST}e`],
  ['__proto__', `d9:__proto__d6:lengthi1ee6:lengthi40000e${REST}e`],
  ['constructor', `d11:constructori5e6:lengthi40000e${REST}e`],
  [
    'a name that is no UTF-8',
    `d6:lengthi40000e4:name4:\xb5\xe7\xd3\xb012:piece lengthi32768e${PIECES}e`,
  ],
  [
    'a replacement character',
    `d6:lengthi40000e4:name4:a\xef\xbf\xbd12:piece lengthi32768e${PIECES}e`,
  ],
  ['an emoji', `d6:lengthi40000e4:name4:\xf0\x9f\x98\x8012:piece lengthi32768e${PIECES}e`],
  ['a byte order mark', `d6:lengthi40000e4:name5:\xef\xbb\xbfab12:piece lengthi32768e${PIECES}e`],
  [
    'half of a surrogate pair',
    `d6:lengthi40000e4:name4:a\xed\xa0\x8012:piece lengthi32768e${PIECES}e`,
  ],
  ['a hybrid', `d${V2}6:lengthi40000e12:meta versioni2e${REST}e`],
  [
    'a hybrid with a byte order mark',
    `d${V2}6:lengthi40000e12:meta versioni2e4:name5:\xef\xbb\xbfab12:piece lengthi32768e${PIECES}e`,
  ],
  ['a nested unknown value', `d6:lengthi40000e1:xd1:ald1:bleeee${REST}e`],
]

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const sha1 = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex')

function expectAsFound(metainfo: Metainfo, info: Buffer): void {
  expect(metainfo.infoHash).toBe(sha1(info))
  expect(Buffer.from(metainfo.infoBytes)).toEqual(info)
  expect(metainfo).toMatchObject({ length: 40_000, pieceCount: 2 })
}

describe.each(INFOS)('an info dictionary with %s', (_, text) => {
  const info = latin1(text)

  it('is hashed as found in a torrent file', async () => {
    const torrentFile = Buffer.concat([latin1('d8:announce1:a4:info'), info, latin1('5:zzzzzi1ee')])
    const metainfo = parseMetainfo(torrentFile)
    expectAsFound(metainfo, info)
    expect(metainfo.torrentFile).toBe(torrentFile)
    expect(metainfo.infoBytes.buffer).toBe(torrentFile.buffer)
    expect(await readMetainfo(torrentFile)).toEqual(metainfo)
  })

  it('is hashed as found in the metadata of a magnet, and after a restart', async () => {
    const metainfo = parseInfo(info)
    expectAsFound(metainfo, info)
    expect(await readInfo(info)).toEqual(metainfo)
    const saved = parseMetainfo(metainfo.torrentFile)
    expectAsFound(saved, info)
    expectAsFound(parseInfo(saved.infoBytes), info)
  })
})

describe('the torrent file', () => {
  const info = INFOS[0]?.[1] ?? ''

  it('may have something behind the dictionary', () => {
    for (const tail of ['\n', '\0\0', 'garbage', 'd4:infod1:xi1eee']) {
      const metainfo = parseMetainfo(latin1(`d4:info${info}e${tail}`))
      expectAsFound(metainfo, latin1(info))
    }
  })

  it('may have two info dictionaries, of which the first counts', () => {
    const other = `d6:lengthi30000e${REST}e`
    expectAsFound(parseMetainfo(latin1(`d4:info${info}4:info${other}e`)), latin1(info))
  })

  it('has the first of equal keys, as libtorrent has', () => {
    const twice = `d6:lengthi40000e6:lengthi30000e4:name3:one4:name3:two12:piece lengthi32768e${PIECES}e`
    expect(parseInfo(latin1(twice))).toMatchObject({ length: 40_000, name: 'one' })
  })
})

it('refuses metadata with something behind the info dictionary, which has another hash', () => {
  const info = INFOS[0]?.[1] ?? ''
  expect(() => parseInfo(latin1(`${info}5:zzzzzi1e`))).toThrow('something behind')
})
