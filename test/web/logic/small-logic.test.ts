import { describe, expect, it, test } from 'vitest'
import { JsonItems } from '../../../src/web/api/json-items.ts'
import type { TorrentItem } from '../../../src/web/api/torrent-types.ts'
import { parseLogLine } from '../../../src/web/logic/log-lines.ts'
import { magnetUri } from '../../../src/web/logic/magnet.ts'
import { atAddress, isOwnMachine, mediaKindOf } from '../../../src/web/logic/media-names.ts'
import { peerRows } from '../../../src/web/logic/peer-rows.ts'
import { cellOf, cellShares, countPieces } from '../../../src/web/logic/piece-cells.ts'
import { playlist } from '../../../src/web/logic/playlist.ts'
import {
  bytesText,
  durationText,
  goalInput,
  parseGoal,
  parseRate,
  percentText,
  rateInput,
} from '../../../src/web/logic/quantities.ts'
import { RateHistory } from '../../../src/web/logic/rate-history.ts'
import { parseRoute, type Route, routeHash } from '../../../src/web/logic/routes.ts'
import { draftOf, settingValue } from '../../../src/web/logic/setting-values.ts'
import { clockTime, epochMs } from '../../../src/web/logic/times.ts'
import { passes, shareOf, statusOf } from '../../../src/web/logic/torrent-status.ts'
import { visibleRange } from '../../../src/web/logic/visible-range.ts'
import { fakeTorrent } from '../fake-data.ts'

describe('a long answer is taken item by item', () => {
  const items = [{ a: '}]{["\\"' }, { b: [{ c: 1 }, []] }, {}, { d: 'ü 🎬' }]
  const text = JSON.stringify({ items, more: 'x' })

  it.each([1, 2, 3, 7, 1000])('in chunks of %i characters', (size) => {
    const splitter = new JsonItems()
    const found: unknown[] = []
    for (let start = 0; start < text.length; start += size) {
      for (const item of splitter.take(text.slice(start, start + size)))
        found.push(JSON.parse(item))
    }
    expect(found).toEqual(items)
  })

  it('and an empty one has none', () => {
    expect(new JsonItems().take('{"items":[]}')).toEqual([])
  })
})

test.each<Route>([
  { kind: 'library' },
  { kind: 'title', id: 'a/b ü?#' },
  { kind: 'play', infoHash: 'ab', fileIndex: 12 },
  { kind: 'add', source: 'magnet:?xt=urn:btih:aa&dn=a b%' },
  { kind: 'add', source: null },
  { kind: 'torrent', id: '3' },
  { kind: 'settings' },
])('%j is found again by its address', (route) => {
  expect(parseRoute(routeHash(route))).toEqual(route)
})

test.each(['', '#', '#/nonsense', '#/play/ab/x', '#/title', '#/%E0%A4%A'])(
  '%j leads to the library',
  (hash) => expect(parseRoute(hash)).toEqual({ kind: 'library' }),
)

test('quantities are written as people read them', () => {
  expect([0, 1023, 1536, 5 * 1024 ** 3].map((count) => bytesText(count, 'en'))).toEqual([
    ...['0 B', '1,023 B', '1.5 KiB', '5.0 GiB'],
  ])
  expect(bytesText(1536, 'de')).toBe('1,5 KiB')
  expect([0.999, 1].map((share) => percentText(share, 'en'))).toEqual(['99 %', '100 %'])
  expect([9, 65, 7_500, 200_000].map(durationText)).toEqual([
    ...['9 s', '1 min 5 s', '2 h 5 min', '2 d 7 h'],
  ])
  expect([0, 59.9, 3_723].map(clockTime)).toEqual(['0:00', '0:59', '1:02:03'])
})

test.each([
  ['500K', 512_000],
  ['2M', 2_097_152],
  ['1,5 m', 1_572_864],
  ['1000', 1_000],
  ['', null],
  ['0', null],
  ['fast', undefined],
  ['-1', undefined],
])('a rate of %j', (text, value) => {
  expect(parseRate(text)).toBe(value)
  if (typeof value === 'number') expect(parseRate(rateInput(value))).toBe(value)
})

test.each([
  ['', null],
  ['0', 0],
  ['1,5', 1.5],
  ['60', 60],
  ['-1', undefined],
  ['often', undefined],
])('a goal of sharing of %j', (text, value) => {
  expect(parseGoal(text)).toBe(value)
  if (value !== undefined) expect(parseGoal(goalInput(value))).toBe(value)
})

test('a stream has the same path at each address of the server', () => {
  const url = 'http://localhost:3030/s/abc/torrents/1/stream/0/a%20b.mkv?x=1'
  expect(atAddress(url, 'http://192.168.1.5:3030')).toBe(
    'http://192.168.1.5:3030/s/abc/torrents/1/stream/0/a%20b.mkv?x=1',
  )
})

test('times come as milliseconds, seconds or text', () => {
  expect([1_790_000_000_000, 1_790_000_000, '2026-01-01T00:00:00Z'].map(epochMs)).toEqual([
    ...[1_790_000_000_000, 1_790_000_000_000, Date.UTC(2026, 0, 1)],
  ])
  expect(epochMs(null)).toBeNaN()
})

test('pieces share cells', () => {
  const bits = Uint8Array.of(0b1110_0000, 0b1000_0000)
  expect(countPieces(bits, 9)).toBe(4)
  expect([...cellShares(bits, 9, 3)]).toEqual([1, 0, expect.closeTo(1 / 3)])
  expect([...cellShares(bits, 2, 2)]).toEqual([1, 1])
  expect([0, 3, 8].map((piece) => cellOf(piece, 9, 3))).toEqual([0, 1, 2])
})

