import { once } from 'node:events'
import { expect, test } from 'vitest'
import { TorrentError } from '../../../src/torrents/torrent-error.ts'
import { bytesOf, FakeSession, FakeTorrent } from '../../helpers/fake-session.ts'
import { jsonOf, RawClient, send, startHttpServer } from '../../helpers/http-client.ts'

const MIB = 1024 * 1024
const HEAD_END = Buffer.from('\r\n\r\n')

async function serve(torrent: FakeTorrent): Promise<number> {
  return startHttpServer({ session: new FakeSession(torrent) })
}

function film(length: number): FakeTorrent {
  return new FakeTorrent(0, 'film', [{ path: 'film.mkv', length }])
}

function get(port: number, ...headers: readonly string[]): RawClient {
  return new RawClient(port).write(
    'GET /torrents/0/stream/0 HTTP/1.1',
    'Host: 127.0.0.1',
    ...headers,
    '',
    '',
  )
}

function bodyOf(received: Buffer): Buffer {
  const end = received.indexOf(HEAD_END)
  return end === -1 ? Buffer.alloc(0) : received.subarray(end + HEAD_END.length)
}

/** Yields to the event loop until something has come about. */
async function eventually(predicate: () => boolean): Promise<void> {
  while (!predicate()) await new Promise((resolve) => setImmediate(resolve))
}

test.each([1, 1000, 16_384, Number.POSITIVE_INFINITY])(
  'reads of at most %d bytes add up',
  async (largestRead) => {
    const torrent = film(largestRead === 1 ? 1000 : 3 * MIB + 5)
    torrent.largestRead = largestRead
    const answer = await send(await serve(torrent), 'GET', '/torrents/0/stream/0')
    const length = torrent.files[0]?.length ?? 0
    expect(answer.body.equals(bytesOf(0, length - 1))).toBe(true)
    expect(torrent.streams[0]?.closed).toBe(true)
  },
)

test('the head comes before the first byte, and each byte as soon as it is there', async () => {
  const torrent = film(MIB)
  torrent.limit = 0
  const client = get(await serve(torrent))
  await client.until((received) => received.includes(HEAD_END))
  expect(bodyOf(client.received).length).toBe(0)
  for (const limit of [1, 5, 16_384]) {
    torrent.streams[0]?.fill(limit)
    await client.until((received) => bodyOf(received).length === limit)
  }
  torrent.streams[0]?.fill(MIB)
  expect((await client.answer()).body.equals(bytesOf(0, MIB - 1))).toBe(true)
})

test('no more is read than the range asks for', async () => {
  const torrent = film(MIB)
  const answer = await send(await serve(torrent), 'GET', '/torrents/0/stream/0', {
    Range: 'bytes=100-199',
  })
  expect(answer.body.length).toBe(100)
  expect(torrent.streams[0]?.position).toBe(200)
})

test('a client that pauses holds the stream back, and gets the rest when it goes on', async () => {
  const torrent = film(64 * MIB)
  const client = get(await serve(torrent))
  client.socket.pause()
  await once(client.socket, 'connect')
  let position = 0
  let roundsWithoutReading = 0
  await eventually(() => {
    const now = torrent.streams[0]?.position ?? 0
    roundsWithoutReading = now > position ? 0 : roundsWithoutReading + 1
    position = now
    return position > 0 && roundsWithoutReading > 5000
  })
  expect(position).toBeLessThan(40 * MIB)
  client.socket.resume()
  expect((await client.answer()).body.length).toBe(64 * MIB)
})

test.each(['waiting for a piece', 'taking bytes'])(
  'a client that leaves while %s frees its stream',
  async (moment) => {
    const torrent = film(100 * MIB)
    if (moment === 'waiting for a piece') torrent.limit = 10
    const client = get(await serve(torrent))
    await client.until((received) => bodyOf(received).length > 0)
    client.socket.destroy()
    await eventually(() => torrent.streams[0]?.closed === true)
    expect(torrent.streams[0]?.position).toBeLessThan(100 * MIB)
  },
)

