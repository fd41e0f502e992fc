import { describe, expect, test } from 'vitest'
import { parseMediaTarget } from '../../../src/http/messages/media-target.ts'
import { shortStreamPath, streamPath } from '../../../src/media/stream-path.ts'
import { FakeSession, FakeTorrent } from '../../helpers/fake-session.ts'
import { jsonOf, send, startHttpServer } from '../../helpers/http-client.ts'

const HASH = '0'.padStart(40, 'a')
const SHORT = shortStreamPath(HASH, 0, '').split('/')[2] ?? ''

test.each([
  ['/torrents/0/stream/1', '0', '1'],
  ['/torrents/0/stream/1/film.mkv', '0', '1'],
  ['/torrents/0/stream/1/a/b/c%2Fd/100%.mkv', '0', '1'],
  ['/torrents/0/stream/1?x=/stream/2', '0', '1'],
  ['/torrents/0/stream/1/film.mkv?x', '0', '1'],
  ['http://127.0.0.1:3030/torrents/0/stream/1', '0', '1'],
  ['/torrents/%30/stream/%31%30/film.mkv', '0', '10'],
  ['/torrents/100%/stream/%ff', '100%', '%ff'],
  [`/m/${SHORT}/1.mkv`, SHORT, '1'],
  [`/m/${SHORT}/1`, SHORT, '1'],
  [`/m/${SHORT.toUpperCase()}/1.MKV?x`, SHORT.toUpperCase(), '1'],
  [`http://127.0.0.1:3030/m/${SHORT}/1.mkv`, SHORT, '1'],
])('%s is a stream', (target, torrent, file) => {
  expect(parseMediaTarget(target)).toEqual({ torrent, file })
})

test.each([
  '/torrents/0/stream',
  `/m/${SHORT}`,
  `/m/${SHORT}/`,
  `/m/${SHORT}/1.mkv/`,
  `/m/${SHORT}/x.mkv`,
  '/m/0/1.mkv',
  '/torrents/0/stream/',
  '/torrents/0/stream/1/',
  '/torrents/0/stream/1/Season%201/',
  '/torrents/0/stream/1/Season%201/?x=/film.mkv',
  '/torrents/0/stats/v1',
  '/x/torrents/0/stream/1',
  '/torrents//stream/1',
  '/?/torrents/0/stream/1',
  '*',
])('%s is no stream', (target) => {
  expect(parseMediaTarget(target)).toBeNull()
})

describe('a file is found', () => {
  const names = [
    'a film with spaces.mkv',
    'Ünïcode ☃ 日本.mkv',
    'song #1 100%.mp3',
    'Tom & Jerry + 1=2;3?.avi',
    'quotes \' and ".mkv',
    'back\\slash.mkv',
  ]
  test.each(names)('as %s', async (name) => {
    const torrent = new FakeTorrent(0, 'x', [{ path: `dir ü/${name}`, length: 10 }])
    const port = await startHttpServer({ session: new FakeSession(torrent) })
    const path = streamPath('0', 0, ['dir ü', name])
    expect((await send(port, 'GET', path)).body.length).toBe(10)
    // What fetch makes of it is what browsers make of it.
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    expect((await response.arrayBuffer()).byteLength).toBe(10)
  })

  test.each([
    '/torrents/0/stream/0',
    `/torrents/${HASH}/stream/0`,
    `/torrents/${HASH.toUpperCase()}/stream/0/x`,
    `/m/${SHORT}/0.mkv`,
    `//m/${SHORT}/0.mkv`,
    '//torrents/0/stream/0',
    '/torrents/0/stream/0/100%',
    '/torrents/0/stream/0/%zz',
    '/torrents/0/stream/00',
  ])('at %s', async (path) => {
    const torrent = new FakeTorrent(0, 'x', [{ path: 'film.mkv', length: 10 }])
    const port = await startHttpServer({ session: new FakeSession(torrent) })
    expect((await send(port, 'GET', path)).status).toBe(200)
  })
})

describe('what cannot be streamed', () => {
  test.each([
    ['/torrents/77/stream/0', 404, { error_kind: 'torrent_not_found', id: 77 }],
    [
      `/torrents/${'b'.repeat(40)}/stream/0`,
      404,
      { error_kind: 'torrent_not_found', id: 'b'.repeat(40) },
    ],
    ['/torrents/0/stream/99', 404, { human_readable: 'invalid file 99' }],
    ['/torrents/abc/stream/0', 400, { error_kind: 'internal_error' }],
    ['/torrents/-1/stream/0', 400, {}],
    ['/torrents/99999999999999999999/stream/0', 400, {}],
    ['/torrents/0/stream/x', 400, {}],
    ['/torrents/0/stream/-1', 400, {}],
    ['/torrents/0/stream/1.5', 400, {}],
  ])('%s is %d', async (path, status, body) => {
    const torrent = new FakeTorrent(0, 'x', [{ path: 'film.mkv', length: 10 }])
    const port = await startHttpServer({ session: new FakeSession(torrent) })
    const answer = await send(port, 'GET', path)
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toBe('application/json')
    expect(jsonOf(answer)).toMatchObject({ status, human_readable: expect.any(String), ...body })
    expect((await send(port, 'HEAD', path)).status).toBe(status)
  })

  test('a magnet that is being resolved is a conflict', async () => {
    const torrent = new FakeTorrent(0, null, [])
    torrent.state = { kind: 'resolving' }
    const port = await startHttpServer({ session: new FakeSession(torrent) })
    for (const method of ['GET', 'HEAD']) {
      expect((await send(port, method, '/torrents/0/stream/0')).status).toBe(409)
    }
  })

  test('a stream that cannot start is 503 with Retry-After, before any header of media', async () => {
    const torrent = new FakeTorrent(0, 'x', [{ path: 'film.mkv', length: 10 }])
    torrent.unavailable = true
    const port = await startHttpServer({ session: new FakeSession(torrent) })
    const answer = await send(port, 'GET', '/torrents/0/stream/0')
    expect(answer.status).toBe(503)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect(jsonOf(answer)).toMatchObject({ status_text: '503 Service Unavailable' })
  })

  test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s is not for streams', async (method) => {
    const torrent = new FakeTorrent(0, 'x', [{ path: 'film.mkv', length: 10 }])
    const port = await startHttpServer({ session: new FakeSession(torrent) })
    const answer = await send(port, method, '/torrents/0/stream/0')
    expect(answer.status).toBe(405)
    expect(answer.headers.allow).toBe('GET, HEAD')
    expect(jsonOf(answer)).toMatchObject({ status_text: '405 Method Not Allowed' })
  })
})