test('only the rows near the window are drawn', () => {
  const all = { windowHeight: 800, rowHeight: 50, rowCount: 20_000 }
  expect(visibleRange({ ...all, top: 200 })).toEqual({ first: 0, end: 18 })
  expect(visibleRange({ ...all, top: -500_000 })).toEqual({ first: 9_994, end: 10_022 })
  expect(visibleRange({ ...all, rowCount: 3, top: 0 })).toEqual({ first: 0, end: 3 })
})

test('a playlist has one line per title', () => {
  expect(playlist([{ title: 'A\nfilm', seconds: 61.4, url: 'http://x/1' }])).toBe(
    '#EXTM3U\r\n#EXTINF:61,A film\r\nhttp://x/1\r\n',
  )
})

test('a magnet names its trackers', () => {
  expect(magnetUri('ab', 'a b', ['http://t/?a=1'])).toBe(
    'magnet:?xt=urn:btih:ab&dn=a%20b&tr=http%3A%2F%2Ft%2F%3Fa%3D1',
  )
})

test('rates of peers come from the server, or from what was fetched meanwhile', () => {
  const peer = (fetched: number, given = {}) => ({
    ...{ counters: { fetched_bytes: fetched, uploaded_bytes: 0 }, state: 'live' },
    ...{ conn_kind: 'tcp', ...given },
  })
  const before = peerRows({ a: peer(1_000), dead: peer(1, { state: 'dead' }) }, [], 0)
  expect(before).toMatchObject([{ address: 'a', down: 0, flags: 'tcp' }])
  const later = peerRows({ a: peer(5_000), b: peer(0, { download_bps: 7_000 }) }, before, 2_000)
  expect(later.map(({ address, down }) => [address, down])).toEqual([
    ['b', 7_000],
    ['a', 2_000],
  ])
})

test('a history forgets what is old and knows its peak', () => {
  const history = new RateHistory()
  for (let at = 0; at < 400; at++) history.add({ at, down: at, up: 1_000 - at })
  expect([history.samples.length, history.samples[0]?.at, history.peak]).toEqual([300, 100, 900])
})

test('the status of a torrent', () => {
  const item = fakeTorrent(1, 1)
  const withStats = (stats: object, more: object = {}): TorrentItem => ({
    ...item,
    ...more,
    stats: { ...item.stats, ...stats },
  })
  expect(statusOf(item)).toBe('seeding')
  expect(statusOf(withStats({ finished: false }))).toBe('downloading')
  expect(statusOf(withStats({ finished: false, queued: true }))).toBe('queued')
  const { live } = item.stats
  const snapshot = live && { ...live.snapshot, peer_stats: { live: 0, seen: 3 } }
  const alone = live && snapshot && { ...live, snapshot }
  expect(statusOf(withStats({ finished: false, live: alone }))).toBe('searching')
  expect(statusOf(withStats({ state: 'initializing', live: null }))).toBe('checking')
  expect(statusOf(withStats({ state: 'initializing', resolving: true }))).toBe('resolving')
  expect(statusOf(withStats({ state: 'paused', live: null }))).toBe('paused')
  expect(statusOf(withStats({ state: 'error', error: 'disk full' }))).toBe('error')
  expect(shareOf(withStats({ resolving: true }))).toBeNull()
  expect(shareOf(withStats({ progress_bytes: 50, total_bytes: 100 }))).toBe(0.5)
  expect(passes(item, 'active')).toBe(true)
  expect(passes(item, 'unfinished')).toBe(false)
})

test('fields of settings mean what they say', () => {
  expect(settingValue('list', 'a, b ,')).toEqual(['a', 'b'])
  expect(settingValue('number', '1e3')).toBe(1_000)
  expect(settingValue('number', 'many')).toBeUndefined()
  expect(settingValue('text', ' ')).toBeNull()
  expect(draftOf({ kind: 'list', value: ['a', 'b'] })).toBe('a, b')
  expect(draftOf({ kind: 'secret', value: 'set' })).toBe('')
})

test('lines of the log, from pino, from others and from nobody', () => {
  const line = { level: 40, time: 5, name: 'http', msg: 'refused', path: '/x', pid: 1 }
  expect(parseLogLine(JSON.stringify(line))).toEqual({
    ...{ level: 'warn', at: 5, name: 'http', message: 'refused', facts: 'path=/x' },
  })
  const other = { level: 'ERROR', target: 'a::b', fields: { message: 'gone', id: 1 } }
  expect(parseLogLine(JSON.stringify(other))).toMatchObject({
    ...{ level: 'error', name: 'a::b', message: 'gone', facts: 'id=1' },
  })
  expect(parseLogLine('plain')).toMatchObject({ level: 'info', message: 'plain' })
  expect(parseLogLine(' ')).toBeNull()
})

test('names tell what can be played, and hosts who can reach them', () => {
  expect(['a.MKV', 'b.flac', 'c.jpg', 'd.nfo'].map(mediaKindOf)).toEqual([
    ...['video', 'audio', 'image', null],
  ])
  expect(['localhost', '127.0.0.1', '[::1]', '192.168.1.2', 'nas.local'].map(isOwnMachine)).toEqual(
    [...[true, true, true, false, false]],
  )
})
