import { describe, expect, it } from 'vitest'
import { addressRanges } from '../../src/address-ranges.ts'
import { FakeSession, FakeTorrent } from '../helpers/fake-session.ts'
import { send, startHttpServer } from '../helpers/http-client.ts'
import { basic, LAN, PUBLIC, startRealServer } from '../helpers/real-server.ts'

const AUTH = { user: 'ann', password: 'secret' }

async function pause(
  from: string,
  options: Partial<Parameters<typeof startHttpServer>[0]> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const session = new FakeSession(new FakeTorrent(0, 'x', []))
  const port = await startHttpServer({ session, from, ...options })
  return (await send(port, 'POST', '/torrents/0/pause', headers)).status
}

describe('without a password', () => {
  it.each([
    ['127.0.0.1', 200],
    ['::1', 200],
    ['192.168.1.7', 403],
    ['fe80::1', 403],
    ['203.0.113.9', 403],
  ])('%s is answered %i', async (from, status) => {
    expect(await pause(from)).toBe(status)
  })

  it('this machine is not who a proxy on it speaks for', async () => {
    expect(await pause('127.0.0.1', {}, LAN)).toBe(403)
    expect(await pause('127.0.0.1', {}, { Via: '1.1 proxy' })).toBe(403)
  })
})

describe('with a password', () => {
  it.each([
    ['127.0.0.1', false, 401],
    ['127.0.0.1', true, 200],
    ['192.168.1.7', true, 401],
    ['203.0.113.9', true, 401],
  ])('%s, with --trust-loopback %s, is answered %i without it', async (from, trust, status) => {
    expect(await pause(from, { auth: AUTH, trustLoopback: trust })).toBe(status)
    expect(await pause(from, { auth: AUTH, trustLoopback: trust }, basic('ann:secret'))).toBe(200)
    expect(await pause(from, { auth: AUTH }, basic('ann:Secret'))).toBe(401)
  })
})

describe('--allow-address', () => {
  const allowedAddresses = addressRanges('192.168.1.7', 'fd00:1::/32', '203.0.113.9')

  it.each([
    ['192.168.1.7', 200],
    ['::ffff:192.168.1.7', 200],
    ['fd00:1::99', 200],
    ['203.0.113.9', 200],
    ['192.168.1.8', 403],
    ['fd00:2::99', 403],
  ])('%s is answered %i', async (from, status) => {
    expect(await pause(from, { allowedAddresses })).toBe(status)
    // A foreign page in a browser there is still a foreign page, and a rebound name no name of ours.
    for (const headers of [
      { Origin: 'http://evil.example' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { Host: 'nas.lan' },
    ]) {
      expect(await pause(from, { allowedAddresses }, headers)).toBe(403)
    }
    expect(await pause(from, { allowedAddresses }, { Host: 'evil.example' })).toBe(400)
  })

  it('cannot be claimed in a header', async () => {
    const claim = { 'X-Forwarded-For': '192.168.1.7' }
    for (const from of ['192.168.1.8', '203.0.113.10']) {
      const options = { allowedAddresses, trustProxy: true }
      expect(await pause(from, options, claim)).toBe(403)
      expect(await pause(from, options, { 'X-Real-IP': '192.168.1.7' })).toBe(403)
    }
    // A proxy with an allowed address speaks for others.
    expect(await pause('192.168.1.7', { allowedAddresses }, PUBLIC)).toBe(403)
    const mixed = { 'X-Forwarded-For': '192.168.1.7', 'X-Real-IP': '203.0.113.10' }
    expect(await pause('127.0.0.1', { allowedAddresses }, mixed)).toBe(403)
  })
})

it('every route of the whole server that changes something is closed to the LAN', async () => {
  const real = await startRealServer()
  const routes = [
    ...['POST /torrents', 'POST /torrents/0/pause', 'POST /torrents/0/start'],
    ...['POST /torrents/0/forget', 'POST /torrents/0/delete', 'PATCH /settings', 'GET /settings'],
    ...['POST /torrents/0/update_only_files', 'POST /torrents/0/add_peers', 'POST /traffic'],
    ...['POST /torrents/limits', 'POST /torrents/0/limits', 'POST /rust_log', 'GET /traffic'],
    ...['PUT /anything', 'DELETE /torrents/0', 'POST /no/such/route', 'PATCH /torrents/0'],
    ...[`PUT /library/${real.infoHash}/0/position`, 'POST //torrents/0/delete'],
  ]
  for (const route of routes) {
    const [method = '', path = ''] = route.split(' ')
    const { status } = await send(real.port, method, path, LAN, '{}')
    expect([route, status]).toEqual([route, 403])
  }
  expect((await real.get('/torrents/0', LAN)).status).toBe(200)
})
