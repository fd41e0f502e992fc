import { describe, expect, test } from 'vitest'
import { bytesOf, FakeSession, FakeTorrent } from '../../helpers/fake-session.ts'
import { jsonOf, send, startHttpServer } from '../../helpers/http-client.ts'

const SIX_GIB = 6 * 1024 ** 3
const LENGTH = 3_000_000

function library(): FakeTorrent {
  return new FakeTorrent(0, 'films', [
    { path: 'film.mkv', length: LENGTH },
    { path: 'empty.mp4', length: 0 },
    { path: 'huge.mkv', length: SIX_GIB },
  ])
}

async function serve(torrent = library()): Promise<number> {
  return startHttpServer({ session: new FakeSession(torrent) })
}

describe('a range of a file', () => {
  test.each([
    ['bytes=0-0', 0, 0],
    ['bytes=0-99', 0, 99],
    ['bytes=1048570-1048580', 1_048_570, 1_048_580],
    ['bytes=2999999-', 2_999_999, 2_999_999],
    ['bytes=2999990-9999999', 2_999_990, 2_999_999],
    ['bytes=-5', 2_999_995, 2_999_999],
    ['bytes=0-', 0, 2_999_999],
    ['bytes=-4000000', 0, 2_999_999],
  ])('%s', async (range, start, end) => {
    const answer = await send(await serve(), 'GET', '/torrents/0/stream/0', { Range: range })
    expect(answer.status).toBe(206)
    expect(answer.headers).toMatchObject({
      'accept-ranges': 'bytes',
      'content-length': String(end - start + 1),
      'content-range': `bytes ${start}-${end}/${LENGTH}`,
    })
    expect(answer.body.equals(bytesOf(start, end))).toBe(true)
  })

  test.each(['bytes=0-1,5-6', 'bytes=10-5', 'bytes=x-', 'items=0-1', 'bytes=-'])(
    '%s is ignored: the whole file',
    async (range) => {
      const answer = await send(await serve(), 'GET', '/torrents/0/stream/0', { Range: range })
      expect(answer.status).toBe(200)
      expect(answer.headers['content-length']).toBe(String(LENGTH))
      expect(answer.headers).not.toHaveProperty('content-range')
      expect(answer.body.equals(bytesOf(0, LENGTH - 1))).toBe(true)
    },
  )

  test.each([
    ['/torrents/0/stream/0', 'bytes=3000000-', LENGTH],
    ['/torrents/0/stream/0', 'bytes=-0', LENGTH],
    ['/torrents/0/stream/1', 'bytes=0-', 0],
    ['/torrents/0/stream/1', 'bytes=-1', 0],
    ['/torrents/0/stream/2', `bytes=${SIX_GIB}-`, SIX_GIB],
  ])('%s %s cannot be satisfied', async (path, range, length) => {
    for (const method of ['GET', 'HEAD']) {
      const torrent = library()
      const answer = await send(await serve(torrent), method, path, { Range: range })
      expect(answer.status).toBe(416)
      expect(answer.headers).toMatchObject({
        'content-range': `bytes */${length}`,
        'content-type': 'application/json',
        'accept-ranges': 'bytes',
      })
      expect(torrent.streams).toEqual([])
      if (method === 'GET') expect(jsonOf(answer)).toMatchObject({ status: 416 })
      else expect(answer.body.length).toBe(0)
    }
  })

  test('beyond 4 GiB', async () => {
    const start = 4 * 1024 ** 3 + 5
    const answer = await send(await serve(), 'GET', '/torrents/0/stream/2', {
      Range: `bytes=${start}-${start + 3}`,
    })
    expect(answer.status).toBe(206)
    expect(answer.headers['content-range']).toBe(`bytes ${start}-${start + 3}/${SIX_GIB}`)
    expect(answer.body.equals(bytesOf(start, start + 3))).toBe(true)
  })

  test('starts its stream where it starts', async () => {
    const torrent = library()
    await send(await serve(torrent), 'GET', '/torrents/0/stream/0', { Range: 'bytes=777-778' })
    expect(torrent.streams.map(({ start }) => start)).toEqual([777])
  })
})

test('an empty file is an empty answer, without a stream', async () => {
  const torrent = library()
  const answer = await send(await serve(torrent), 'GET', '/torrents/0/stream/1')
  expect(answer.status).toBe(200)
  expect(answer.headers['content-length']).toBe('0')
  expect(answer.body.length).toBe(0)
  expect(torrent.streams).toEqual([])
})

describe('HEAD', () => {
  test.each([
    ['/torrents/0/stream/0', {}, 200],
    ['/torrents/0/stream/0', { Range: 'bytes=5-9' }, 206],
    ['/torrents/0/stream/0', { Range: 'bytes=-5', 'getcontentFeatures.dlna.org': '1' }, 206],
    ['/torrents/0/stream/1', {}, 200],
    ['/torrents/0/stream/9', {}, 404],
    ['/torrents/9/stream/0', {}, 404],
  ])('%s %o equals GET without a body, and opens no stream', async (path, headers, status) => {
    const torrent = library()
    const port = await serve(torrent)
    const head = await send(port, 'HEAD', path, headers)
    expect(torrent.streams).toEqual([])
    const get = await send(port, 'GET', path, headers)
    expect(head.status).toBe(status)
    expect(head.body.length).toBe(0)
    expect({ ...head.headers, date: '' }).toEqual({ ...get.headers, date: '' })
  })
})

describe('If-Range', () => {
  test.each([
    [`"${'0'.padStart(40, 'a')}-0"`, 206],
    ['Fri, 02 Jan 2026 03:04:05 GMT', 206],
    [`"${'0'.padStart(40, 'a')}-1"`, 200],
    [`W/"${'0'.padStart(40, 'a')}-0"`, 200],
    ['Fri, 02 Jan 2026 03:04:06 GMT', 200],
    ['nonsense', 200],
  ])('%s', async (ifRange, status) => {
    const headers = { Range: 'bytes=0-9', 'If-Range': ifRange }
    const answer = await send(await serve(), 'GET', '/torrents/0/stream/0', headers)
    expect(answer.status).toBe(status)
    expect(answer.body.length).toBe(status === 206 ? 10 : LENGTH)
  })

  test('is itself ignored without Range, and a stale one makes a bad Range harmless', async () => {
    const port = await serve()
    const path = '/torrents/0/stream/0'
    expect((await send(port, 'HEAD', path, { 'If-Range': '"stale"' })).status).toBe(200)
    const headers = { 'If-Range': '"stale"', Range: 'bytes=99999999-' }
    expect((await send(port, 'HEAD', path, headers)).status).toBe(200)
  })
})

test('there is no 304: caches of TVs are not to be trusted', async () => {
  const port = await serve()
  const path = '/torrents/0/stream/0'
  const { headers } = await send(port, 'HEAD', path)
  const answer = await send(port, 'GET', path, {
    'If-None-Match': headers.etag ?? '',
    'If-Modified-Since': headers['last-modified'] ?? '',
    Range: 'bytes=0-0',
  })
  expect(answer.status).toBe(206)
})
