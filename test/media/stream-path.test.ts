import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shortStreamPath, streamPath } from '../../src/media/stream-path.ts'
import { parseInfoHash } from '../../src/torrents/metainfo/info-hash.ts'

const HASH = '1797daf7010faa70134d5ce6e9715cde4389bf8c'

test.each([
  [['film.mkv'], '/film.mkv'],
  [['Show', 'S01E02.mkv'], '/Show/S01E02.mkv'],
  [['song #1 100%.mp3'], '/song%20%231%20100%25.mp3'],
  [['Tom & Jerry + more?.avi'], '/Tom%20%26%20Jerry%20%2B%20more%3F.avi'],
  [['Ünïcode ☃.avi'], '/%C3%9Cn%C3%AFcode%20%E2%98%83.avi'],
  [["it's (the) *best*!.mkv"], '/it%27s%20%28the%29%20%2Abest%2A%21.mkv'],
  [['a\\b"<c>.mkv'], '/a%5Cb%22%3Cc%3E.mkv'],
  [['lone \ud800.mkv'], '/lone%20%EF%BF%BD.mkv'],
  [['..', '.', '', 'film.mkv'], '/film.mkv'],
  [[], ''],
])('%j', (components, tail) => {
  expect(streamPath(HASH, 3, components)).toBe(`/torrents/${HASH}/stream/3${tail}`)
})

test('each component comes back from its segment', () => {
  const components = ['50% #off', 'a&b=c;d', '☃ ünï.mkv']
  const segments = streamPath('0', 0, components).split('/').slice(5)
  expect(segments.map(decodeURIComponent)).toEqual(components)
})

test.each([
  ['film.mkv', '.mkv'],
  ['Очень длинное название фильма.MKV', '.mkv'],
  ['film.m2ts', '.m2ts'],
  ['film', ''],
  ['film.расш', ''],
  ['film.an extension', ''],
])('the short path of %s ends in %j', (name, extension) => {
  expect(shortStreamPath(HASH, 3, name)).toBe(`/m/c6l5v5ybb6vhae2nlttos4k43zbytp4m/3${extension}`)
})

test('a short path names the torrent, and fits into a URL of 120 bytes with any address', () => {
  const infoHash = fc.stringMatching(/^[0-9a-f]{40}$/)
  fc.assert(
    fc.property(infoHash, fc.nat(999_999_999), fc.string(), (hash, index, name) => {
      const path = shortStreamPath(hash, index, `${name}.matroska`)
      const [, , id = ''] = path.split('/')
      expect(parseInfoHash(id)).toBe(hash)
      const url = `http://[2001:db8:1111:2222:3333:4444:5555:6666]:65535${path}`
      expect(Buffer.byteLength(url)).toBeLessThanOrEqual(120)
      expect(path).toMatch(/^[\x21-\x7e]+$/)
    }),
  )
})
