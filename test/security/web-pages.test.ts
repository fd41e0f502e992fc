import { describe, expect, it } from 'vitest'
import { send } from '../helpers/http-client.ts'
import { type RealServer, startRealServer } from '../helpers/real-server.ts'

/** What a page of somebody else's can have a browser on the owner's own machine send without asking. */
const UNASKED = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']
const MAGNET = `magnet:?xt=urn:btih:${'ab'.repeat(20)}`

const CHANGES = [
  ['/torrents?wait=false', MAGNET],
  ['/torrents/0/delete', ''],
  ['/torrents/0/pause', ''],
  ['/torrents/limits', '{"upload_bps":1}'],
] as const

async function torrentsOf(real: RealServer): Promise<string> {
  return (await real.get('/torrents')).body.toString()
}

describe("another page's request from the owner's browser (CSRF)", () => {
  it('changes nothing, whatever its type and however it says where it comes from', async () => {
    const real = await startRealServer()
    const before = await torrentsOf(real)
    const origins = [
      { Origin: 'http://evil.example' },
      { Origin: 'null' },
      { Origin: `http://127.0.0.1:${real.port + 1}` },
      { Origin: `http://localhost:${real.port}.evil.example` },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ]
    for (const origin of origins) {
      for (const type of UNASKED) {
        for (const [path, body] of CHANGES) {
          const answer = await real.post(path, { ...origin, 'Content-Type': type }, body)
          expect([origin, path, answer.status]).toEqual([origin, path, 403])
        }
      }
    }
    expect(await torrentsOf(real)).toBe(before)
  })

  it('gets no leave to send more, nor to read (CORS)', async () => {
    const real = await startRealServer()
    const asked = { Origin: 'http://evil.example', 'Access-Control-Request-Method': 'DELETE' }
    for (const path of ['/torrents', '/torrents/0/delete', '/settings', '/torrents/0/stream/0']) {
      for (const method of ['OPTIONS', 'GET']) {
        const { headers } = await send(real.port, method, path, asked)
        expect(headers['access-control-allow-origin']).toBeUndefined()
        expect(headers['access-control-allow-methods']).toBeUndefined()
      }
    }
  })

  it('does not make a setting out of a GET', async () => {
    const real = await startRealServer()
    for (const path of ['/torrents/0/delete', '/torrents/0/pause', '/torrents/0/forget']) {
      expect((await real.get(path)).status).toBe(405)
    }
  })
})

describe('SOAP from a page', () => {
  it('is refused with a foreign Origin, and with one in a type that needs no leave', async () => {
    const real = await startRealServer()
    const path = '/upnp/control/content-directory'
    const own = `http://127.0.0.1:${real.port}`
    const statusOf = async (headers: Record<string, string>): Promise<number> =>
      (await real.post(path, headers, '<x/>')).status
    expect(await statusOf({ Origin: 'http://evil.example', 'Content-Type': 'text/xml' })).toBe(403)
    for (const type of UNASKED) {
      expect(await statusOf({ Origin: own, 'Content-Type': type })).toBe(415)
    }
  })
})

describe('SUBSCRIBE with somebody else as the callback (CallStranger, CVE-2020-12695)', () => {
  it('is refused', async () => {
    const real = await startRealServer()
    for (const CALLBACK of [
      '<http://203.0.113.9/>',
      '<http://192.168.1.1:80/>',
      '<http://127.0.0.2:9/>',
      '<http://[::1]:9/>',
      '<http://evil.example/>',
      '<http://localhost:9/>',
      '<http://127.0.0.1.nip.io/>',
      '<https://127.0.0.1/>',
      '<ftp://127.0.0.1/>',
      '<http://127.0.0.1@203.0.113.9/>',
      '',
    ]) {
      const headers = { CALLBACK, NT: 'upnp:event', TIMEOUT: 'Second-300' }
      const path = '/upnp/event/content-directory'
      const { status } = await send(real.port, 'SUBSCRIBE', path, headers)
      expect(status).toBe(412)
    }
  })
})

describe('a path that leads elsewhere', () => {
  it('is answered with nothing that is not ours', async () => {
    const real = await startRealServer()
    for (const path of [
      '/web/../../package.json',
      '/web/..%2f..%2fpackage.json',
      '/web/%2e%2e/%2e%2e/package.json',
      '/web/..\\..\\package.json',
      '/web/%00',
      '/upnp/icons/../../package.json',
      '/upnp/icons/..%2f..%2fpackage.json',
      '/upnp/scpd/..%2f..%2f..%2fetc%2fpasswd.xml',
      '/torrents/0/stream/../../../.tributary/session.json',
      '/torrents/..%2f.tributary%2fsession.json',
      '/torrents/0/stream/0%2f..%2f..%2f.tributary%2fstream-key',
      '/torrents/0/stream/-1',
      '/torrents/0/stream/1e9',
      '/.tributary/stream-key',
      '/etc/passwd',
      '//etc/passwd',
      'file:///etc/passwd',
    ]) {
      const answer = await real.get(path)
      const text = answer.body.toString('latin1')
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
      expect(text).not.toMatch(/root:|"dependencies"|"nextId"|^\s*\{\s*"name": "tributary"/)
      expect(text.length).toBeLessThan(1_000)
    }
  })

  it('after the number of a file is decoration, and gives that file', async () => {
    const real = await startRealServer()
    const answer = await real.get('/torrents/0/stream/0/..%2f..%2f.tributary%2fstream-key')
    expect(answer.body.equals(real.film)).toBe(true)
  })
})
