import { createHash } from 'node:crypto'
import { join, relative } from 'node:path'
import fc from 'fast-check'
import { expect } from 'vitest'
import { encodeBencode } from '../../src/torrents/metainfo/bencode/safe-bencode.ts'
import { type Metainfo, parseInfo, parseMetainfo } from '../../src/torrents/metainfo/metainfo.ts'
import { TorrentError } from '../../src/torrents/torrent-error.ts'
import { fuzz, mutated } from './fuzz.ts'

/** Names that are text, bytes, paths that climb, and what is shown badly. */
const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.uint8Array({ maxLength: 12 }),
  fc.constantFrom('..', '.', '', 'a', 'A', 'a/b', 'a\\b', '../../x', '\u202e', '\u001b[2J', 'CON'),
)
const junk = fc.oneof(
  fc.integer(),
  fc.bigInt(),
  fc.constantFrom(0, 1, -1, 2n ** 64n, '', [], {}, [['']], [[[7]]]),
  name,
  fc.array(name, { maxLength: 3 }),
)
const or = <T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: junk })
const url = fc.constantFrom('udp://a:80', 'http://b/announce', ' ', '')

const file = fc.record(
  {
    length: or(fc.nat(50)),
    path: or(fc.array(name, { minLength: 1, maxLength: 4 })),
    'path.utf-8': or(fc.array(fc.string(), { minLength: 1, maxLength: 4 })),
    attr: or(fc.constantFrom('', 'p', 'x', 'h', 'l', 'lhx')),
    'symlink path': or(fc.array(name, { maxLength: 3 })),
    md5sum: junk,
  },
  { requiredKeys: ['length', 'path'] },
)

interface Generated {
  readonly root: Record<string, unknown>
  readonly info: Record<string, unknown>
}

const generated: fc.Arbitrary<Generated> = fc.record({
  root: fc.record(
    {
      announce: or(url),
      'announce-list': or(fc.array(fc.array(url, { maxLength: 3 }), { maxLength: 3 })),
      encoding: or(fc.constantFrom('GBK', 'UTF-8', 'cp1251', 'nonsense')),
      codepage: or(fc.constantFrom(936, 1251, 7)),
      'url-list': junk,
    },
    { requiredKeys: [] },
  ),
  info: fc.record(
    {
      name: or(name),
      'name.utf-8': or(fc.string()),
      files: or(fc.array(or(file), { minLength: 1, maxLength: 6 })),
      length: or(fc.nat(100)),
      'piece length': or(fc.constantFrom(1, 7, 16_384)),
      private: or(fc.constantFrom(0, 1)),
      'meta version': or(fc.constant(2)),
      __proto: junk,
      '\u00ff': junk,
    },
    { requiredKeys: ['name', 'piece length', 'length'] },
  ),
})

/** Most have as many hashes as it takes, so that more is looked at than their number. */
function encode({ root, info }: Generated): Uint8Array {
  const entries = Array.isArray(info.files) ? info.files : [info]
  const lengths = entries.map((entry: unknown) => {
    const length = typeof entry === 'object' && entry !== null && 'length' in entry && entry.length
    return typeof length === 'number' && length > 0 ? length : 0
  })
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const count = Math.ceil(total / Number(info['piece length'])) || 1
  const pieces = Buffer.alloc(20 * Math.min(Math.max(count, 1), 1_000))
  return encodeBencode({ ...root, info: { ...info, pieces } })
}

let accepted = 0

fuzz('a torrent file of odd values is read safely or refused', generated, (torrent) => {
  if (check(encode(torrent))) accepted++
})

const seeds = [
  { length: 40_000, name: 'film.mkv' },
  {
    name: Buffer.from('b5e7d3b0', 'hex'),
    files: [
      { length: 20_000, path: ['a', Buffer.from('d6d0cec4', 'hex')] },
      { length: 15_000, path: ['.pad', '15000'], attr: 'p' },
      { length: 5_000, path: ['a', 'b.srt'], 'path.utf-8': ['a', '\u00e9.srt'] },
      { length: 0, path: ['l'], attr: 'l', 'symlink path': ['..', 'a'] },
    ],
  },
].map((info) =>
  encodeBencode({
    ...{ announce: 'udp://a:80', 'announce-list': [['http://b/']], encoding: 'GBK' },
    info: { ...info, 'piece length': 32_768, pieces: Buffer.alloc(40) },
  }),
)

fuzz('a torrent file with changed bytes is read safely or refused', mutated(seeds), (bytes) => {
  if (check(bytes)) accepted++
})

fuzz('an info dictionary with changed bytes is as well', mutated(seeds.map(infoOf)), (info) => {
  try {
    const metainfo = parseInfo(info)
    expectSafe(metainfo)
    expect(Buffer.from(metainfo.infoBytes)).toEqual(Buffer.from(info))
  } catch (error) {
    expectRefusal(error)
  }
})

fuzz('of these not all were refused', fc.constant(null), () => expect(accepted).toBeGreaterThan(99))

function infoOf(torrentFile: Uint8Array): Uint8Array {
  return parseMetainfo(torrentFile).infoBytes
}

function check(torrentFile: Uint8Array): boolean {
  let metainfo: Metainfo
  try {
    metainfo = parseMetainfo(torrentFile)
  } catch (error) {
    expectRefusal(error)
    return false
  }
  expectSafe(metainfo)
  expect(metainfo.torrentFile).toBe(torrentFile)
  expect(metainfo.infoBytes.buffer).toBe(torrentFile.buffer)
  const again = parseInfo(metainfo.infoBytes)
  expect(again.infoHash).toBe(metainfo.infoHash)
  expect(parseMetainfo(Uint8Array.from(torrentFile)).files).toEqual(metainfo.files)
  return true
}

function expectSafe({ infoHash, infoBytes, name, files, length, ...metainfo }: Metainfo): void {
  expect(infoHash).toBe(createHash('sha1').update(infoBytes).digest('hex'))
  expect(metainfo.pieceCount).toBe(Math.ceil(length / metainfo.pieceLength))
  expect(metainfo.pieceHashes).toHaveLength(metainfo.pieceCount * 20)
  const paths = new Set<string>()
  let offset = 0
  for (const file of files) {
    expect(file.offset).toBe(offset)
    offset += file.length
    for (const components of [[name], file.components, file.symlink ?? ['_']]) {
      expectSafeComponents(components)
    }
    paths.add(file.components.join('/').normalize('NFC').toLowerCase())
  }
  expect(offset).toBe(length)
  expect(paths.size).toBe(files.length)
}

function expectSafeComponents(components: readonly string[]): void {
  const path = join('/data', ...components)
  expect(relative('/data', path).split('/')).toEqual(components)
  for (const component of components) {
    expect(component).not.toBe('..')
    expect(Buffer.byteLength(component)).toBeLessThanOrEqual(255)
    expect(component).not.toMatch(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069/\\]/u)
    expect(component.isWellFormed()).toBe(true)
  }
}

function expectRefusal(error: unknown): void {
  expect(error).toBeInstanceOf(TorrentError)
  expect(error).toMatchObject({ kind: 'invalid-torrent' })
}
