import { expect, test } from 'vitest'
import { FakeSession, FakeTorrent } from '../../helpers/fake-session.ts'
import { RawClient, send, startHttpServer } from '../../helpers/http-client.ts'

const HASH = '0'.padStart(40, 'a')

function session(): FakeSession {
  const show = new FakeTorrent(0, 'Tom & Jerry', [
    { path: 'song #1 100%.mp3', length: 5 },
    { path: 'cover.jpg', length: 5 },
    { path: 'Show/S01E10.mkv', length: 5 },
    { path: 'Show/S01E2.srt', length: 5 },
    { path: 'Show/S01E2.mkv', length: 5 },
    { path: 'film.rar', length: 5 },
    { path: '.pad/5.mkv', length: 5, padding: true },
    { path: 'link.mkv', length: 0, symlink: ['Show', 'S01E2.mkv'] },
    { path: 'Ünïcode ☃ +.avi', length: 5 },
    { path: 'two\nlines.mp4', length: 5 },
  ])
  show.deselected.add(4)
  const other = new FakeTorrent(1, 'Film 2', [{ path: 'film.mp4', length: 5 }])
  const last = new FakeTorrent(2, 'Film 10', [{ path: 'film.mp4', length: 5 }])
  const resolving = new FakeTorrent(3, null, [])
  resolving.state = { kind: 'resolving' }
  return new FakeSession(show, last, other, resolving)
}

function linesOf(body: Buffer): string[] {
  return body.toString('utf8').split('\r\n')
}

test('a torrent’s playlist, byte for byte', async () => {
  const port = await startHttpServer({ session: session() })
  const answer = await send(port, 'GET', '/torrents/0/playlist')
  expect(answer.status).toBe(200)
  expect(answer.headers).toMatchObject({
    'content-type': 'application/mpegurl; charset=utf-8',
    'content-disposition': 'attachment; filename="rqbit-playlist.m3u8"',
  })
  const base = `http://127.0.0.1:${port}/torrents/0/stream`
  expect(linesOf(answer.body)).toEqual([
    '#EXTM3U',
    '#EXTINF:-1,S01E2.mkv',
    `${base}/4/Show/S01E2.mkv`,
    '#EXTINF:-1,S01E10.mkv',
    `${base}/2/Show/S01E10.mkv`,
    '#EXTINF:-1,song #1 100%.mp3',
    `${base}/0/song%20%231%20100%25.mp3`,
    '#EXTINF:-1,two lines.mp4',
    `${base}/9/two%0Alines.mp4`,
    '#EXTINF:-1,Ünïcode ☃ +.avi',
    `${base}/8/%C3%9Cn%C3%AFcode%20%E2%98%83%20%2B.avi`,
    '',
  ])
})

test('its URLs lead to the files, under the name that was asked for', async () => {
  const port = await startHttpServer({ session: session() })
  const answer = await send(port, 'GET', `/torrents/${HASH}/playlist`)
  const urls = linesOf(answer.body).filter((line) => line.startsWith('http'))
  expect(urls).toHaveLength(5)
  for (const url of urls) {
    expect(url).toContain(`/torrents/${HASH}/stream/`)
    const response = await fetch(url)
    expect((await response.arrayBuffer()).byteLength).toBe(5)
  }
})

test('the playlist of everything goes by the torrents’ names', async () => {
  const port = await startHttpServer({ session: session() })
  const urls = linesOf((await send(port, 'GET', '/torrents/playlist')).body)
    .filter((line) => line.startsWith('http'))
    .map((url) => new URL(url).pathname.split('/').slice(2, 5).join('/'))
  expect(urls).toEqual([
    '1/stream/0',
    '2/stream/0',
    '0/stream/4',
    '0/stream/2',
    '0/stream/0',
    '0/stream/9',
    '0/stream/8',
  ])
})

test('a magnet that is being resolved has none yet', async () => {
  const port = await startHttpServer({ session: session() })
  expect((await send(port, 'GET', '/torrents/3/playlist')).status).toBe(409)
})

async function baseOf(headers: Record<string, string>, trustProxy = false): Promise<string> {
  const port = await startHttpServer({ session: session(), trustProxy })
  const answer = await send(port, 'GET', '/torrents/1/playlist', headers)
  const url = linesOf(answer.body)[2] ?? ''
  return url.slice(0, url.indexOf('/torrents/')).replace(`:${port}`, ':PORT')
}

test.each([
  [{}, 'http://127.0.0.1:PORT'],
  [{ Host: 'localhost' }, 'http://localhost'],
  [{ Host: 'den.local:3030' }, 'http://den.local:3030'],
  [{ Host: '[::1]:3030' }, 'http://[::1]:3030'],
  [{ 'X-Forwarded-Proto': 'https' }, 'https://127.0.0.1:PORT'],
  [
    { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'media.example.org' },
    'https://media.example.org',
  ],
  [{ 'X-Forwarded-Host': 'media.example.org:8443' }, 'http://media.example.org:8443'],
  [
    { 'X-Forwarded-Host': 'a.example, b.example', 'X-Forwarded-Proto': 'https, http' },
    'https://a.example',
  ],
  [
    { 'X-Forwarded-Host': 'media.example.org', 'X-Forwarded-Port': '8080' },
    'http://media.example.org:8080',
  ],
  [
    {
      'X-Forwarded-Host': 'media.example.org',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Port': '443',
    },
    'https://media.example.org',
  ],
  [
    { 'X-Forwarded-Host': 'media.example.org', 'X-Forwarded-Prefix': '/tv/' },
    'http://media.example.org/tv',
  ],
  [{ 'X-Forwarded-Prefix': '/tv\\"<x>' }, 'http://127.0.0.1:PORT'],
  [{ 'X-Forwarded-Proto': 'javascript' }, 'http://127.0.0.1:PORT'],
  [{ 'X-Forwarded-Host': 'evil.example/path?' }, 'http://127.0.0.1:PORT'],
])('%o leads to %s', async (headers, expected) => {
  expect(await baseOf(headers)).toBe(expected)
})

test('HTTP/1.0 without Host leads to the address that was connected to', async () => {
  const port = await startHttpServer({ session: session() })
  const client = new RawClient(port).write('GET /torrents/1/playlist HTTP/1.0', '', '')
  expect((await client.answer()).body.toString()).toContain(`http://127.0.0.1:${port}/torrents/1/`)
})
