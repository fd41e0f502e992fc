import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { AtomicFile } from '../../../src/atomic-file.ts'
import { silentLogger } from '../../../src/log.ts'
import { Settings } from '../../../src/settings/settings.ts'
import { FakeSession } from '../../helpers/fake-session.ts'
import { jsonOf, send, startHttpServer } from '../../helpers/http-client.ts'

let folder = ''
let port = 0

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-test-'))
  const settings = await Settings.open(new AtomicFile(join(folder, 's.json')), silentLogger())
  await settings.register({
    name: 'slots',
    kind: 'number',
    unit: null,
    effect: 'How many there may be.',
    initial: 8,
    isGiven: false,
    check: z.number('must be a number'),
    apply: () => {},
  })
  port = await startHttpServer({ session: new FakeSession(), settings })
})

afterEach(() => rm(folder, { recursive: true, force: true }))

it('GET /settings lists what can be changed, PATCH changes it', async () => {
  const slots = { name: 'slots', kind: 'number', value: 8, unit: null, restart: false }
  expect(jsonOf(await send(port, 'GET', '/settings'))).toMatchObject({ settings: [slots] })
  const answer = await send(port, 'PATCH', '/settings', {}, '{"slots":12}')
  expect(answer.status).toBe(200)
  expect(jsonOf(answer)).toMatchObject({ settings: [{ ...slots, value: 12 }] })
})

it.each([
  ['{"slots":"x"}', 'slots: must be a number'],
  ['{"slot":1}', 'there is no setting "slot"'],
  ['[1]', 'the body must be a JSON object of settings and their new values'],
  ['{', 'the body must be a JSON object of settings and their new values'],
])('PATCH of %s is refused: %s', async (body, message) => {
  const answer = await send(port, 'PATCH', '/settings', {}, body)
  expect(answer.status).toBe(400)
  expect(jsonOf(answer)).toMatchObject({ human_readable: message })
})

it('is for the owner alone, to read too', async () => {
  for (const method of ['GET', 'PATCH']) {
    const headers = { 'X-Forwarded-For': '192.168.1.9' }
    expect((await send(port, method, '/settings', headers, '{}')).status).toBe(403)
    const foreign = { Origin: 'http://evil.example' }
    expect((await send(port, method, '/settings', foreign, '{}')).status).toBe(403)
  }
})
