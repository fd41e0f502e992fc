import { describe, expect, test, vi } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import { type Exchange, Traffic } from '../../../src/upnp/traffic/traffic.ts'
import { FakeSession, FakeTorrent } from '../../helpers/fake-session.ts'
import { jsonOf, send, startHttpServer } from '../../helpers/http-client.ts'

async function serve(auth: { user: string; password: string } | null = null) {
  const traffic = new Traffic({ log: silentLogger(), isDebugging: false })
  const heard: Exchange[] = []
  traffic.listen((exchange) => heard.push(exchange))
  const torrent = new FakeTorrent(0, 'x', [{ path: 'film.mkv', length: 1_000 }])
  const port = await startHttpServer({ session: new FakeSession(torrent), traffic, auth })
  return { port, traffic, heard }
}

describe('POST /traffic', () => {
  test('switches parts and addresses', async () => {
    const { port, traffic } = await serve()
    const body = ' soap.traffic=debug, MEDIA.traffic = off,addresses=on,'
    const answer = await send(port, 'POST', '/traffic', {}, body)
    expect(answer.status).toBe(200)
    expect(traffic.settings).toEqual({
      parts: { ssdp: null, soap: true, gena: null, media: false },
      addresses: true,
    })
    await send(port, 'POST', '/traffic', {}, 'soap.traffic=default')
    expect(traffic.settings.parts.soap).toBeNull()
    expect(traffic.settings.addresses).toBe(true)
  })

  test.each(['soap=debug', 'soap.traffic', 'soap.traffic=loud', 'everything.traffic=debug', '=on'])(
    'refuses %s',
    async (body) => {
      const { port } = await serve()
      const answer = await send(port, 'POST', '/traffic', {}, body)
      expect(answer.status).toBe(400)
      expect(JSON.stringify(jsonOf(answer))).toContain('expected')
    },
  )

  test('is for the owner alone, as is the list of renderers', async () => {
    const { port, traffic } = await serve({ user: 'u', password: 'p' })
    expect((await send(port, 'POST', '/traffic', {}, 'soap.traffic=debug')).status).toBe(401)
    expect((await send(port, 'GET', '/traffic')).status).toBe(401)
    expect(traffic.settings.parts.soap).toBeNull()
  })
})

test('GET /traffic tells who has been recognised', async () => {
  const { port } = await serve()
  await send(port, 'HEAD', '/torrents/0/stream/0', { 'User-Agent': 'VLC/3.0.24 LibVLC/3.0.24' })
  expect(jsonOf(await send(port, 'GET', '/traffic'))).toMatchObject({
    addresses: false,
    renderers: [{ address: '127.0.0.1', rule: 'vlc', userAgent: 'VLC/3.0.24 LibVLC/3.0.24' }],
  })
})

test('a request for media is watched with the headers of its answer, refused ones too', async () => {
  const { port, heard } = await serve()
  await send(port, 'GET', '/torrents/0/stream/0/x.mkv', { Range: 'bytes=5-9', 'X-Odd': '10.1.1.1' })
  await send(port, 'GET', '/torrents/0/stream/9')
  await vi.waitFor(() => expect(heard).toHaveLength(2), 10_000)
  const [film, missing] = heard
  expect(film?.request.startLine).toBe('GET /torrents/0/stream/0/x.mkv HTTP/1.1')
  expect(film?.request.headers).toContainEqual(['Range', 'bytes=5-9'])
  expect(film?.request.headers).toContainEqual(['X-Odd', '192.0.2.2'])
  expect(film?.answer?.startLine).toBe('HTTP/1.1 206 Partial Content')
  expect(film?.answer?.headers).toContainEqual(['content-range', 'bytes 5-9/1000'])
  expect(missing?.answer?.startLine).toBe('HTTP/1.1 404 Not Found')
})

test('so are requests for subtitles and pictures', async () => {
  const { port, heard } = await serve()
  const paths = [
    '/torrents/0/subtitles/0/en.srt',
    '/torrents/0/stream/0/x.srt',
    '/p/V/tn.jpg',
    '/torrents/0/stream/0?albumArt=true',
  ]
  for (const path of paths) await send(port, 'GET', path)
  await vi.waitFor(() => expect(heard).toHaveLength(paths.length), 10_000)
  expect(heard.map(({ part, request }) => [part, request.startLine])).toEqual(
    paths.map((path) => ['media', `GET ${path} HTTP/1.1`]),
  )
})
