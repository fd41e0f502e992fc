import { expect, it } from 'vitest'
import { FakeSession, FakeTorrent } from '../helpers/fake-session.ts'
import { accessRules, send, startHttpServer } from '../helpers/http-client.ts'
import { pseudoRandomBytes, singleFile } from '../helpers/make-torrent.ts'
import {
  basic,
  LAN,
  PUBLIC,
  type RealServer,
  resourcePaths,
  searchVideos,
  startRealServer,
} from '../helpers/real-server.ts'

const PASSWORD = basic('ann:secret')

function start(): Promise<RealServer> {
  return startRealServer('--auth', 'ann:secret', '--auth-reading')
}

async function listedPath(real: RealServer): Promise<string> {
  const [path = ''] = resourcePaths(await searchVideos(real, LAN))
  expect(path).toMatch(/^\/s\/[\w-]{22}\/m\/[a-z2-7]{32}\/0\.mkv$/)
  return path
}

it('a TV plays what it has listed, without a password', async () => {
  const real = await start()
  const path = await listedPath(real)
  const answer = await real.get(path, LAN)
  expect(answer.status).toBe(200)
  expect(answer.body.equals(real.film)).toBe(true)
  const range = await real.get(path, { ...LAN, Range: 'bytes=10-19' })
  expect([range.status, range.body]).toEqual([206, real.film.subarray(10, 20)])
  expect((await send(real.port, 'HEAD', path, LAN)).status).toBe(200)
  expect((await real.get(path.replace(/^\/s\/[^/]+/, ''), LAN)).status).toBe(401)
})

it('a playlist has URLs that a player opens without a password, and only with one is it given', async () => {
  const real = await start()
  for (const path of ['/torrents/playlist', '/torrents/0/playlist']) {
    expect((await real.get(path, LAN)).status).toBe(401)
    const text = (await real.get(path, PASSWORD)).body.toString()
    const [, stream = ''] = /^http:\/\/[^/]+(\S+)$/m.exec(text) ?? []
    expect(stream).toMatch(/^\/s\/[\w-]{22}\/torrents\/0\/stream\/0\/film\.mkv$/)
    expect((await real.get(stream, LAN)).body.equals(real.film)).toBe(true)
    // Who knows the password may be anywhere, and so may his player.
    expect((await real.get(stream, PUBLIC)).status).toBe(200)
  }
})

it('opens under the name that it was given out for, whatever that is', async () => {
  const real = await start()
  const host = { Host: 'vm.fritz.box:3030' }
  const text = (await real.get('/torrents/playlist', { ...PASSWORD, ...host })).body.toString()
  const [, stream = ''] = /^http:\/\/vm\.fritz\.box:3030(\S+)$/m.exec(text) ?? []
  expect((await real.get(stream, { ...LAN, ...host })).body.equals(real.film)).toBe(true)
  const unsigned = stream.replace(/^\/s\/[^/]+/, '')
  expect((await real.get(unsigned, { ...LAN, ...host })).status).toBe(400)
})

