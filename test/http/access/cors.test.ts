import { expect, test } from 'vitest'
import { CrossOrigin } from '../../../src/http/access/cors.ts'
import { FakeSession, FakeTorrent } from '../../helpers/fake-session.ts'
import { send, startHttpServer } from '../../helpers/http-client.ts'

const PAGE = 'https://page.example'

async function serve(corsAllow: string | null): Promise<number> {
  const torrent = new FakeTorrent(0, 'x', [{ path: 'film.mkv', length: 10 }])
  const crossOrigin = corsAllow === null ? null : new CrossOrigin(corsAllow)
  return await startHttpServer({ session: new FakeSession(torrent), crossOrigin })
}

test('no foreign page may do anything by default', async () => {
  const port = await serve(null)
  const read = await send(port, 'GET', '/torrents', { Origin: PAGE })
  expect(read.headers).not.toHaveProperty('access-control-allow-origin')
  expect((await send(port, 'POST', '/torrents/0/pause', { Origin: PAGE })).status).toBe(403)
})

test('with the option, pages of these origins may, on streams as well', async () => {
  const port = await serve('^https://page\\.example$')
  for (const [method, path] of [
    ['GET', '/torrents'],
    ['POST', '/torrents/0/pause'],
    ['GET', '/torrents/0/stream/0'],
    ['GET', '/nosuch'],
  ] as const) {
    const answer = await send(port, method, path, { Origin: PAGE })
    expect([path, answer.headers['access-control-allow-origin']]).toEqual([path, PAGE])
    expect(answer.status).toBe(path === '/nosuch' ? 404 : 200)
  }
})

test('other pages may not, and rqbit’s own may', async () => {
  const port = await serve('^https://page\\.example$')
  const Origin = 'https://page.example.evil.example'
  const other = await send(port, 'GET', '/torrents', { Origin })
  expect(other.headers).not.toHaveProperty('access-control-allow-origin')
  expect(other.headers.vary).toContain('Origin')
  expect((await send(port, 'POST', '/torrents/0/pause', { Origin })).status).toBe(403)
  const tauri = await send(port, 'GET', '/torrents', { Origin: 'tauri://localhost' })
  expect(tauri.headers['access-control-allow-origin']).toBe('tauri://localhost')
})

test('a preflight is answered', async () => {
  const port = await serve('page')
  const headers = { Origin: PAGE, 'Access-Control-Request-Method': 'POST' }
  const answer = await send(port, 'OPTIONS', '/torrents/0/pause', headers)
  expect(answer.status).toBe(200)
  expect(answer.headers['access-control-allow-origin']).toBe(PAGE)
  expect(answer.headers['access-control-allow-headers']).toContain('*')
})
