import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { guardChange } from '../../../src/http/access/change-guard.ts'
import { PasswordAttempts, type Trier } from '../../../src/http/access/password-attempts.ts'
import { ApiError } from '../../../src/http/messages/api-error.ts'
import { silentLogger } from '../../../src/log.ts'
import { FakeSession, FakeTorrent } from '../../helpers/fake-session.ts'
import { accessRules, jsonOf, send, startHttpServer } from '../../helpers/http-client.ts'

const LAN = '192.168.1.7'
const AUTH = { user: 'ann', password: 'p:ä' }

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`
}

/** The status of the refusal; `null` for what may pass. */
function refusal(
  from: string,
  headers: Record<string, string>,
  options: Partial<Parameters<typeof guardChange>[1]> = {},
): number | null {
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: from })
  const request = new IncomingMessage(socket)
  request.headers = { host: '127.0.0.1:3030', ...headers }
  try {
    const rules = accessRules({ ownNames: ['den.local'] })
    guardChange(request, {
      ...{ ...rules, attempts: new PasswordAttempts(() => 0, silentLogger()) },
      ...options,
    })
    return null
  } catch (error) {
    if (error instanceof ApiError) return error.status
    throw error
  }
}

describe('who asks', () => {
  test.each([
    ['127.0.0.1', {}, null],
    ['127.3.2.1', {}, null],
    ['::1', {}, null],
    ['::ffff:127.0.0.1', {}, null],
    [LAN, {}, 403],
    [`::ffff:${LAN}`, {}, 403],
    ['fe80::1', {}, 403],
    ['127.0.0.1', { 'x-forwarded-for': LAN }, 403],
    ['127.0.0.1', { 'x-forwarded-for': `127.0.0.1, ${LAN}` }, 403],
    ['127.0.0.1', { 'x-forwarded-for': `${LAN}, 127.0.0.1` }, 403],
    ['127.0.0.1', { 'x-forwarded-for': 'unknown' }, 403],
    ['127.0.0.1', { 'x-real-ip': LAN }, 403],
    ['127.0.0.1', { forwarded: `for=${LAN};proto=https` }, 403],
    ['127.0.0.1', { forwarded: 'for="[2001:db8::1]:80"' }, 403],
    ['127.0.0.1', { forwarded: 'proto=https;for=127.0.0.1' }, 403],
    ['127.0.0.1', { 'x-forwarded-for': '127.0.0.1' }, 403],
    ...['via', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'x-forwarded-server']
      .concat(['x-real-ip', 'cf-connecting-ip', 'cf-ray', 'cdn-loop', 'true-client-ip'])
      .concat(['x-client-ip', 'x-envoy-external-address', 'fly-client-ip', 'x-original-url'])
      .map((name): [string, Record<string, string>, number] => ['127.0.0.1', { [name]: 'x' }, 403]),
    ['127.0.0.1', { 'user-agent': 'curl/8', accept: '*/*', dnt: '1' }, null],
    [LAN, { 'x-forwarded-for': '127.0.0.1' }, 403],
  ])('%s %o', (from, headers, expected) => {
    expect(refusal(from, headers)).toBe(expected)
    // A trusted proxy makes nobody a local.
    expect(refusal(from, headers, { trustProxy: true })).toBe(expected)
  })
})

describe('what we are called', () => {
  const viaProxy = { host: 'tv.example', 'x-forwarded-for': '127.0.0.1' }

  test('this machine must call us by our name, whatever it forwards', () => {
    expect(refusal('127.0.0.1', { host: 'tv.example' })).toBe(403)
    expect(refusal('127.0.0.1', viaProxy)).toBe(403)
    expect(refusal('127.0.0.1', { host: 'den.local:3030' })).toBeNull()
  })

  test('the password lets a proxy have a name of its own', () => {
    const headers = { ...viaProxy, authorization: basic('ann:p:ä') }
    expect(refusal('127.0.0.1', viaProxy, { auth: AUTH })).toBe(401)
    expect(refusal('127.0.0.1', headers, { auth: AUTH })).toBeNull()
  })
})

describe('the password', () => {
  test.each([
    [LAN, {}, 401],
    [LAN, { authorization: basic('ann:p:ä') }, null],
    [LAN, { authorization: basic('ann:p:ä').replace('Basic', 'basic') }, null],
    [LAN, { authorization: basic('ann:p') }, 401],
    [LAN, { authorization: basic('bob:p:ä') }, 401],
    [LAN, { authorization: basic('') }, 401],
    [LAN, { authorization: 'Basic' }, 401],
    [LAN, { authorization: 'Bearer ann:p:ä' }, 401],
    ['127.0.0.1', {}, 401],
    ['127.0.0.1', { authorization: basic('ann:p:ä') }, null],
    ['127.0.0.1', { 'x-forwarded-for': LAN }, 401],
    ['127.0.0.1', { 'x-forwarded-for': LAN, authorization: basic('ann:p:ä') }, null],
  ])('%s %o', (from, headers, expected) => {
    expect(refusal(from, headers, { auth: AUTH })).toBe(expected)
  })
})

describe('--trust-loopback', () => {
  const options = { auth: AUTH, trustLoopback: true }

  test.each([
    ['127.0.0.1', {}, null],
    ['127.0.0.1', { via: '1.1 proxy' }, 401],
    ['127.0.0.1', { host: 'tv.example' }, 401],
    [LAN, {}, 401],
  ])('spares %s %o the password: %s', (from, headers, expected) => {
    expect(refusal(from, headers, options)).toBe(expected)
  })
})

const direct = (address: string): Trier => ({ address, connected: address })

describe('wrong passwords', () => {
  test('over a reverse proxy count for whom it names, not for all behind it', () => {
    const options = { auth: AUTH, attempts: new PasswordAttempts(() => 0, silentLogger()) }
    const via = (client: string, password: string): number | null =>
      refusal(
        '127.0.0.1',
        { 'x-forwarded-for': client, authorization: basic(`ann:${password}`) },
        options,
      )
    for (let i = 0; i < 5; i++) expect(via('203.0.113.5', 'guess')).toBe(401)
    expect(via('203.0.113.5', 'p:ä')).toBe(429)
    expect(via('203.0.113.6', 'p:ä')).toBeNull()
  })

  test('over a reverse proxy end when it names another client for each', () => {
    const options = { auth: AUTH, attempts: new PasswordAttempts(() => 0, silentLogger()) }
    const guess = (i: number): number | null =>
      refusal(
        '127.0.0.1',
        { 'x-forwarded-for': `203.0.113.${i}`, authorization: basic('ann:guess') },
        options,
      )
    for (let i = 0; i < 100; i++) expect(guess(i)).toBe(401)
    expect(guess(100)).toBe(429)
  })

  test('are answered 429 after five, from that address alone, until time has passed', () => {
    let now = 0
    const attempts = new PasswordAttempts(() => now, silentLogger())
    const options = { auth: AUTH, attempts }
    const wrong = { authorization: basic('ann:guess') }
    const right = { authorization: basic('ann:p:ä') }
    for (let i = 0; i < 5; i++) expect(refusal(LAN, wrong, options)).toBe(401)
    expect(refusal(LAN, wrong, options)).toBe(429)
    expect(refusal(LAN, right, options)).toBe(429)
    expect(refusal('192.168.1.8', right, options)).toBeNull()
    now = 1_001
    expect(refusal(LAN, wrong, options)).toBe(401)
    now = 2_500
    expect(refusal(LAN, right, options)).toBe(429)
    now = 3_100
    expect(refusal(LAN, right, options)).toBeNull()
    expect(refusal(LAN, wrong, options)).toBe(401)
  })

  test('of one IPv6 network count together', () => {
    const attempts = new PasswordAttempts(() => 0, silentLogger())
    for (let i = 1; i <= 5; i++) attempts.failed(direct(`2001:db8::${i}`))
    expect(attempts.waitMs(direct('2001:db8:0:0:ffff::9'))).toBe(1_000)
    expect(attempts.waitMs(direct('2001:db8:0:1::9'))).toBe(0)
  })

  test('of thousands of addresses are not all remembered', () => {
    const attempts = new PasswordAttempts(() => 0, silentLogger())
    for (let i = 0; i < 5; i++) attempts.failed(direct('10.0.0.1'))
    for (let i = 0; i < 1_000; i++) attempts.failed(direct(`10.1.${i >> 8}.${i & 255}`))
    expect(attempts.waitMs(direct('10.0.0.1'))).toBe(0)
  })

  test('that are none cost nothing: browsers ask without one first', () => {
    const options = { auth: AUTH, attempts: new PasswordAttempts(() => 0, silentLogger()) }
    for (let i = 0; i < 20; i++) expect(refusal(LAN, {}, options)).toBe(401)
  })
})

describe('whose page asks', () => {
  test.each([
    [{ origin: 'http://127.0.0.1:3030' }, null],
    [{ origin: 'https://127.0.0.1:3030' }, null],
    [{ origin: 'http://127.0.0.1' }, 403],
    [{ origin: 'http://127.0.0.1:3031' }, 403],
    [{ origin: 'http://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ origin: 'file://' }, 403],
    [{ origin: '' }, 403],
    [{ origin: 'http://localhost', host: 'localhost' }, null],
    [{ origin: 'http://localhost', host: 'localhost:80' }, null],
    [{ origin: 'https://den.local', host: 'den.local:443' }, null],
    [{ origin: 'http://DEN.local', host: 'den.LOCAL' }, null],
    [{ origin: 'http://[::1]:3030', host: '[::1]:3030' }, null],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ 'sec-fetch-site': 'same-origin' }, null],
    [{ 'sec-fetch-site': 'none' }, null],
  ])('%o', (headers, expected) => {
    expect(refusal('127.0.0.1', headers)).toBe(expected)
  })

  test('the password does not help a foreign page', () => {
    const headers = { authorization: basic('ann:p:ä'), origin: 'http://evil.example' }
    expect(refusal(LAN, headers, { auth: AUTH })).toBe(403)
  })

  test('a forwarded host counts only from a trusted proxy', () => {
    const headers = {
      authorization: basic('ann:p:ä'),
      origin: 'https://tv.example',
      'x-forwarded-host': 'tv.example',
    }
    expect(refusal(LAN, headers, { auth: AUTH })).toBe(403)
    expect(refusal(LAN, headers, { auth: AUTH, trustProxy: true })).toBeNull()
  })
})

describe('through the server', () => {
  const FROM_LAN = { 'X-Forwarded-For': LAN }

  test.each([
    '/torrents',
    '/torrents/0/pause',
    '/torrents/0/start',
    '/torrents/0/forget',
    '/torrents/0/delete',
    '/torrents/0/some/later/route',
  ])('POST %s is guarded', async (path) => {
    const torrent = new FakeTorrent(0, 'x', [])
    const session = new FakeSession(torrent)
    const port = await startHttpServer({ session, auth: AUTH })
    const answer = await send(port, 'POST', path, FROM_LAN, 'magnet:?xt=x')
    expect(answer.status).toBe(401)
    expect(answer.headers['www-authenticate']).toMatch(/^Basic realm=/)
    expect(jsonOf(answer)).toMatchObject({ error_kind: 'unauthorized', status: 401 })
    expect([session.added, session.removed, torrent.state.kind]).toEqual([[], [], 'live'])
  })

  test('reading is for everybody on the LAN', async () => {
    const torrent = new FakeTorrent(0, 'x', [{ path: 'film.mkv', length: 5 }])
    const port = await startHttpServer({ session: new FakeSession(torrent), auth: AUTH })
    for (const path of ['/', '/torrents', '/torrents/0/stream/0', '/torrents/playlist']) {
      expect((await send(port, 'GET', path, FROM_LAN)).status).toBe(200)
    }
  })
})
