import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
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

test('the API says which limits hold now, where others hold by the time of day', async () => {
  const server = await startRealServer()
  const patch = (changes: object) =>
    send(server.port, 'PATCH', '/settings', JSON_TYPE, JSON.stringify(changes))
  await patch({ 'download-limit': '2M' })
  expect(jsonOf(await server.get('/torrents/limits'))).toEqual({
    ...{ download_bps: 2_097_152, upload_bps: null },
    in_force: { download_bps: 2_097_152, upload_bps: null, alternative: false },
  })
  await patch({ 'alt-limits': ['00:00-24:00 down=500K up=100K'] })
  expect(jsonOf(await server.get('/torrents/limits'))).toEqual({
    ...{ download_bps: 2_097_152, upload_bps: null },
    in_force: { download_bps: 512_000, upload_bps: 102_400, alternative: true },
  })
})

test('the blocklist is a setting, and says what is wrong with it', async () => {
  const server = await startRealServer()
  const patch = (changes: object) =>
    send(server.port, 'PATCH', '/settings', JSON_TYPE, JSON.stringify(changes))
  const value = async (): Promise<unknown> => {
    const { settings } = jsonOf(await server.get('/settings')) as {
      settings: { name: string; value: unknown }[]
    }
    return settings.find(({ name }) => name === 'blocklist')?.value
  }
  expect(await value()).toBe('')
  const path = join(server.folder, 'blocked.p2p')
  const missing = await patch({ blocklist: path })
  expect(missing.status).toBe(400)
  expect(missing.body.toString()).toMatch(/blocklist cannot be changed: .*ENOENT/)
  await writeFile(path, 'nobody:203.0.113.0-203.0.113.255\n')
  expect((await patch({ blocklist: path })).status).toBe(200)
  expect(await value()).toBe(path)
  const unreachable = await patch({ blocklist: 'http://127.0.0.1:9/list' })
  expect(unreachable.status).toBe(400)
  expect(unreachable.body.toString()).toContain('blocklist cannot be changed')
  expect(await value()).toBe(path)
  expect(server.log.filter(({ msg }) => msg === 'the blocklist is read')).toHaveLength(1)
  expect((await patch({ blocklist: '' })).status).toBe(200)
})

test('whoever is at the machine itself learns how others reach the server', async () => {
  const server = await startRealServer()
  const { addresses } = jsonOf(await server.get('/addresses')) as { addresses: unknown }
  expect(addresses).toBeInstanceOf(Array)
})
