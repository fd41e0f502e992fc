import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { ConnectedRequest, ConnectionLimits } from '../../../src/http/access/connection-limits.ts'
import { FakeSession, FakeTorrent } from '../../helpers/fake-session.ts'
import { RawClient, send, startHttpServer } from '../../helpers/http-client.ts'

/** What one address may have. */
const MOST = 128

async function connected(port: number, ...lines: readonly string[]): Promise<RawClient> {
  const client = new RawClient(port)
  await once(client.socket, 'connect')
  return client.write(...lines)
}

/** One after another, so that it is known which is the oldest. */
async function connectMany(port: number, count: number, ...lines: string[]): Promise<RawClient[]> {
  const clients: RawClient[] = []
  for (let i = 0; i < count; i++) clients.push(await connected(port, ...lines))
  return clients
}

test.each([
  ['say nothing', []],
  ['never end their request', ['GET / HTTP/1.1', 'Host: 127.0.0.1', 'X-Slow: ']],
  ['send no HTTP', ['x', '']],
])('connections that %s make room for others, the oldest first', async (_, lines) => {
  const port = await startHttpServer({ session: new FakeSession() })
  const clients = await connectMany(port, MOST, ...lines)
  expect((await send(port, 'GET', '/torrents')).status).toBe(200)
  const [oldest] = clients
  await oldest?.closed()
  if (lines[0] !== 'x') {
    expect(clients.filter(({ socket }) => socket.destroyed).length).toBeLessThanOrEqual(2)
  }
})

test('connections that have been answered make room', async () => {
  const port = await startHttpServer({ session: new FakeSession() })
  const clients = await connectMany(port, MOST, 'GET /torrents HTTP/1.1', 'Host: 127.0.0.1', '', '')
  await Promise.all(clients.map((client) => client.until((received) => received.includes('[]'))))
  expect((await send(port, 'GET', '/torrents')).status).toBe(200)
})

test('a connection whose request is being answered keeps its place', async () => {
  const film = new FakeTorrent(0, 'film', [{ path: 'film.mkv', length: 1_000 }])
  film.limit = 10
  const port = await startHttpServer({ session: new FakeSession(film) })
  const stream = '/torrents/0/stream/0'
  const viewer = await connected(port, `GET ${stream} HTTP/1.1`, 'Host: 127.0.0.1', '', '')
  await viewer.until((received) => received.includes('\r\n\r\n'))
  await connectMany(port, MOST + 20)
  expect((await send(port, 'GET', '/torrents')).status).toBe(200)
  film.streams[0]?.fill(1_000)
  expect((await viewer.answer()).body).toHaveLength(1_000)
})

test('what sends no HTTP is told so and cut off, whether it closes its end or not', async () => {
  const port = await startHttpServer({ session: new FakeSession() })
  const client = await connected(port, 'no HTTP', '', '')
  await once(client.socket, 'end')
  expect(client.received.toString()).toMatch(/^HTTP\/1\.1 400 /)
})

test('requests behind another are answered in their turn and cost no more than themselves', async () => {
  const film = new FakeTorrent(0, 'film', [{ path: 'film.mkv', length: 1_000 }])
  film.limit = 10
  const port = await startHttpServer({ session: new FakeSession(film) })
  const client = await connected(
    port,
    'GET /torrents/0/stream/0 HTTP/1.1',
    'Host: 127.0.0.1',
    '',
    '',
  )
  await client.until((received) => received.includes('\r\n\r\n'))
  client.write('POST /torrents/0/pause HTTP/1.1', 'Host: 127.0.0.1', 'Content-Length: 0', '', '')
  expect((await send(port, 'GET', '/torrents')).status).toBe(200)
  expect(film.state.kind).not.toBe('paused')
  film.streams[0]?.fill(1_000)
})

test('of a pipeline that is too long, the rest is not even parsed', async () => {
  const limits = new ConnectionLimits()
  let requests = 0
  const server = createServer({ IncomingMessage: ConnectedRequest }, (request, response) => {
    requests++
    limits.begin(request.socket, response)
  })
  limits.watch(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const client = await connected(port)
  client.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2_000))
  await client.closed()
  expect(requests).toBe(17)
})

test.each(['h2c', 'websocket'])('an upgrade to %s is ignored', async (protocol) => {
  const port = await startHttpServer({ session: new FakeSession() })
  const client = await connected(port, 'GET /torrents HTTP/1.1', `Host: 127.0.0.1:${port}`)
  client.write('', `Upgrade: ${protocol}`, 'Connection: upgrade', '', '')
  await client.until((received) => received.includes('[]'))
  expect(client.received.toString()).toMatch(/^HTTP\/1\.1 200 /)
})

test('a CONNECT ends the connection', async () => {
  const port = await startHttpServer({ session: new FakeSession() })
  const client = await connected(port, 'CONNECT 10.0.0.1:22 HTTP/1.1', 'Host: 10.0.0.1:22', '', '')
  await client.closed()
  expect(client.received).toHaveLength(0)
})
