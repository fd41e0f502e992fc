import { describe, expect, it } from 'vitest'
import { addressRanges } from '../../src/address-ranges.ts'
import { LanAddresses } from '../../src/http/access/lan-address.ts'
import { FakeSession, FakeTorrent } from '../helpers/fake-session.ts'
import { accessRules, jsonOf, send, startHttpServer } from '../helpers/http-client.ts'
import { basic, LAN, PUBLIC, searchVideos, startRealServer } from '../helpers/real-server.ts'

const READ = ['/', '/torrents', '/torrents/0', '/torrents/playlist', '/torrents/0/stream/0']
const UPNP = ['/rootDesc.xml', '/upnp/scpd/content-directory.xml']
/** What of these is there is another matter. */
const OTHERS = ['/web/', '/web/page.js', '/metrics', '/events', '/streams', '/library', '/no/such']

const AUTH = { user: 'ann', password: 'secret' }

function server(from: string, options: Partial<Parameters<typeof startHttpServer>[0]> = {}) {
  const torrent = new FakeTorrent(0, 'x', [{ path: 'film.mkv', length: 5 }])
  return startHttpServer({ session: new FakeSession(torrent), from, ...options })
}

describe('from where reading is open', () => {
  it.each([
    ['127.0.0.1', 200],
    ['::1', 200],
    ['::ffff:192.168.1.7', 200],
    ['192.168.255.1', 200],
    ['10.1.2.3', 200],
    ['172.16.0.1', 200],
    ['172.31.255.255', 200],
    ['169.254.3.4', 200],
    ['100.64.0.1', 200],
    ['100.127.255.255', 200],
    ['fd7a:115c:a1e0::1', 200],
    ['fe80::1%eth0', 200],
    ['203.0.113.9', 403],
    ['::ffff:203.0.113.9', 403],
    ['172.32.0.1', 403],
    ['172.15.255.255', 403],
    ['192.169.0.1', 403],
    ['100.63.255.255', 403],
    ['100.128.0.1', 403],
    ['11.0.0.1', 403],
    ['2001:db8::1', 403],
    ['::203.0.113.9', 403],
    ['64:ff9b::c0a8:107', 403],
    ['2002:c0a8:107::1', 403],
  ])('%s is answered %i', async (from, status) => {
    const port = await server(from, { lan: new LanAddresses(() => ({})) })
    for (const path of READ) {
      const answer = await send(port, 'GET', path)
      expect(answer.status).toBe(status)
      expect((await send(port, 'HEAD', path)).status).toBe(status)
    }
  })

  it('a global IPv6 address of our own network is of the LAN, in a home', async () => {
    const home = [
      { address: '192.168.1.5', cidr: '192.168.1.5/24' },
      { address: '2001:db8:1:2::5', cidr: '2001:db8:1:2::5/64' },
      { address: '2001:db8:8::5', cidr: '2001:db8:8::5/32' },
    ]
    const lan = new LanAddresses(() => ({ eth0: home }))
    expect(lan.includes('2001:db8:1:2::99')).toBe(true)
    expect(lan.includes('2001:db8:1:3::99')).toBe(false)
    const rented = new LanAddresses(() => ({
      eth0: [{ address: '203.0.113.5', cidr: '203.0.113.5/24' }, ...home.slice(1)],
    }))
    expect(rented.includes('2001:db8:1:2::99')).toBe(false)
    expect(rented.includes('203.0.113.6')).toBe(false)
  })

  it('says to a public address what would let it in', async () => {
    const answer = await send(await server('203.0.113.9'), 'GET', '/torrents')
    expect(jsonOf(answer)).toMatchObject({
      human_readable:
        '203.0.113.9 is in no private network: --allow-address or a password (--auth) lets it in',
    })
  })

  it('an allowed address may read, and its neighbour may not', async () => {
    const rules = accessRules({ allowedAddresses: addressRanges('203.0.113.8/31') })
    const paths = ['/torrents', '/torrents/0/stream/0']
    for (const [from, status] of [
      ['203.0.113.9', 200],
      ['::ffff:203.0.113.8', 200],
      ['203.0.113.10', 403],
    ] as const) {
      const port = await server(from, { rules })
      for (const path of paths) expect((await send(port, 'GET', path)).status).toBe(status)
    }
  })

  it('a public address reads with the password alone', async () => {
    const port = await server('203.0.113.9', { auth: AUTH })
    const without = await send(port, 'GET', '/torrents')
    expect([without.status, without.headers['www-authenticate']]).toEqual([
      401,
      'Basic realm="API", charset="UTF-8"',
    ])
    expect((await send(port, 'GET', '/torrents', basic('ann:wrong'))).status).toBe(401)
    expect((await send(port, 'GET', '/torrents', basic('ann:secret'))).status).toBe(200)
  })
})

