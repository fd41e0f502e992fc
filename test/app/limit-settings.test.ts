import { expect, test } from 'vitest'
import { jsonOf, send } from '../helpers/http-client.ts'
import { startRealServer } from '../helpers/real-server.ts'

const JSON_TYPE = { 'Content-Type': 'application/json' }

test('rates and goals of all torrents are settings, and rates the same as in the API', async () => {
  const server = await startRealServer('--seed-ratio', '2')
  const values = async (): Promise<Record<string, unknown>> => {
    const { settings } = jsonOf(await server.get('/settings')) as {
      settings: { name: string; value: unknown }[]
    }
    return Object.fromEntries(settings.map(({ name, value }) => [name, value]))
  }
  const patch = (changes: object) =>
    send(server.port, 'PATCH', '/settings', JSON_TYPE, JSON.stringify(changes))
  expect(await values()).toMatchObject({
    ...{ 'download-limit': '', 'upload-limit': '', 'seed-ratio': 2, 'seed-minutes': 0 },
    interface: [],
  })
  await patch({ 'download-limit': '1.5M', 'seed-minutes': 30 })
  expect(await values()).toMatchObject({ 'download-limit': '1536K', 'seed-minutes': 30 })
  expect(jsonOf(await server.get('/torrents/limits'))).toMatchObject({ download_bps: 1_572_864 })
  await server.post('/torrents/limits', JSON_TYPE, '{"download_bps":null,"upload_bps":2048}')
  expect(await values()).toMatchObject({ 'download-limit': '', 'upload-limit': '2K' })
  const refused = await patch({ 'upload-limit': 'quick' })
  expect([refused.status, refused.body.toString()]).toEqual([
    400,
    expect.stringContaining('upload-limit: must be bytes per second'),
  ])
  await patch({ 'alt-limits': ['mon-fri 22:00-07:00 down=5M'] })
  expect(await values()).toMatchObject({ 'alt-limits': ['mon-fri 22:00-07:00 down=5M'] })
  expect((await patch({ 'alt-limits': ['at night'] })).status).toBe(400)
  const interfaces = await patch({ interface: ['eth 0'] })
  expect(interfaces.status).toBe(400)
})

test('whoever is at the machine itself learns how others reach the server', async () => {
  const server = await startRealServer()
  const { addresses } = jsonOf(await server.get('/addresses')) as { addresses: unknown }
  expect(addresses).toBeInstanceOf(Array)
})
