import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import { RENDERER_RULES } from '../../../src/upnp/renderers/renderer-table.ts'
import { Renderers } from '../../../src/upnp/renderers/renderers.ts'
import { WatchedRules } from '../../../src/upnp/renderers/watched-rules.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { FakeSession } from '../../helpers/fake-session.ts'
import { jsonOf, RawClient, send, startHttpServer } from '../../helpers/http-client.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const TV = '192.168.1.20'
const SAMSUNG = 'DLNADOC/1.50 SEC_HHP_[TV]UE40D7000/1.0'

async function serve(from?: string) {
  const path = `${await temporaryFolder()}/renderers.json`
  const clock = new FakeClock()
  const log = silentLogger()
  const renderers = new Renderers({ clock, log })
  const ruleIds = new Set(RENDERER_RULES.map(({ id }) => id))
  const ruleChoice = new WatchedRules({ path, renderers, ruleIds, clock, log })
  await ruleChoice.start()
  const port = await startHttpServer({
    ...{ session: new FakeSession(), renderers, ruleChoice },
    ...(from === undefined ? {} : { from }),
  })
  const points = async () => {
    const { control_points } = jsonOf(await send(port, 'GET', '/control_points')) as {
      control_points: readonly Record<string, unknown>[]
    }
    return control_points
  }
  const put = (address: string, body: unknown) =>
    send(port, 'PUT', `/control_points/${address}`, {}, JSON.stringify(body))
  const ask = (userAgent: string, asked = 'POST /upnp/control/content-directory') =>
    renderers.profileFor({ address: TV, headers: { 'user-agent': userAgent }, asked }).id
  return { path, clock, renderers, port, points, put, ask }
}

describe('GET /control_points', () => {
  test('names who browses, by which rule each is answered and why', async () => {
    const { points, ask, clock } = await serve()
    expect(await points()).toEqual([])
    ask(SAMSUNG)
    const [tv] = await points()
    expect(tv).toEqual({
      address: TV,
      user_agent: SAMSUNG,
      friendly_name: null,
      rule: { id: 'samsung-c-e', name: expect.any(String) },
      why: 'recognised by the headers of its requests',
      why_code: 'request',
      last_seen: clock.now(),
      override: null,
    })
  })

  test('names those that no rule knows, but not whoever fetches a file', async () => {
    const { points, ask } = await serve()
    ask('curl/8', 'GET /m/abc/0.mkv')
    expect(await points()).toEqual([])
    ask('Nobody/1.0')
    expect(await points()).toMatchObject([
      { user_agent: 'Nobody/1.0', rule: { id: 'default' }, why: expect.stringContaining('not') },
    ])
  })

  test('names what a renderer says of itself', async () => {
    const { points, renderers } = await serve()
    const description = { manufacturer: 'Sonos, Inc.', friendlyName: 'Kitchen' }
    renderers.describe(TV, description)
    expect(await points()).toMatchObject([{ friendly_name: 'Kitchen', user_agent: null }])
  })

  test('shows whoever may change nothing only itself', async () => {
    const { points, renderers, ask } = await serve('192.168.1.77')
    ask(SAMSUNG)
    expect(await points()).toEqual([])
    const asked = 'POST /upnp/control/content-directory'
    renderers.profileFor({ address: '192.168.1.77', headers: { 'user-agent': 'VLC/3' }, asked })
    expect(await points()).toMatchObject([{ address: '192.168.1.77' }])
  })

  test('lists the rules with what each plays', async () => {
    const { port } = await serve()
    const { rules } = jsonOf(await send(port, 'GET', '/control_points')) as {
      rules: readonly { id: string; plays: { containers: readonly string[] } }[]
    }
    expect(rules.map(({ id }) => id)).toEqual(RENDERER_RULES.map(({ id }) => id))
    expect(rules.find(({ id }) => id === 'samsung-c-e')?.plays.containers).toContain('mkv')
  })
})

describe('PUT /control_points/{address}', () => {
  test('chooses a rule, which is kept in the rules file beside what is there', async () => {
    const { path, put, points, ask } = await serve()
    const other = { address: '192.168.1.21', set: { date: false } }
    await writeFile(path, JSON.stringify({ renderers: [other] }))
    expect((await put(TV, { rule: 'samsung-2019' })).status).toBe(200)
    expect(ask(SAMSUNG)).toBe('samsung-2019')
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      renderers: [other, { address: TV, rule: 'samsung-2019' }],
    })
    expect((await points())[0]).toMatchObject({
      override: 'samsung-2019',
      rule: { id: 'samsung-2019' },
      why: 'chosen by the owner',
    })
    expect((await put(TV, { rule: null })).status).toBe(200)
    expect(ask(SAMSUNG)).toBe('samsung-c-e')
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ renderers: [other] })
  })

  test.each([
    ['tv', { rule: null }],
    [TV, { rule: 'nothing-like-it' }],
    [TV, { rule: 5 }],
    [TV, null],
  ])('refuses %s %j', async (address, body) => {
    expect((await (await serve()).put(address, body)).status).toBe(400)
  })

  test('leaves a rules file alone that it cannot read', async () => {
    const { path, put } = await serve()
    await writeFile(path, '{ "renderers": [ oops')
    const answer = await put(TV, { rule: 'samsung-2019' })
    expect(answer.status).toBe(409)
    expect(await readFile(path, 'utf8')).toBe('{ "renderers": [ oops')
  })
})

test.each([
  [undefined, true],
  ['192.168.1.21', false],
])('open pages hear of who browses here (from %s: %s)', async (from, isTold) => {
  const { port, renderers } = await serve(from)
  renderers.profileFor({ address: TV, headers: { 'user-agent': SAMSUNG }, asked: 'GET /' })
  const client = new RawClient(port)
  client.write('GET /events HTTP/1.1', 'Host: 127.0.0.1', '', '')
  await client.until(() => client.received.includes('event: streams'))
  await client.until(() => client.received.includes(isTold ? TV : 'event: streams'))
  expect(client.received.includes('event: control_points')).toBe(isTold)
  expect(client.received.includes(TV)).toBe(isTold)
})
