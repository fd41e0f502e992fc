import { expect, test } from 'vitest'
import { streamPath } from '../../src/media/stream-path.ts'

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
