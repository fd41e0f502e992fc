import { expect, test } from 'vitest'
import { FakeSession, FakeTorrent } from '../helpers/fake-session.ts'
import { jsonOf, send, startHttpServer } from '../helpers/http-client.ts'

async function serve(): Promise<number> {
  const torrent = new FakeTorrent(0, 'x', [{ path: 'film.mkv', length: 10 }])
  return startHttpServer({ session: new FakeSession(torrent) })
}

test.each(['*/*', 'application/json', ''])(
  'a program (Accept: %s) is told the API',
  async (accept) => {
    const answer = await send(await serve(), 'GET', '/', { Accept: accept })
    expect(answer.status).toBe(200)
    expect(jsonOf(answer)).toEqual({
      apis: expect.objectContaining({ 'GET /torrents': 'List torrents' }),
      server: 'rqbit',
      version: '9.1.0',
      implementation: 'tributary',
      implementation_version: '1.2.3',
    })
  },
)

test.each(['text/html', 'text/html,application/xhtml+xml,*/*;q=0.8'])(
  'a browser (Accept: %s) is sent to the page',
  async (accept) => {
    const answer = await send(await serve(), 'GET', '/', { Accept: accept })
    expect([answer.status, answer.headers.location]).toEqual([307, './web/'])
    expect(answer.body.length).toBe(0)
  },
)

test('each API that is told of is there', async () => {
  const port = await serve()
  const { apis } = jsonOf(await send(port, 'GET', '/')) as { apis: Record<string, string> }
  for (const route of Object.keys(apis)) {
    const [method = '', template = ''] = route.split(' ')
    const path = template.replace('{id_or_infohash}', '77').replace('{file_idx}', '0')
    const answer = await send(port, method, path)
    const reason = answer.status < 300 ? '' : (jsonOf(answer) as Record<string, unknown>)
    const isThere = reason === '' || !String(reason.human_readable).startsWith('no such route')
    expect({ route, isThere, status: answer.status === 405 ? 405 : 0 }).toEqual({
      route,
      isThere: true,
      status: 0,
    })
  }
})

test.each([
  ['/web/', 'text/html; charset=utf-8', '<title>Tributary</title>'],
  ['/web/page.js', 'text/javascript; charset=utf-8', 'with_stats=true'],
  ['/web/page.css', 'text/css; charset=utf-8', 'color-scheme'],
])('%s', async (path, mimeType, text) => {
  const answer = await send(await serve(), 'GET', path)
  expect(answer.status).toBe(200)
  expect(answer.headers['content-type']).toBe(mimeType)
  expect(answer.headers['x-content-type-options']).toBe('nosniff')
  expect(answer.headers['content-security-policy']).toContain("script-src 'self'")
  expect(answer.body.toString()).toContain(text)
})

test('/web leads to /web/', async () => {
  const answer = await send(await serve(), 'GET', '/web')
  expect([answer.status, answer.headers.location]).toEqual([308, './web/'])
})

test('the page runs no inline script and never makes HTML of names', async () => {
  const port = await serve()
  const html = (await send(port, 'GET', '/web/')).body.toString()
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=/)
  const script = (await send(port, 'GET', '/web/page.js')).body.toString()
  expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/)
})
