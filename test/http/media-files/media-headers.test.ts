import { describe, expect, test } from 'vitest'
import { answerMedia } from '../../../src/http/media-files/media-answer.ts'
import type { MediaFacts } from '../../../src/media/probe/media-facts.ts'
import type { InfoHash } from '../../../src/torrents/metainfo/info-hash.ts'
import { FakeSession, FakeTorrent } from '../../helpers/fake-session.ts'
import { RawClient, send, startHttpServer } from '../../helpers/http-client.ts'

const AV = '01700000000000000000000000000000'
const IMAGE = '00F00000000000000000000000000000'
const TEXT = '00D00000000000000000000000000000'

async function serve(): Promise<number> {
  const torrent = new FakeTorrent(0, 'mixed', [
    { path: 'film.mkv', length: 1000 },
    { path: 'cover.jpg', length: 1000 },
    { path: 'film.srt', length: 1000 },
    { path: 'readme', length: 1000 },
    { path: 'page.html', length: 1000 },
  ])
  return startHttpServer({ session: new FakeSession(torrent) })
}

test.each([
  [0, 'video/x-matroska', 'Streaming', AV],
  [1, 'image/jpeg', 'Interactive', IMAGE],
  [2, 'text/srt', 'Interactive', TEXT],
  [3, 'application/octet-stream', 'Interactive', TEXT],
])('file %d is %s, asked for DLNA headers or not', async (file, mimeType, mode, flags) => {
  const port = await serve()
  for (const headers of [{}, { 'getcontentFeatures.dlna.org': '1' }]) {
    const answer = await send(port, 'GET', `/torrents/0/stream/${file}`, headers)
    expect(answer.headers).toMatchObject({
      'content-type': mimeType,
      'transfermode.dlna.org': mode,
      'contentfeatures.dlna.org': `DLNA.ORG_OP=01;DLNA.ORG_CI=0;DLNA.ORG_FLAGS=${flags}`,
      'realtimeinfo.dlna.org': 'DLNA.ORG_TLAG=*',
      'accept-ranges': 'bytes',
      'last-modified': 'Fri, 02 Jan 2026 03:04:05 GMT',
      etag: `"${'0'.padStart(40, 'a')}-${file}"`,
      server: 'Test/1.0',
      ext: '',
      connection: 'close',
    })
    expect(Number.isNaN(Date.parse(answer.headers.date ?? ''))).toBe(false)
  }
})

test('names are spelled as the DLNA guidelines and RFC 9110 spell them', async () => {
  const answer = await send(await serve(), 'GET', '/torrents/0/stream/0', { Range: 'bytes=0-1' })
  expect([...answer.headerNames].sort()).toEqual([
    'Accept-Ranges',
    'Connection',
    'Content-Length',
    'Content-Range',
    'Content-Type',
    'Date',
    'ETag',
    'EXT',
    'Last-Modified',
    'Server',
    'contentFeatures.dlna.org',
    'realTimeInfo.dlna.org',
    'transferMode.dlna.org',
  ])
})