test('a client that has only ended its own side gets everything that is there', async () => {
  const torrent = film(20 * MIB)
  const client = get(await serve(torrent))
  client.socket.end()
  expect((await client.answer()).body.length).toBe(20 * MIB)
  expect(torrent.streams[0]?.closed).toBe(true)
})

test('but no piece is waited for in its name', async () => {
  const torrent = film(MIB)
  torrent.limit = 10
  const client = get(await serve(torrent))
  client.socket.end()
  expect((await client.answer()).body.length).toBe(10)
  expect(torrent.streams[0]?.closed).toBe(true)
})

test('a request that waits behind another on its connection holds no stream', async () => {
  const torrent = film(MIB)
  torrent.limit = 10
  const client = get(await serve(torrent))
  for (let i = 0; i < 15; i++) {
    client.write('GET /torrents/0/stream/0 HTTP/1.1', 'Host: 127.0.0.1', '', '')
  }
  await client.until((received) => bodyOf(received).length === 10)
  expect(torrent.streams).toHaveLength(1)
  client.socket.destroy()
  await eventually(() => torrent.streams.every(({ closed }) => closed))
  expect(torrent.streams).toHaveLength(1)
})

test('more than 16 requests at once cost the connection', async () => {
  const torrent = film(MIB)
  torrent.limit = 0
  const client = get(await serve(torrent))
  for (let i = 0; i < 400; i++) {
    client.write('GET /torrents/0/stream/0 HTTP/1.1', 'Host: 127.0.0.1', '', '')
  }
  await client.closed()
  await eventually(() => torrent.streams.every(({ closed }) => closed))
  expect(torrent.streams.length).toBeLessThanOrEqual(1)
})

test('one address has room for 64 streams, and for more when some have ended', async () => {
  const torrent = film(MIB)
  torrent.limit = 10
  const port = await serve(torrent)
  const clients = Array.from({ length: 64 }, () => get(port))
  await Promise.all(clients.map((client) => client.until((got) => bodyOf(got).length === 10)))
  const refused = await send(port, 'GET', '/torrents/0/stream/0')
  expect(refused.status).toBe(503)
  expect(refused.headers['retry-after']).toBe('5')
  expect(jsonOf(refused)).toMatchObject({ human_readable: 'too many streams are open' })
  expect((await send(port, 'HEAD', '/torrents/0/stream/0')).status).toBe(200)
  clients[0]?.socket.destroy()
  await eventually(() => torrent.streams[0]?.closed === true)
  const next = get(port)
  await next.until((received) => bodyOf(received).length === 10)
})

test.each([
  ['corrupt', 10],
  ['closed', 10],
  ['corrupt', 0],
] as const)('a stream that is %s after %d bytes cuts the connection', async (kind, limit) => {
  const torrent = film(MIB)
  torrent.limit = limit
  const client = get(await serve(torrent))
  await client.until((received) => received.includes(HEAD_END) && bodyOf(received).length === limit)
  torrent.streams[0]?.fail(new TorrentError(kind, 'no more'))
  const answer = await client.answer()
  expect(answer.headers['content-length']).toBe(String(MIB))
  expect(answer.body.length).toBe(limit)
  expect(torrent.streams[0]?.closed).toBe(true)
})

test('several clients are served at once, each its own bytes', async () => {
  const torrent = film(2 * MIB)
  const port = await serve(torrent)
  const starts = [0, 1000, 5000, MIB]
  const answers = await Promise.all(
    starts.map((start) => send(port, 'GET', '/torrents/0/stream/0', { Range: `bytes=${start}-` })),
  )
  for (const [index, start] of starts.entries()) {
    expect(answers[index]?.body.equals(bytesOf(start, 2 * MIB - 1))).toBe(true)
  }
})

test('the connection of media is closed, that of the API is kept', async () => {
  const port = await serve(film(10))
  const media = get(port)
  await media.closed()
  const api = new RawClient(port)
  for (const count of [1, 2]) {
    api.write('GET /torrents HTTP/1.1', 'Host: 127.0.0.1', '', '')
    await api.until((received) => received.toString().split('{"torrents"').length === count + 1)
  }
})
