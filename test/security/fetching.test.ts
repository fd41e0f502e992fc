import { createServer } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import { jsonOf } from '../helpers/http-client.ts'
import { pseudoRandomBytes, singleFile } from '../helpers/make-torrent.ts'
import { PUBLIC, startRealServer } from '../helpers/real-server.ts'
import { serve } from '../helpers/web-server.ts'

const SHOW = singleFile('Show.mkv', pseudoRandomBytes(5_000, 3))

/** Some of the ports that Node's fetch refuses (Fetch, 2.9). */
const BAD_PORTS = [6_000, 6_665, 6_666, 6_667, 6_668, 6_669, 6_697, 10_080, 5_060, 5_061, 4_190]

it("the owner's URL may lie in his own network, also where it redirects to", async () => {
  const real = await startRealServer()
  const web = await serve((request, response) => {
    if (request.url === '/there') response.end(Buffer.from(SHOW.torrentFile))
    else response.writeHead(302, { Location: '/there' }).end()
  })
  const answer = await real.post('/torrents', {}, `${web.url}/here`)
  expect(answer.status).toBe(200)
  expect(jsonOf(answer)).toMatchObject({ details: { name: 'Show.mkv' } })
})

it('a URL may have a port that fetch forbids', async () => {
  const real = await startRealServer()
  const server = createServer((_request, response) => response.end(Buffer.from(SHOW.torrentFile)))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const port = await firstFree(server, BAD_PORTS)
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow()
  const answer = await real.post('/torrents', {}, `http://127.0.0.1:${port}/a.torrent`)
  expect(jsonOf(answer)).toMatchObject({ details: { name: 'Show.mkv' } })
})

async function firstFree(
  server: ReturnType<typeof createServer>,
  ports: readonly number[],
): Promise<number> {
  for (const port of ports) {
    const isOpen = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    server.removeAllListeners('error')
    if (isOpen) return port
  }
  throw new Error('every one of these ports is in use')
}

it('what a magnet names, whoever wrote it, leads nowhere into our networks', async () => {
  const real = await startRealServer()
  let asked = 0
  const web = await serve((_request, response) => {
    asked++
    response.end(Buffer.from(SHOW.torrentFile))
  })
  const port = new URL(web.url).port
  const urls = [
    ...[
      web.url,
      `http://localhost:${port}/`,
      `http://127.1:${port}/`,
      `http://2130706433:${port}/`,
    ],
    ...[`http://[::ffff:127.0.0.1]:${port}/`, `http://0.0.0.0:${port}/`],
  ]
  for (const [i, url] of urls.entries()) {
    const hash = `${i}`.repeat(40)
    const magnet = `magnet:?xt=urn:btih:${hash}&xs=${encodeURIComponent(url)}&as=${encodeURIComponent(url)}`
    const answer = await real.post('/torrents?timeout_ms=200', {}, magnet)
    expect(answer.status).toBe(500)
  }
  expect(asked).toBe(0)
  // It was there to be asked.
  expect((await real.post('/torrents', {}, web.url)).status).toBe(200)
  expect(asked).toBe(1)
})

it('nobody else has the server fetch anything', async () => {
  const real = await startRealServer()
  let asked = 0
  const web = await serve((_request, response) => {
    asked++
    response.end()
  })
  for (const path of ['/torrents', '/torrents?list_only=true', '/torrents/resolve_magnet']) {
    expect((await real.post(path, PUBLIC, web.url)).status).toBe(403)
    const foreign = { Origin: 'http://evil.example', 'Content-Type': 'text/plain' }
    expect((await real.post(path, foreign, web.url)).status).toBe(403)
  }
  expect(asked).toBe(0)
})

it('what is no http(s) URL is no file of this machine either', async () => {
  const real = await startRealServer()
  for (const text of ['file:///etc/passwd', '/etc/passwd', 'ftp://127.0.0.1/x', 'data:,x']) {
    const answer = await real.post('/torrents?is_url=true', {}, text)
    expect(answer.status).toBe(400)
    expect(answer.body.toString()).not.toContain('root:')
  }
})
