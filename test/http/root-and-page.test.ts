import { expect, test } from 'vitest'
import { LogFeed } from '../../src/log-feed.ts'
import { FakeSession, FakeTorrent } from '../helpers/fake-session.ts'
import { jsonOf, send, startHttpServer } from '../helpers/http-client.ts'

const ENDLESS = new Set(['GET /stream_logs', 'GET /events'])

async function serve(): Promise<number> {
  const torrent = new FakeTorrent(0, 'x', [{ path: 'film.mkv', length: 10 }])
  const logs = { feed: new LogFeed(), setLevel: () => {} }
  return startHttpServer({ session: new FakeSession(torrent), logs })
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

/** Of parts that this server was given none of; they have tests of their own. */
const OF_OTHER_PARTS = / \/(?:library|settings|control_points|p)\b/

test('each API that is told of is there', async () => {
  const port = await serve()
  const { apis } = jsonOf(await send(port, 'GET', '/')) as { apis: Record<string, string> }
  const routes = Object.keys(apis).filter((one) => !ENDLESS.has(one) && !OF_OTHER_PARTS.test(one))
  expect(routes.length).toBeGreaterThan(50)
  for (const route of routes) {
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

test('/web leads to /web/', async () => {
  const answer = await send(await serve(), 'GET', '/web')
  expect([answer.status, answer.headers.location]).toEqual([308, './web/'])
})
