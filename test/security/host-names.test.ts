import { describe, expect, it } from 'vitest'
import { FakeSession, FakeTorrent } from '../helpers/fake-session.ts'
import { RawClient, send, startHttpServer } from '../helpers/http-client.ts'
import { basic, startRealServer } from '../helpers/real-server.ts'

function server(options: Partial<Parameters<typeof startHttpServer>[0]> = {}): Promise<number> {
  const torrent = new FakeTorrent(0, 'x', [{ path: 'film.mkv', length: 5 }])
  return startHttpServer({ session: new FakeSession(torrent), ...options })
}

const READ = ['/', '/torrents', '/torrents/0/stream/0', '/torrents/playlist', '/torrents/0']

describe('a web page that points its own name at us (DNS rebinding)', () => {
  it.each([
    'evil.example',
    'vm.fritz.box',
    'nas.tail1234.ts.net',
    'evil.lan.example',
    '.lan',
    'a..lan',
    '0x7f000001.example',
    '127.0.0.1.nip.io',
    'localhost.evil.example',
    'evil.example.local.example',
    '2130706433',
    'xn--lan-abc.example',
    'evil.example:3030',
    'evil.lan@evil.example',
    'evil.example#.lan',
  ])('reads and changes nothing as %s', async (host) => {
    const port = await server()
    const statuses = []
    for (const path of READ) statuses.push((await send(port, 'GET', path, { Host: host })).status)
    statuses.push((await send(port, 'POST', '/torrents/0/delete', { Host: host })).status)
    expect(statuses).toEqual([...READ, 'POST'].map(() => 400))
  })
})

describe('a name that no public DNS has', () => {
  it.each([
    'vm.lan',
    'VM.LAN:3030',
    'deep.down.lan',
    'nas.home.arpa',
    'tv.local',
    'tributary.internal',
    'tributary',
    'nas',
    'my_service:3030',
  ])('%s may read, and change nothing without a password', async (host) => {
    const port = await server()
    for (const path of READ) {
      expect((await send(port, 'GET', path, { Host: host })).status).toBeLessThan(400)
    }
    expect((await send(port, 'POST', '/torrents/0/pause', { Host: host })).status).toBe(403)
  })

  it('may change with the password', async () => {
    const port = await server({ auth: { user: 'ann', password: 'secret' } })
    const headers = { Host: 'vm.lan', ...basic('ann:secret') }
    expect((await send(port, 'POST', '/torrents/0/pause', headers)).status).toBe(200)
  })
})

describe('--allow-host', () => {
  const allowedHosts = ['vm.fritz.box', '*.ts.net']

  it.each([
    ['vm.fritz.box', 200],
    ['VM.Fritz.Box:3030', 200],
    ['vm.fritz.box.', 200],
    ['nas.tail1234.ts.net', 200],
    ['other.fritz.box', 400],
    ['fritz.box', 400],
    ['ts.net', 400],
    ['evilts.net', 400],
    ['vm.fritz.box.evil.example', 400],
  ])('%s is answered %i, to read and to change', async (host, status) => {
    const port = await server({ allowedHosts })
    expect((await send(port, 'GET', '/torrents', { Host: host })).status).toBe(status)
    expect((await send(port, 'POST', '/torrents/0/pause', { Host: host })).status).toBe(status)
  })

  it('is repeatable, and can be changed while the server runs', async () => {
    const real = await startRealServer('--allow-host', 'vm.fritz.box', '--allow-host', '*.example')
    const statusAs = async (host: string): Promise<number> =>
      (await real.get('/torrents', { Host: host })).status
    expect([await statusAs('vm.fritz.box'), await statusAs('a.b.example')]).toEqual([200, 200])
    expect(await statusAs('example')).toBe(200)
    expect(await statusAs('tv.fritz.box')).toBe(400)
    const patch = (hosts: string[]) =>
      send(real.port, 'PATCH', '/settings', {}, JSON.stringify({ 'allow-host': hosts }))
    expect((await patch(['*.fritz.box'])).status).toBe(200)
    expect([await statusAs('tv.fritz.box'), await statusAs('a.b.example')]).toEqual([200, 400])
    for (const wrong of ['*', '*.', 'a.*.b', 'http://a', 'a:80', 'a/b', '']) {
      expect([wrong, (await patch([wrong])).status]).toEqual([wrong, 400])
    }
  })
})

describe('the right password', () => {
  const auth = { user: 'ann', password: 'secret' }

  it('excuses any name, as no page that is rebound knows it', async () => {
    const port = await server({ auth })
    const headers = { Host: 'vm.fritz.box', ...basic('ann:secret') }
    expect((await send(port, 'GET', '/torrents', headers)).status).toBe(200)
    expect((await send(port, 'POST', '/torrents/0/pause', headers)).status).toBe(200)
  })

  it('is not asked for under a foreign name, where people would type it into a foreign page', async () => {
    const port = await server({ auth, authReading: true })
    const answer = await send(port, 'GET', '/torrents', { Host: 'evil.example' })
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([400, undefined])
  })

  it('is no better guessed under a foreign name', async () => {
    const port = await server({ auth })
    const guess = { Host: 'evil.example', ...basic('ann:guess') }
    const guessOnce = async (): Promise<number> => {
      const startedAt = performance.now()
      expect((await send(port, 'GET', '/torrents', guess)).status).toBe(401)
      return performance.now() - startedAt
    }
    for (let i = 0; i < 5; i++) await guessOnce()
    expect(await guessOnce()).toBeGreaterThan(900)
  })
})

describe('the request line', () => {
  it.each([
    ['GET http://evil.example/torrents HTTP/1.1', 400],
    ['GET http://vm.lan/torrents HTTP/1.1', 200],
    ['GET HTTPS://evil.example/torrents HTTP/1.1', 400],
  ])('%s is answered %i', async (line, status) => {
    const client = new RawClient(await server())
    client.write(line, 'Host: 127.0.0.1', 'Connection: close', '', '')
    expect((await client.answer()).status).toBe(status)
  })

  it.each([['Host: vm.lan', 'Host: evil.example'], ['Host: evil.example', 'Host: vm.lan'], []])(
    'with %s and %s is refused',
    async (...lines) => {
      const client = new RawClient(await server())
      client.write('GET /torrents HTTP/1.1', ...lines, 'Connection: close', '', '')
      expect((await client.answer()).status).toBe(400)
    },
  )
})