it('what the library lists for a page opens in a player without a password', async () => {
  const real = await start()
  const { items } = JSON.parse((await real.get('/library', PASSWORD)).body.toString())
  const [{ stream_url: stream }] = items[0].files
  expect(stream).toMatch(/^\/s\/[\w-]{22}\/torrents\//)
  expect((await real.get(stream, LAN)).body.equals(real.film)).toBe(true)
})

it('a signature is for one file, and for reading it', async () => {
  const real = await start()
  await real.add(singleFile('other.mkv', pseudoRandomBytes(5_000, 3)))
  const path = await listedPath(real)
  const token = /^\/s\/[^/]+/.exec(path)?.[0] ?? ''
  const statusOf = async (rest: string): Promise<number> => (await real.get(rest, LAN)).status
  expect(await statusOf(`${token}/torrents/0/stream/0`)).toBe(200)
  expect(await statusOf(`${token}/torrents/${real.infoHash}/stream/0/whatever.mkv`)).toBe(200)
  expect(await statusOf(`${token}/torrents/1/stream/0`)).toBe(401)
  expect(await statusOf(`${token}/torrents/0/stream/1`)).toBe(401)
  expect(await statusOf(`${token}/torrents/0`)).toBe(401)
  expect(await statusOf(`${token}/torrents`)).toBe(401)
  expect(await statusOf(`${token}/torrents/0/playlist`)).toBe(401)
  expect(await statusOf(`${token}/settings`)).toBe(401)
  expect(await statusOf(`${token}${token}/torrents/0/stream/0`)).toBe(401)
  for (const change of ['/torrents/0/delete', '/torrents/0/pause', '/torrents']) {
    expect((await real.post(`${token}${change}`, LAN)).status).toBe(401)
  }
})

it('no bit of a signature may be another', async () => {
  const real = await start()
  const path = await listedPath(real)
  const [, token = '', rest = ''] = /^\/s\/([^/]+)(.*)$/.exec(path) ?? []
  for (let bit = 0; bit < 128; bit += 5) {
    const bytes = Buffer.from(token, 'base64url')
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    const forged = `/s/${bytes.toString('base64url')}${rest}`
    expect((await real.get(forged, LAN)).status).toBe(401)
  }
  expect((await real.get(`/s/${token.slice(0, -1)}${rest}`, LAN)).status).toBe(401)
})

it('another password ends all signatures', async () => {
  const real = await start()
  const path = await listedPath(real)
  const change = JSON.stringify({ auth: 'ann:changed' })
  expect((await send(real.port, 'PATCH', '/settings', PASSWORD, change)).status).toBe(200)
  expect((await real.get(path, LAN)).status).toBe(401)
  expect((await real.get(await listedPath(real), LAN)).status).toBe(200)
})

it('is good for at least seven days, the same for a day, and then no more', async () => {
  let now = Date.UTC(2026, 0, 1, 12)
  const rules = accessRules({ auth: { user: 'a', password: 'b' }, authReading: true })
  const torrent = new FakeTorrent(0, 'x', [{ path: 'film.mkv', length: 5 }])
  const session = new FakeSession(torrent)
  const port = await startHttpServer({ session, rules, now: () => now })
  const listed = async (): Promise<string> => {
    const answer = await send(port, 'GET', '/torrents/0/playlist', basic('a:b'))
    return /^http:\/\/[^/]+(\S+)$/m.exec(answer.body.toString())?.[1] ?? ''
  }
  const first = await listed()
  now += 3_600_000
  expect(await listed()).toBe(first)
  now += 7 * 86_400_000 - 3_600_000
  expect((await send(port, 'HEAD', first)).status).toBe(200)
  const renewed = await listed()
  expect(renewed).not.toBe(first)
  now += 86_400_000
  expect((await send(port, 'HEAD', first)).status).toBe(401)
  expect((await send(port, 'HEAD', renewed)).status).toBe(200)
})

it('a URL that was signed goes on to work where reading needs no password any more', async () => {
  const real = await start()
  const path = await listedPath(real)
  const body = JSON.stringify({ auth: null, 'auth-reading': false })
  expect((await send(real.port, 'PATCH', '/settings', PASSWORD, body)).status).toBe(200)
  expect((await real.get(path, LAN)).status).toBe(200)
  expect((await real.get(path, PUBLIC)).status).toBe(403)
})

it('nothing is signed where nobody needs it', async () => {
  const real = await startRealServer('--auth', 'ann:secret')
  expect(resourcePaths(await searchVideos(real, LAN))[0]).toMatch(/^\/m\//)
  expect((await real.get('/torrents/playlist', LAN)).body.toString()).not.toContain('/s/')
})

it('pictures that a TV is told of are signed, each for itself', async () => {
  const real = await start()
  const text = (await searchVideos(real, LAN)).body.toString()
  const [, picture = ''] = /albumArtURI[^&]*&gt;http:\/\/[^/]+(\/s\/[^&]+)&lt;/.exec(text) ?? []
  expect(picture).toMatch(/^\/s\/[\w-]{22}\/\w/)
  const other = picture.replace(/[a-f\d]{8}(?=[a-f\d-]*\/|[^/]*$)/, '00000000')
  expect((await real.get(picture, LAN)).status).not.toBe(401)
  expect(other).not.toBe(picture)
  expect((await real.get(other, LAN)).status).toBe(401)
  expect((await real.get(picture.replace(/^\/s\/[^/]+/, ''), LAN)).status).toBe(401)
})