describe('requests that a renderer may send', () => {
  test.each([
    ['getcontentFeatures', 0, { 'getcontentFeatures.dlna.org': ' 1 ' }, 200],
    ['getcontentFeatures other than 1', 0, { 'getcontentFeatures.dlna.org': '0' }, 400],
    ['getAvailableSeekRange', 0, { 'getAvailableSeekRange.dlna.org': '1' }, 200],
    ['bad getAvailableSeekRange', 0, { 'getAvailableSeekRange.dlna.org': 'x' }, 400],
    ['Streaming of an image', 1, { 'transferMode.dlna.org': 'Streaming' }, 200],
    ['Interactive of a film', 0, { 'transferMode.dlna.org': 'Interactive' }, 200],
    ['a mode nobody knows', 0, { 'transferMode.dlna.org': 'Teleport' }, 200],
    [
      'Interactive with realTimeInfo',
      1,
      { 'transferMode.dlna.org': 'Interactive', 'realTimeInfo.dlna.org': 'DLNA.ORG_TLAG=*' },
      400,
    ],
    ['TimeSeekRange', 0, { 'TimeSeekRange.dlna.org': 'npt=335.1-' }, 406],
    ['TimeSeekRange from 0', 0, { 'TimeSeekRange.dlna.org': 'npt=0.0-' }, 406],
    ['TimeSeekRange by the clock', 0, { 'TimeSeekRange.dlna.org': 'npt=0:05:35.3-0:37:00.0' }, 406],
    ['malformed TimeSeekRange', 0, { 'TimeSeekRange.dlna.org': 'x' }, 400],
    [
      'malformed TimeSeekRange with Range',
      0,
      { 'TimeSeekRange.dlna.org': 'x', Range: 'bytes=5-' },
      206,
    ],
    ['realTimeInfo', 0, { 'realTimeInfo.dlna.org': 'DLNA.ORG_TLAG=*' }, 200],
    ['normal PlaySpeed', 0, { 'PlaySpeed.dlna.org': 'speed=1' }, 200],
    ['malformed PlaySpeed', 0, { 'PlaySpeed.dlna.org': 'fast' }, 400],
    ['PlaySpeed backwards', 0, { 'PlaySpeed.dlna.org': 'speed=-1/2' }, 406],
    ['the URI of a DVD', 0, { Pragma: 'getIfoFileURI.dlna.org' }, 200],
    ['PlaySpeed', 0, { 'PlaySpeed.dlna.org': 'speed=2' }, 406],
    [
      'TimeSeekRange with Range',
      0,
      { 'TimeSeekRange.dlna.org': 'npt=335.1-', Range: 'bytes=5-' },
      206,
    ],
    ['PlaySpeed with Range', 0, { 'PlaySpeed.dlna.org': 'speed=2', Range: 'bytes=5-' }, 206],
    ['peer manager', 0, { 'peerManager.dlna.org': 'x', 'scid.dlna.org': '1' }, 200],
    ['Samsung', 0, { 'getMediaInfo.sec': '1', 'getCaptionInfo.sec': '1' }, 200],
    ['compression', 0, { 'Accept-Encoding': 'gzip, br' }, 200],
  ] as const)('%s', async (_, file, headers, status) => {
    const port = await serve()
    for (const method of ['GET', 'HEAD']) {
      const answer = await send(port, method, `/torrents/0/stream/${file}`, headers)
      expect(answer.status).toBe(status)
      expect(answer.headers).not.toHaveProperty('content-encoding')
      expect(answer.headers).not.toHaveProperty('transfer-encoding')
    }
  })

  test.each([
    [0, 'Background', 'Background'],
    [1, 'Background', 'Background'],
    [0, 'streaming', 'Streaming'],
    [1, 'Streaming', 'Interactive'],
    [0, 'Interactive', 'Streaming'],
  ])('file %d asked for as %s is sent as %s', async (file, requested, mode) => {
    const headers = { 'transferMode.dlna.org': requested }
    const answer = await send(await serve(), 'HEAD', `/torrents/0/stream/${file}`, headers)
    expect(answer.headers['transfermode.dlna.org']).toBe(mode)
  })
})

test('the range that can be sought in is told to who asks for it', async () => {
  const port = await serve()
  const headers = { 'getAvailableSeekRange.dlna.org': '1' }
  const answer = await send(port, 'HEAD', '/torrents/0/stream/0', headers)
  expect(answer.headers['availableseekrange.dlna.org']).toBe('1 bytes=0-999')
  expect((await send(port, 'HEAD', '/torrents/0/stream/0')).headers).not.toHaveProperty(
    'availableseekrange.dlna.org',
  )
})

const FILM = {
  ...{ kind: 'audio', container: 'mp3', title: null, cover: null },
  ...{ bitRate: null, audio: [] },
} satisfies Partial<MediaFacts>

