import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { streams as streamsSchema } from '../../../src/http/schemas/operation-answers.ts'
import { LogFeed } from '../../../src/log-feed.ts'
import { FakeSession, FakeTorrent } from '../../helpers/fake-session.ts'
import { jsonOf, RawClient, send, startHttpServer } from '../../helpers/http-client.ts'

const MIB = 1024 * 1024

function film(): FakeTorrent {
  return new FakeTorrent(0, 'x', [{ path: 'Show/film.mkv', length: 64 * MIB }])
}

test('metrics have rqbit’s names, and ours', async () => {
  const session = new FakeSession(film())
  const port = await startHttpServer({ session })
  await send(port, 'GET', '/torrents/0/stream/0', { Range: 'bytes=0-9' })
  const answer = await send(port, 'GET', '/metrics')
  expect(answer.headers['content-type']).toContain('text/plain')
  const lines = answer.body.toString().split('\n')
  const types = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.slice(7))
  expect(types).toEqual(
    expect.arrayContaining([
      'rqbit_fetched_bytes counter',
      'rqbit_uploaded_bytes counter',
      'rqbit_blocked_incoming counter',
      'rqbit_blocked_outgoing counter',
      'rqbit_download_speed_bytes gauge',
      'rqbit_upload_speed_bytes gauge',
      'rqbit_uptime_seconds gauge',
      'rqbit_peers_connecting gauge',
      'rqbit_peers_live gauge',
      'rqbit_peers_dead gauge',
      'rqbit_peers_not_needed gauge',
      'rqbit_peers_queued gauge',
      'rqbit_peers_steals gauge',
      'tributary_streams_open gauge',
      'tributary_stream_stalls_total counter',
      'tributary_time_to_first_byte_seconds histogram',
      'tributary_upnp_requests_total counter',
      'nodejs_eventloop_lag_seconds gauge',
    ]),
  )
  expect(new Set(types).size).toBe(types.length)
  expect(lines).toContain('rqbit_peers_live{kind="utp"} 0')
  // What promtool says to each of these names.
  expect(lines.filter((line) => /^(?!#)[^{]*\{([^}]*,)?(quantile|le)=/.test(line))).toEqual(
    lines.filter((line) => line.includes('_bucket{')),
  )
  expect(lines).toContain('tributary_torrents{state="live"} 1')
  expect(lines).toContain('tributary_time_to_first_byte_seconds_count 1')
})

test('a stream is listed while it is sent, with what it waits for', async () => {
  const torrent = film()
  torrent.limit = MIB
  const port = await startHttpServer({ session: new FakeSession(torrent) })
  const client = new RawClient(port)
  client.write('GET /torrents/0/stream/0 HTTP/1.1', 'Host: localhost', 'User-Agent: TV', '', '')
  await client.until((received) => received.length > MIB)
  await pause(300)
  const listed = streamsSchema.parse(jsonOf(await send(port, 'GET', '/streams')))
  expect(listed.streams).toMatchObject([
    {
      torrent_id: 0,
      torrent_name: 'x',
      file_idx: 0,
      file_name: 'Show/film.mkv',
      client: { address: '127.0.0.1', user_agent: 'TV' },
      position: MIB,
      length: 64 * MIB,
      window: { first_piece: 0, last_piece: 47 },
      stalls: { count: 0, current: { reason: 'peers_slow' } },
    },
  ])
  torrent.streams[0]?.fill(2 * MIB)
  await client.until((received) => received.length > 2 * MIB)
  const after = streamsSchema.parse(jsonOf(await send(port, 'GET', '/streams')))
  expect(after.streams[0]?.stalls).toMatchObject({ count: 1 })
  expect((await send(port, 'GET', '/metrics')).body.toString()).toContain(
    'tributary_stream_stalls_total{reason="peers_slow"} 1',
  )
  client.socket.destroy()
  await expect
    .poll(async () => jsonOf(await send(port, 'GET', '/streams')))
    .toEqual({ streams: [] })
})

test('who streams is told to the owner alone, in the list and as it happens', async () => {
  const torrent = film()
  torrent.limit = MIB
  const port = await startHttpServer({
    ...{ session: new FakeSession(torrent), from: '192.168.1.77' },
    auth: { user: 'me', password: 'secret' },
  })
  const client = new RawClient(port)
  client.write('GET /torrents/0/stream/0 HTTP/1.1', 'Host: localhost', 'User-Agent: TV', '', '')
  await client.until((received) => received.length > MIB)
  const authorization = `Authorization: Basic ${Buffer.from('me:secret').toString('base64')}`
  const clientFor = async (...headers: readonly string[]): Promise<unknown> => {
    const asking = new RawClient(port)
    asking.write(
      'GET /streams HTTP/1.1',
      'Host: localhost',
      'Connection: close',
      ...headers,
      '',
      '',
    )
    await asking.until((received) => received.includes(']}'))
    const events = new RawClient(port)
    events.write('GET /events HTTP/1.1', 'Host: localhost', ...headers, '', '')
    await events.until((received) => received.includes('"streams"'))
    const isNamed = [asking, events].map(({ received }) => received.includes('192.168.1.77'))
    expect(isNamed[0]).toBe(isNamed[1])
    return isNamed[0]
  }
  expect(await clientFor()).toBe(false)
  expect(await clientFor(authorization)).toBe(true)
})

test('the log can be read along, as rqbit’s clients do', async () => {
  const feed = new LogFeed()
  const port = await startHttpServer({
    session: new FakeSession(),
    logs: { feed, setLevel: () => {} },
  })
  const client = new RawClient(port)
  client.write('GET /stream_logs HTTP/1.1', 'Host: localhost', '', '')
  await client.until((received) => received.includes('\r\n\r\n'))
  await expect.poll(() => feed.isHeard).toBe(true)
  feed.tell({ level: 'debug', message: 'announced', facts: { name: 'swarm', peers: 3 } })
  await client.until((received) => received.includes('spans'))
  const line = /\{.*\}/.exec(client.received.toString())?.[0] ?? ''
  expect(JSON.parse(line)).toEqual({
    timestamp: expect.stringMatching(/^\d{4}-/),
    level: 'DEBUG',
    fields: { message: 'announced', peers: 3 },
    target: 'swarm',
    span: { name: 'swarm' },
    spans: [],
  })
  client.socket.destroy()
  await expect.poll(() => feed.isHeard).toBe(false)
})

test('the log can be read from what was said before on', async () => {
  const feed = new LogFeed()
  const logs = { feed, setLevel: () => {} }
  const port = await startHttpServer({ session: new FakeSession(), logs })
  const said = (message: string, keep: boolean): void =>
    feed.tell({ level: 'info', message, facts: {} }, { keep })
  said('not kept', false)
  for (let number = 1; number <= 1_000; number++) said(`line ${number}.`, true)
  const client = new RawClient(port)
  client.write('GET /stream_logs?recent=true HTTP/1.1', 'Host: localhost', '', '')
  await client.until((received) => received.includes('line 1000.'))
  const received = client.received.toString()
  expect(received).toContain('line 701.')
  expect(received).not.toMatch(/line 700\.|not kept/)
  client.socket.destroy()
})

test.each([
  ['debug', 'debug'],
  ['info,librqbit=debug', 'debug'],
  ['librqbit=trace,info', 'trace'],
  ['hyper=trace,warn', 'warn'],
  ['off', 'silent'],
])('RUST_LOG %s means %s', async (text, level) => {
  const levels: string[] = []
  const logs = { feed: new LogFeed(), setLevel: (one: string) => levels.push(one) }
  const port = await startHttpServer({ session: new FakeSession(), logs })
  const answer = await send(port, 'POST', '/rust_log', {}, text)
  expect([answer.status, jsonOf(answer)]).toEqual([200, {}])
  expect(levels).toEqual([level])
})

test.each(['', 'loud', 'librqbit=loud'])('RUST_LOG %j is refused', async (text) => {
  const logs = { feed: new LogFeed(), setLevel: () => {} }
  const port = await startHttpServer({ session: new FakeSession(), logs })
  expect((await send(port, 'POST', '/rust_log', {}, text)).status).toBe(400)
})
