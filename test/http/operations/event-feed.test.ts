import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { LiveAnswer } from '../../../src/http/operations/live-answer.ts'
import { TorrentError } from '../../../src/torrents/torrent-error.ts'
import { FakeSession, FakeTorrent } from '../../helpers/fake-session.ts'
import { jsonOf, RawClient, send, startHttpServer } from '../../helpers/http-client.ts'

interface Told {
  readonly event: string
  readonly data: unknown
}

async function listening(session: FakeSession): Promise<{ client: RawClient; told: () => Told[] }> {
  const port = await startHttpServer({ session })
  const client = new RawClient(port)
  client.write('GET /events HTTP/1.1', 'Host: 127.0.0.1', '', '')
  const told = (): Told[] =>
    [...unchunked(client.received).matchAll(/event: (.*)\ndata: (.*)\n\n/g)].map(
      ([, event = '', data = '']) => ({ event, data: JSON.parse(data) as unknown }),
    )
  await client.until(() => told().some(({ event }) => event === 'streams'))
  return { client, told }
}

function unchunked(received: Buffer): string {
  const text = received.toString()
  return text.slice(text.indexOf('\r\n\r\n') + 4).replace(/\r\n[\da-f]+\r\n|^[\da-f]+\r\n/g, '')
}

test('a page is told all torrents, and then what changes', async () => {
  const torrent = new FakeTorrent(3, 'x', [{ path: 'film.mkv', length: 10 }])
  torrent.state = { kind: 'paused' }
  const session = new FakeSession(torrent)
  const { client, told } = await listening(session)
  expect(client.received.toString()).toContain('Content-Type: text/event-stream')
  expect(told()[0]).toMatchObject({
    event: 'torrents',
    data: { torrents: [{ id: 3, name: 'x', stats: { state: 'paused' } }] },
  })
  expect(told().map(({ event }) => event)).toEqual(['torrents', 'speeds', 'streams'])
  torrent.state = { kind: 'error', message: 'disk full' }
  session.emit('changed', torrent)
  await client.until(() => told().some(({ event }) => event === 'torrent'))
  expect(told().find(({ event }) => event === 'torrent')?.data).toMatchObject({
    torrent: { id: 3, stats: { state: 'error', error: 'disk full' } },
  })
  session.emit('removed', torrent)
  await client.until(() => told().some(({ event }) => event === 'removed'))
  expect(told().find(({ event }) => event === 'removed')?.data).toEqual({
    id: 3,
    info_hash: torrent.infoHash,
  })
  await client.until(() => told().some(({ event }) => event === 'library'))
})

test('nothing is looked at where nobody listens', async () => {
  const torrent = new FakeTorrent(1, 'x', [])
  const stats = vi.spyOn(torrent, 'stats')
  const session = new FakeSession(torrent)
  await startHttpServer({ session })
  session.emit('changed', torrent)
  expect(stats).not.toHaveBeenCalled()
})

test('a client that does not read is dropped', () => {
  const socket = new Duplex({ read() {}, write() {} })
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  response.assignSocket(Object.assign(socket, { setTimeout() {} }) as unknown as Socket)
  const answer = new LiveAnswer(response)
  for (let count = 0; count < 64; count++) answer.write('x'.repeat(8 * 1024))
  expect(response.destroyed).toBe(false)
  for (let count = 0; count < 128; count++) answer.write('x'.repeat(8 * 1024))
  expect(response.destroyed).toBe(true)
})

test('a torrent is marked to be kept', async () => {
  const torrent = new FakeTorrent(1, 'x', [])
  const port = await startHttpServer({ session: new FakeSession(torrent) })
  const headers = { 'Content-Type': 'application/json' }
  const path = '/torrents/1/keep'
  expect((await send(port, 'POST', path, headers, '{"keep":true}')).status).toBe(200)
  expect((await send(port, 'POST', path, headers, '{"keep":1}')).status).toBe(422)
  expect((await send(port, 'GET', '/torrents/1')).body.toString()).toContain('"keep":true')
})

test('a torrent is told when it has been seeded enough', async () => {
  const torrent = new FakeTorrent(1, 'x', [])
  const port = await startHttpServer({ session: new FakeSession(torrent) })
  const headers = { 'Content-Type': 'application/json' }
  const post = (body: string) => send(port, 'POST', '/torrents/1/seeding', headers, body)
  expect((await post('{"ratio":1.5}')).status).toBe(200)
  expect((await post('{"minutes":0}')).status).toBe(200)
  expect((await post('{"ratio":-1}')).status).toBe(422)
  expect((await send(port, 'GET', '/torrents/1')).body.toString()).toContain(
    '"seeding":{"ratio":1.5,"minutes":0}',
  )
})

test('recheck and the limits of one torrent', async () => {
  const torrent = new FakeTorrent(1, 'x', [])
  const port = await startHttpServer({ session: new FakeSession(torrent) })
  expect((await send(port, 'POST', '/torrents/1/recheck')).status).toBe(200)
  expect(torrent.rechecks).toBe(1)
  torrent.recheck = () => Promise.reject(new TorrentError('wrong-state', 'not checked yet'))
  expect((await send(port, 'POST', '/torrents/1/recheck')).status).toBe(400)
  const headers = { 'Content-Type': 'application/json' }
  const answer = await send(port, 'POST', '/torrents/1/limits', headers, '{"download_bps":5}')
  expect(answer.status).toBe(200)
  const others = '{"max_connections":9}'
  expect((await send(port, 'POST', '/torrents/1/limits', headers, others)).status).toBe(200)
  await send(port, 'POST', '/torrents/1/limits', headers, '{"download_bps":5}')
  expect(jsonOf(await send(port, 'GET', '/torrents/1/limits'))).toEqual({
    ...{ upload_bps: null, download_bps: 5 },
    max_connections: 9,
  })
  const none = await send(port, 'POST', '/torrents/1/limits', headers, '{"max_connections":0}')
  expect(none.status).toBe(422)
})