test('how long a film plays is told to a Samsung that asks, where it is known', () => {
  const facts = {
    infoHash: 'a'.repeat(40) as InfoHash,
    addedAt: new Date(0),
    file: { index: 0, components: ['film.mkv'], length: 0 },
  }
  const asked = { 'getmediainfo.sec': '1', 'getavailableseekrange.dlna.org': '1' }
  const sent = (durationMs: number | null, request = {}) =>
    answerMedia({ ...facts, facts: { ...FILM, durationMs } }, request).headers
  expect(sent(90_061, asked)).toMatchObject({ 'MediaInfo.sec': 'SEC_Duration=90061;' })
  expect(sent(90_061)).not.toHaveProperty('MediaInfo.sec')
  expect(sent(null, asked)).not.toHaveProperty('MediaInfo.sec')
  expect(sent(0, asked)).not.toHaveProperty('MediaInfo.sec')
  expect(sent(1, asked)).not.toHaveProperty('availableSeekRange.dlna.org')
})

describe('HTTP/1.0', () => {
  test.each([
    ['without Host', []],
    ['with Host', ['Host: 127.0.0.1']],
    ['asking to be kept alive', ['Connection: keep-alive']],
  ])('%s', async (_, headers) => {
    const client = new RawClient(await serve())
    client.write(
      'GET /torrents/0/stream/0/film.mkv HTTP/1.0',
      ...headers,
      'Range: bytes=5-9',
      '',
      '',
    )
    const answer = await client.answer()
    expect(answer.statusLine).toBe('HTTP/1.1 206 Partial Content')
    expect(answer.headers).toMatchObject({ connection: 'close', 'content-length': '5' })
    expect(answer.headers).not.toHaveProperty('transfer-encoding')
    expect(answer.body.length).toBe(5)
  })
})

test('HTTP/1.1 without Host is a bad request', async () => {
  const client = new RawClient(await serve()).write('GET /torrents/0/stream/0 HTTP/1.1', '', '')
  expect((await client.answer()).status).toBe(400)
})

test('a web page in a torrent cannot act in our name', async () => {
  const port = await serve()
  const page = await send(port, 'GET', '/torrents/0/stream/4')
  expect(page.headers['content-security-policy']).toBe('sandbox')
  const film = await send(port, 'GET', '/torrents/0/stream/0')
  expect(film.headers).not.toHaveProperty('content-security-policy')
})

test('contentFeatures name the profile of what has been looked at, also on HEAD and 206', async () => {
  const torrent = new FakeTorrent(0, 'mixed', [{ path: 'photo.jpg', length: 1000 }])
  const factsOf = () => ({
    ...{ kind: 'image' as const, container: 'jpeg' as const, title: null, cover: null },
    ...{ codec: 'JPEG', width: 4000, height: 3000 },
  })
  const port = await startHttpServer({
    session: new FakeSession(torrent),
    facts: { factsOf, probing: null },
  })
  for (const [method, headers] of [
    ['GET', {}],
    ['HEAD', {}],
    ['GET', { Range: 'bytes=5-9' }],
  ] as const) {
    const answer = await send(port, method, '/torrents/0/stream/0', headers)
    expect(answer.headers['contentfeatures.dlna.org']).toBe(
      `DLNA.ORG_PN=JPEG_LRG;DLNA.ORG_OP=01;DLNA.ORG_CI=0;DLNA.ORG_FLAGS=${IMAGE}`,
    )
  }
})

test('a film that is named as a picture has no length', async () => {
  const torrent = new FakeTorrent(0, 'mixed', [{ path: 'liar.jpg', length: 1000 }])
  const factsOf = () => ({
    ...{ kind: 'audio' as const, container: 'matroska' as const, title: null, cover: null },
    ...{ durationMs: 1_000, bitRate: 8_000, audio: [] },
  })
  const port = await startHttpServer({
    session: new FakeSession(torrent),
    facts: { factsOf, probing: null },
  })
  const answer = await send(port, 'HEAD', '/torrents/0/stream/0', { 'getMediaInfo.sec': '1' })
  expect(answer.status).toBe(200)
  expect(answer.headers).not.toHaveProperty('mediainfo.sec')
})