describe('a proxy', () => {
  it.each([
    [PUBLIC, 403],
    [LAN, 200],
    [{ 'X-Forwarded-For': '192.168.1.7, 203.0.113.9' }, 403],
    [{ 'X-Forwarded-For': 'unknown' }, 403],
    [{ 'X-Real-IP': '203.0.113.9' }, 403],
    [{ Forwarded: 'for=192.168.1.7, for="[2001:db8::1]:4711";proto=https' }, 403],
    [{ Forwarded: 'for="192.168.1.7:80"' }, 200],
    [{ 'X-Forwarded-For': '10.0.0.1', 'CF-Connecting-IP': '203.0.113.9' }, 403],
  ])('that says %o is answered %i, from wherever it asks', async (headers, status) => {
    for (const from of ['127.0.0.1', '192.168.1.2']) {
      for (const trustProxy of [false, true]) {
        const port = await server(from, { trustProxy })
        expect((await send(port, 'GET', '/torrents', headers)).status).toBe(status)
      }
    }
  })

  it('on a public address makes nobody private', async () => {
    const port = await server('203.0.113.9', { trustProxy: true })
    expect((await send(port, 'GET', '/torrents', LAN)).status).toBe(403)
  })

  it('that claims an allowed address is believed on this machine alone', async () => {
    const allowedAddresses = addressRanges('198.51.100.4')
    const claim = { 'X-Forwarded-For': '198.51.100.4' }
    const statuses = []
    for (const from of ['127.0.0.1', '192.168.1.2']) {
      const port = await server(from, { allowedAddresses, trustProxy: true })
      statuses.push((await send(port, 'POST', '/torrents/0/pause', claim)).status)
    }
    expect(statuses).toEqual([200, 403])
  })
})

describe('the whole server', () => {
  it('gives a public address nothing, and the LAN everything that is read', async () => {
    const real = await startRealServer()
    for (const path of [...READ, ...UPNP]) {
      expect([path, (await real.get(path, PUBLIC)).status]).toEqual([path, 403])
      expect([path, (await real.get(path, LAN)).status]).toEqual([path, 200])
    }
    for (const path of OTHERS) expect((await real.get(path, PUBLIC)).status).toBe(403)
    expect((await searchVideos(real, PUBLIC)).status).toBe(403)
    expect((await searchVideos(real, LAN)).status).toBe(200)
    for (const spelled of ['/UPNP/scpd/content-directory.xml', '//rootDesc.xml', '/ROOTDESC.XML']) {
      expect((await real.get(spelled, PUBLIC)).status).toBe(403)
    }
    const subscribe = { ...PUBLIC, CALLBACK: '<http://203.0.113.9/>', NT: 'upnp:event' }
    const { status } = await send(
      real.port,
      'SUBSCRIBE',
      '/upnp/event/content-directory',
      subscribe,
    )
    expect(status).toBe(403)
  })

  it('with --auth-reading asks the LAN for the password, and TVs for none to browse', async () => {
    const real = await startRealServer('--auth', 'ann:secret', '--auth-reading')
    for (const path of OTHERS) expect((await real.get(path, LAN)).status).toBe(401)
    for (const path of READ) {
      expect([path, (await real.get(path, LAN)).status]).toEqual([path, 401])
      expect([path, (await real.get(path)).status]).toEqual([path, 401])
      const asked = await real.get(path, { ...LAN, ...basic('ann:secret') })
      expect([path, asked.status]).toEqual([path, 200])
    }
    for (const path of UPNP) expect((await real.get(path, LAN)).status).toBe(200)
    expect((await searchVideos(real, LAN)).status).toBe(200)
    expect((await searchVideos(real, PUBLIC)).status).toBe(401)
  })

  it('tells a browser that opens the page so in a page, and everybody else in JSON', async () => {
    const port = await server('192.168.1.7', {
      rules: accessRules({ auth: AUTH, authReading: true }),
    })
    const browser = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
    for (const path of ['/web/', '/web/?add=magnet', '/', '/web']) {
      const { status, headers, body } = await send(port, 'GET', path, browser)
      expect([path, status, headers['content-type']]).toEqual([
        path,
        401,
        'text/html; charset=utf-8',
      ])
      expect(headers['www-authenticate']).toMatch(/^Basic /)
      expect(body.toString()).toContain('a user and a password are needed')
    }
    for (const [path, headers] of [
      ['/torrents', browser],
      ['/web/x.js', browser],
      ['/web/', {}],
    ] as const) {
      const answer = await send(port, 'GET', path, headers)
      expect(jsonOf(answer)).toMatchObject({ code: 'password_needed', status: 401 })
    }
  })

  it('without --auth-reading a password is for changing alone', async () => {
    const real = await startRealServer('--auth', 'ann:secret')
    for (const path of READ) expect((await real.get(path, LAN)).status).toBe(200)
    expect((await real.post('/torrents/0/pause', LAN)).status).toBe(401)
  })

  it('follows its settings at once, and never opens for want of a password', async () => {
    const real = await startRealServer()
    const patch = (body: object, headers = {}) =>
      send(real.port, 'PATCH', '/settings', headers, JSON.stringify(body))
    expect((await patch({ 'allow-address': ['203.0.113.0/24'] })).status).toBe(200)
    expect((await real.get('/torrents', PUBLIC)).status).toBe(200)
    expect((await patch({ 'allow-address': ['no address'] })).status).toBe(400)
    expect((await patch({ 'allow-address': [], 'auth-reading': true })).status).toBe(200)
    expect((await real.get('/torrents', LAN)).status).toBe(403)
    expect((await patch({ auth: 'bob' })).status).toBe(400)
    expect((await patch({ auth: 'bob:builder' })).status).toBe(200)
    expect((await real.get('/torrents', LAN)).status).toBe(401)
    expect((await real.get('/torrents', { ...LAN, ...basic('bob:builder') })).status).toBe(200)
    const listed = await real.get('/settings', basic('bob:builder'))
    expect(listed.body.toString()).not.toContain('builder')
    const open = await patch({ 'auth-reading': null, auth: null }, basic('bob:builder'))
    expect(open.status).toBe(200)
    expect((await real.get('/torrents', LAN)).status).toBe(200)
  })
})
