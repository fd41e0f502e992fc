import { describe, expect, test } from 'vitest'
import { parseMagnet } from '../../../src/torrents/metainfo/magnet.ts'
import { parseMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'
import { TorrentError } from '../../../src/torrents/torrent-error.ts'
import { FakeSession, FakeTorrent } from '../../helpers/fake-session.ts'
import {
  jsonOf,
  type RawAnswer,
  RawClient,
  send,
  startHttpServer,
} from '../../helpers/http-client.ts'
import { makeTorrent, singleFile } from '../../helpers/make-torrent.ts'

const HASH = '7350a9601b60f36b71d00f03828b3fed29f7d130'
const MAGNET = `magnet:?xt=urn:btih:${HASH}&dn=paused`
const TORRENT_FILE = Buffer.from('d4:infod6:lengthi5e4:name1:xee\xff', 'latin1')

interface Adding {
  readonly session: FakeSession
  readonly torrent: FakeTorrent
  post(query: string, body: string | Buffer, headers?: Record<string, string>): Promise<RawAnswer>
}

async function adding(): Promise<Adding> {
  const session = new FakeSession()
  const torrent = new FakeTorrent(4, 'paused.mp4', [{ path: 'paused.mp4', length: 500_000 }])
  session.next = async () => {
    const isNew = !session.torrents.includes(torrent)
    if (isNew) session.torrents.push(torrent)
    return { torrent, isNew }
  }
  const port = await startHttpServer({ session })
  const post: Adding['post'] = (query, body, headers) =>
    send(port, 'POST', `/torrents${query}`, headers, body)
  return { session, torrent, post }
}

test.each([
  ['a magnet', MAGNET, { kind: 'magnet', magnet: parseMagnet(MAGNET) }],
  ['a magnet and a line end', `${MAGNET}\n`, { kind: 'magnet', magnet: parseMagnet(MAGNET) }],
  [
    'a URL',
    'https://example.org/x.torrent?a=b&c',
    { kind: 'url', url: 'https://example.org/x.torrent?a=b&c' },
  ],
  ['an info hash', HASH, { kind: 'info-hash', infoHash: HASH }],
  ['an info hash in capitals', HASH.toUpperCase(), { kind: 'info-hash', infoHash: HASH }],
  ['bytes', TORRENT_FILE, { kind: 'torrent-file', bytes: TORRENT_FILE }],
  ['nonsense', 'not a torrent', { kind: 'torrent-file', bytes: Buffer.from('not a torrent') }],
  ['nothing', '', { kind: 'torrent-file', bytes: Buffer.alloc(0) }],
])('the body is %s', async (_, body, source) => {
  const { session, post } = await adding()
  const answer = await post('', body)
  expect(answer.status).toBe(200)
  expect(session.added).toEqual([{ source, options: { requirePeers: true, provisional: true } }])
})

test('the answer tells what was added', async () => {
  const { post, torrent } = await adding()
  expect(jsonOf(await post('', MAGNET))).toEqual({
    id: 4,
    details: {
      id: 4,
      info_hash: torrent.infoHash,
      name: 'paused.mp4',
      output_folder: '/srv/media',
      total_pieces: 48,
      paused: false,
      resolving: false,
      keep: false,
      seeding: { ratio: null, minutes: null },
      added_at: torrent.addedAt.getTime(),
      files: [expect.objectContaining({ name: 'paused.mp4', length: 500_000, included: true })],
    },
    output_folder: '/srv/media',
    seen_peers: null,
  })
})

describe('parameters', () => {
  test.each([
    ['?initial_peers=127.0.0.1:14260', { initialPeers: ['127.0.0.1:14260'] }],
    ['?initial_peers=192.0.2.1:1,[::1]:2', { initialPeers: ['192.0.2.1:1', '[::1]:2'] }],
    ['?only_files=0,2', { onlyFiles: [0, 2] }],
    ['?overwrite=true', { overwrite: true }],
    ['?overwrite=false', { overwrite: false }],
    ['?output_folder=/srv/media/films', { outputFolder: '/srv/media/films' }],
    ['?sub_folder=sub', { outputFolder: 'sub' }],
    ['?nosuch=1', {}],
    [
      '?peer_connect_timeout=20&peer_read_write_timeout=60',
      { peerTimeouts: { connectMs: 20_000, silentMs: 60_000 } },
    ],
    ['?peer_connect_timeout=0', { peerTimeouts: { connectMs: 1_000 } }],
    ['?list_only=false', {}],
    ['?paused=true', { paused: true }],
  ])('%s', async (query, options) => {
    const { session, post } = await adding()
    expect((await post(query, MAGNET)).status).toBe(200)
    expect(session.added[0]?.options).toEqual({ ...options, requirePeers: true, provisional: true })
  })

  test.each([
    '?only_files=a',
    '?only_files=',
    '?only_files=1,,2',
    '?only_files=-1',
    '?overwrite=maybe',
    '?initial_peers=localhost:1',
    '?initial_peers=127.0.0.1',
    '?initial_peers=127.0.0.1:0',
    '?initial_peers=::1:5',
    '?timeout_ms=soon',
    '?timeout_ms=-1',
    '?peer_connect_timeout=soon',
    '?wait=never',
    '?is_url=x',
    '?output_folder=a&sub_folder=b',
    '?sub_folder=/etc',
    '?only_files=0&only_files_regex=x',
    '?only_files_regex=x&wait=false',
  ])('%s is refused', async (query) => {
    const { session, post } = await adding()
    const answer = await post(query, MAGNET)
    expect(answer.status).toBe(400)
    expect(jsonOf(answer)).toMatchObject({ error_kind: 'internal_error', status: 400 })
    expect(session.added).toEqual([])
  })

  test('is_url says how the body is to be read', async () => {
    const { session, post } = await adding()
    expect((await post('?is_url=false', MAGNET)).status).toBe(200)
    expect(session.added[0]?.source.kind).toBe('torrent-file')
    expect((await post('?is_url=true', 'not a URL')).status).toBe(400)
  })
})

describe('what is only looked at', () => {
  const fixture = makeTorrent('Show', [
    { path: ['S01E01.mkv'], data: Buffer.alloc(10) },
    { path: ['S01E01.srt'], data: Buffer.alloc(5) },
  ])

  async function looking(): Promise<Adding> {
    const bench = await adding()
    const metainfo = parseMetainfo(fixture.torrentFile)
    bench.session.found = async () => ({ metainfo, seenPeers: ['192.0.2.1:6881'] })
    return bench
  }

  test('is told and not added', async () => {
    const { session, post } = await looking()
    const answer = await post('?list_only=true&timeout_ms=900&only_files=1', MAGNET)
    expect(answer.status).toBe(200)
    expect(jsonOf(answer)).toEqual({
      id: null,
      details: {
        info_hash: parseMetainfo(fixture.torrentFile).infoHash,
        name: 'Show',
        output_folder: '/srv/media/Show',
        total_pieces: 1,
        files: [
          expect.objectContaining({ name: 'S01E01.mkv', length: 10, included: false }),
          expect.objectContaining({ name: 'S01E01.srt', length: 5, included: true }),
        ],
      },
      output_folder: '/srv/media/Show',
      seen_peers: ['192.0.2.1:6881'],
    })
    expect(session.resolved[0]?.options).toEqual({ timeoutMs: 900 })
    expect(session.added).toEqual([])
  })

  test.each([
    ['only_files=2', 'file id 2 is out of range'],
    ['only_files_regex=avi', 'none of the filenames match the given regex'],
    ['only_files_regex=(', 'filename regex is incorrect'],
  ])('%s is refused', async (query, reason) => {
    const { post } = await looking()
    const answer = await post(`?list_only=true&${query}`, MAGNET)
    expect(answer.status).toBe(400)
    expect(jsonOf(answer)).toMatchObject({ human_readable: expect.stringContaining(reason) })
  })

  test('a single file lies in a folder that ends with a slash', async () => {
    const { session, post } = await looking()
    const metainfo = parseMetainfo(singleFile('a.mkv', Buffer.alloc(10)).torrentFile)
    session.found = async () => ({ metainfo, seenPeers: [] })
    expect(jsonOf(await post('?list_only=true&sub_folder=films', MAGNET))).toMatchObject({
      output_folder: '/srv/media/films/',
    })
  })

  test('a regular expression selects files, also in hostile ones without delay', async () => {
    const { session, post } = await looking()
    const pattern = encodeURIComponent('(?i)\\.MKV$')
    expect((await post(`?only_files_regex=${pattern}`, MAGNET)).status).toBe(200)
    expect(session.added.map(({ source, options }) => [source.kind, options.onlyFiles])).toEqual([
      ['torrent-file', [0]],
      ['magnet', [0]],
    ])
    const startedAt = performance.now()
    const slow = encodeURIComponent('(.*a.*)*(.*a.*)*(.*a.*)*b$|srt')
    expect((await post(`?only_files_regex=${slow}`, MAGNET)).status).toBe(200)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })
})

describe('waiting for the metadata', () => {
  test.each([
    ['', {}, 600_000],
    ['?timeout_ms=800', {}, 800],
    ['', { 'x-req-timeout-ms': '900' }, 900],
    ['?timeout_ms=800', { 'x-req-timeout-ms': '900' }, 800],
    ['?timeout_ms=99999999999', {}, 3_600_000],
    ['?wait=true', {}, 600_000],
    ['?wait=false', {}, undefined],
  ])('%s %o', async (query, headers, timeoutMs) => {
    const { torrent, post } = await adding()
    expect((await post(query, MAGNET, headers)).status).toBe(200)
    expect(torrent.metadataTimeoutMs).toBe(timeoutMs)
  })

  test('the answer comes when the metadata comes', async () => {
    const { torrent, post } = await adding()
    const { files } = torrent
    torrent.files = []
    let arrive = (): void => {}
    const arrival = new Promise<void>((resolve) => {
      arrive = () => {
        torrent.files = files
        resolve()
      }
    })
    torrent.metadata = () => arrival
    const answer = post('', MAGNET)
    arrive()
    expect(jsonOf(await answer)).toMatchObject({ details: { files: [{ name: 'paused.mp4' }] } })
  })

  test('without waiting the answer has no files yet', async () => {
    const { torrent, post } = await adding()
    torrent.files = []
    torrent.state = { kind: 'resolving' }
    torrent.metadata = () => new Promise(() => {})
    expect(jsonOf(await post('?wait=false', MAGNET))).toMatchObject({
      id: 4,
      details: { files: [], resolving: true },
    })
  })

  test('a time that is up is 500, and nothing is left of the torrent, as with rqbit', async () => {
    const { session, torrent, post } = await adding()
    torrent.metadata = () => Promise.reject(new TorrentError('timeout', 'no metadata'))
    const answer = await post('?timeout_ms=800', MAGNET)
    expect(answer.status).toBe(500)
    expect(jsonOf(answer)).toMatchObject({ human_readable: 'timeout: deadline has elapsed' })
    expect(session.torrents).toEqual([])
  })

  test('a torrent that was there before stays, whoever waits for it in vain', async () => {
    const { session, torrent, post } = await adding()
    session.torrents.push(torrent)
    torrent.metadata = () => Promise.reject(new TorrentError('timeout', 'no metadata'))
    expect((await post('?timeout_ms=800', MAGNET)).status).toBe(500)
    expect(session.torrents).toEqual([torrent])
  })

  test('one that somebody was told of stays as well', async () => {
    const { session, torrent, post } = await adding()
    let giveUp = (_: Error): void => {}
    torrent.metadata = () => new Promise((_, reject) => (giveUp = reject))
    const waiting = post('?timeout_ms=800', MAGNET)
    await expect.poll(() => session.added.length).toBe(1)
    expect((await post('?wait=false', MAGNET)).status).toBe(200)
    giveUp(new TorrentError('timeout', 'no metadata'))
    expect((await waiting).status).toBe(500)
    expect(session.torrents).toEqual([torrent])
  })

  test('of several that wait, the last to fail takes it back', async () => {
    const { session, torrent, post } = await adding()
    const giveUp: ((error: Error) => void)[] = []
    torrent.metadata = () => new Promise((_, reject) => giveUp.push(reject))
    const first = post('?timeout_ms=800', MAGNET)
    await expect.poll(() => giveUp.length).toBe(1)
    const second = post('?timeout_ms=900', MAGNET)
    await expect.poll(() => giveUp.length).toBe(2)
    giveUp[0]?.(new TorrentError('timeout', 'no metadata'))
    expect((await first).status).toBe(500)
    expect(session.torrents).toEqual([torrent])
    giveUp[1]?.(new TorrentError('timeout', 'no metadata'))
    expect((await second).status).toBe(500)
    expect(session.torrents).toEqual([])
  })
})

describe('what cannot be added', () => {
  test.each([
    ['invalid-torrent', 'missing field `info`'],
    ['fetch-failed', 'connection refused'],
    ['files-exist', 'x is in the way'],
    ['bad-folder', '/etc lies outside'],
    ['unknown-file', 'file id 7 is out of range'],
  ] as const)('%s is the caller’s mistake', async (kind, message) => {
    const { session, post } = await adding()
    session.next = () => Promise.reject(new TorrentError(kind, message))
    const answer = await post('', TORRENT_FILE)
    expect(answer.status).toBe(400)
    expect(jsonOf(answer)).toEqual({
      error_kind: 'internal_error',
      human_readable: `error adding torrent: ${message}`,
      code: kind.replace('-', '_'),
      status: 400,
      status_text: '400 Bad Request',
    })
  })

  test('a magnet without a hash', async () => {
    const { post } = await adding()
    expect((await post('', 'magnet:?dn=nohash')).status).toBe(400)
  })

  test('a fault of ours is 500 and tells nothing', async () => {
    const { session, post } = await adding()
    session.next = () => Promise.reject(new Error('secret'))
    const answer = await post('', MAGNET)
    expect(answer.status).toBe(500)
    expect(answer.body.toString()).not.toContain('secret')
  })
})

describe('a body that is too large', () => {
  const LIMIT = 64 * 1024 * 1024

  test('at the limit is taken', async () => {
    const { session, post } = await adding()
    expect((await post('', Buffer.alloc(LIMIT))).status).toBe(200)
    expect(session.added).toHaveLength(1)
  })

  test('above it is 413', async () => {
    const { session, post } = await adding()
    const answer = await post('', Buffer.alloc(LIMIT + 1))
    expect(answer.status).toBe(413)
    expect(jsonOf(answer)).toEqual({
      error_kind: 'internal_error',
      human_readable: 'body too large',
      code: 'too_large',
      status: 413,
      status_text: '413 Payload Too Large',
    })
    expect(session.added).toEqual([])
  })

  test('is read to its end, so that a client that writes first gets to read', async () => {
    const client = new RawClient(await startHttpServer({ session: new FakeSession() }))
    const size = 2 * LIMIT
    client.write('POST /torrents HTTP/1.1', 'Host: 127.0.0.1', 'Connection: close')
    client.write('', `Content-Length: ${size}`, '', '')
    for (let sent = 0; sent < size; sent += LIMIT / 8) {
      await new Promise((resolve) => client.socket.write(Buffer.alloc(LIMIT / 8), resolve))
      expect(sent + LIMIT / 8 < size ? client.received.length : 0).toBe(0)
    }
    expect((await client.answer()).status).toBe(413)
    expect(client.socket.errored).toBeNull()
  })

  test('of unknown length is 413 as well', async () => {
    const client = new RawClient(await startHttpServer({ session: new FakeSession() }))
    const size = LIMIT + 1
    client.write('POST /torrents HTTP/1.1', 'Host: 127.0.0.1', 'Connection: close')
    client.write('', 'Transfer-Encoding: chunked', '', size.toString(16), '')
    client.socket.write(Buffer.alloc(size))
    client.write('', '0', '', '')
    expect((await client.answer()).status).toBe(413)
  })

  test('compressed is 415', async () => {
    const { post } = await adding()
    expect((await post('', MAGNET, { 'Content-Encoding': 'gzip' })).status).toBe(415)
  })
})
