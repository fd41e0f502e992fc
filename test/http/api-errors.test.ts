import { describe, expect, test } from 'vitest'
import { FakeSession, FakeTorrent } from '../helpers/fake-session.ts'
import { jsonOf, RawClient, send, startHttpServer } from '../helpers/http-client.ts'

const UNKNOWN_HASH = 'b'.repeat(40)

async function serve(): Promise<number> {
  const torrent = new FakeTorrent(0, 'x', [{ path: 'film.mkv', length: 10 }])
  return startHttpServer({ session: new FakeSession(torrent) })
}

test.each([
  [
    '/torrents/77',
    {
      error_kind: 'torrent_not_found',
      human_readable: 'torrent not found 77',
      code: 'unknown_torrent',
      status: 404,
      status_text: '404 Not Found',
      id: 77,
    },
  ],
  [
    `/torrents/${UNKNOWN_HASH}/stats/v1`,
    {
      error_kind: 'torrent_not_found',
      human_readable: `torrent not found ${UNKNOWN_HASH}`,
      code: 'unknown_torrent',
      status: 404,
      status_text: '404 Not Found',
      id: UNKNOWN_HASH,
    },
  ],
])('GET %s', async (path, body) => {
  const answer = await send(await serve(), 'GET', path)
  expect(answer.status).toBe(404)
  expect(jsonOf(answer)).toEqual(body)
})

test.each([
  ['GET', '/torrents/abc', 400],
  ['GET', '/torrents/abc/stats/v1', 400],
  ['GET', '/torrents/abc/playlist', 400],
  ['GET', '/torrents/77/playlist', 404],
  ['GET', '/torrents?with_stats=maybe', 400],
  ['POST', '/torrents/77/pause', 404],
  ['POST', '/torrents/77/start', 404],
  ['POST', '/torrents/77/forget', 404],
  ['POST', '/torrents/77/delete', 404],
  ['POST', '/torrents/abc/delete', 400],
  ['GET', '/nosuch', 404],
  ['POST', '/nosuch', 404],
  ['GET', '/torrents/0/nosuch', 404],
  ['GET', '/torrents/0/stream', 404],
  ['GET', '/web/../../package.json', 404],
  ['GET', '/web/%2e%2e/package.json', 404],
  ['GET', '/torrents/%zz', 400],
  ['DELETE', '/torrents/0', 405],
  ['PUT', '/torrents', 405],
  ['GET', '/torrents/0/pause', 405],
  ['GET', '/torrents/create', 405],
  ['GET', '/torrents/resolve_magnet', 405],
  ['POST', '/', 405],
])('%s %s is %d, in JSON', async (method, path, status) => {
  const answer = await send(await serve(), method, path)
  expect(answer.status).toBe(status)
  expect(answer.headers['content-type']).toBe('application/json')
  expect(jsonOf(answer)).toEqual(
    expect.objectContaining({
      error_kind: expect.any(String),
      human_readable: expect.any(String),
      status,
      status_text: expect.stringMatching(new RegExp(`^${status} [A-Z]`)),
    }),
  )
})

test('405 and OPTIONS tell what is allowed', async () => {
  const port = await serve()
  expect((await send(port, 'DELETE', '/torrents/0')).headers.allow).toBe('HEAD, GET')
  const options = await send(port, 'OPTIONS', '/torrents')
  expect([options.status, options.headers.allow]).toEqual([200, 'HEAD, GET, POST'])
})

describe('what is not HTTP', () => {
  test.each([
    ['nonsense', 400],
    ['FETCH / HTTP/1.1', 400],
    ['GET / HTTP/1.1\r\nHost : x', 400],
    [`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(90_000)}`, 431],
  ])('%j', async (head, status) => {
    const client = new RawClient(await serve()).write(head, '', '')
    const answer = await client.answer()
    expect(answer.status).toBe(status)
    expect(jsonOf(answer)).toMatchObject({ status })
  })
})
