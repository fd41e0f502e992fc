import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import Koa from 'koa'
import { expect, onTestFinished, test } from 'vitest'
import { webPageRouter } from '../../src/http/web-page.ts'
import { type RawAnswer, send } from '../helpers/http-client.ts'

const SCRIPT = 'let answer = 42\n'.repeat(100)

async function servePage(): Promise<(path: string, headers?: object) => Promise<RawAnswer>> {
  const folder = await mkdtemp(join(tmpdir(), 'page-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), '<title>A page</title>')
  await writeFile(join(folder, 'icon.png'), 'png')
  await writeFile(join(folder, 'manifest.webmanifest'), '{}')
  await writeFile(join(folder, 'assets/index-abc.js'), SCRIPT)
  const app = new Koa()
  app.silent = true
  const router = webPageRouter(folder)
  app.use(router.routes())
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(async () => {
    await new Promise((resolve) => server.close(resolve).closeAllConnections())
    await rm(folder, { recursive: true })
  })
  const { port } = server.address() as AddressInfo
  return (path, headers = {}) => send(port, 'GET', path, { ...headers })
}

test.each([
  ['/web/', 'text/html; charset=utf-8', '<title>A page</title>', 'no-cache'],
  ['/web/index.html', 'text/html; charset=utf-8', '<title>A page</title>', 'no-cache'],
  ['/web/icon.png', 'image/png', 'png', 'no-cache'],
  ['/web/manifest.webmanifest', 'application/manifest+json', '{}', 'no-cache'],
  [
    '/web/assets/index-abc.js',
    'text/javascript; charset=utf-8',
    SCRIPT,
    'public, max-age=31536000, immutable',
  ],
])('%s is served as what it is', async (path, type, text, cached) => {
  const get = await servePage()
  const answer = await get(path)
  expect(answer.status).toBe(200)
  expect(answer.headers).toMatchObject({
    'content-type': type,
    'cache-control': cached,
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining("default-src 'none'; script-src 'self'"),
  })
  expect(answer.body.toString()).toBe(text)
})

test('what a browser has already is not sent again', async () => {
  const get = await servePage()
  const { headers } = await get('/web/')
  const again = await get('/web/', { 'If-None-Match': headers.etag })
  expect([again.status, again.body.length]).toEqual([304, 0])
})

test('text goes compressed to who takes it, a picture never does', async () => {
  const get = await servePage()
  const script = await get('/web/assets/index-abc.js', { 'Accept-Encoding': 'gzip, br' })
  expect(script.headers['content-encoding']).toBe('gzip')
  expect(script.body.length).toBeLessThan(SCRIPT.length / 10)
  expect(gunzipSync(script.body).toString()).toBe(SCRIPT)
  const icon = await get('/web/icon.png', { 'Accept-Encoding': 'gzip' })
  expect(icon.headers['content-encoding']).toBeUndefined()
})

test.each(['/web/nothing.js', '/web/assets', '/web/../package.json', '/web/%2e%2e/package.json'])(
  '%s is no file of the page',
  async (path) => {
    const get = await servePage()
    expect((await get(path)).status).toBe(404)
  },
)
