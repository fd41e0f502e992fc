import { once } from 'node:events'
import { Readable } from 'node:stream'
import { Router } from '@koa/router'
import { expect, test } from 'vitest'
import { FakeSession } from '../../helpers/fake-session.ts'
import { jsonOf, RawClient, send, startHttpServer } from '../../helpers/http-client.ts'

/** More than one address may hold in all; one answer may be so long all the same. */
const HUGE_BYTES = 17 * 1024 * 1024

async function* parts(): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < HUGE_BYTES; sent += 100_000) yield Buffer.alloc(100_000)
}

/** Counts as the answers of an API do that have much to say. */
function wordyRouter(): Router {
  const router = new Router()
  router.get('/huge', (context) => {
    context.body = { text: 'x'.repeat(HUGE_BYTES) }
  })
  router.get('/parts', (context) => {
    context.body = Readable.from(parts())
  })
  router.get('/large', (context) => {
    context.body = Buffer.alloc(20_000)
  })
  router.get('/small', (context) => {
    context.body = { text: 'x'.repeat(10_000) }
  })
  return router
}

async function unread(port: number, path: string): Promise<RawClient> {
  const client = new RawClient(port).write(`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', '', '')
  await once(client.socket, 'data')
  client.socket.pause()
  return client
}

/** Reads on, until it has had more than so many bytes. */
async function allOf({ socket }: RawClient, bytes: number): Promise<void> {
  while (socket.bytesRead <= bytes) await once(socket.resume(), 'data')
}

test('answers that are not taken are few per address, and small ones need no room', async () => {
  const port = await startHttpServer({ session: new FakeSession(), upnp: wordyRouter() })
  const slow = await unread(port, '/huge')
  const refused = await send(port, 'GET', '/large')
  expect(refused.status).toBe(503)
  expect(refused.headers['retry-after']).toBe('5')
  expect(jsonOf(refused)).toMatchObject({ human_readable: 'too many answers are being sent' })
  expect((await send(port, 'GET', '/small')).status).toBe(200)
  await allOf(slow, HUGE_BYTES)
  expect((await send(port, 'GET', '/large')).body).toHaveLength(20_000)
})

test('answers in parts are few per address too', async () => {
  const port = await startHttpServer({ session: new FakeSession(), upnp: wordyRouter() })
  await Promise.all(Array.from({ length: 32 }, () => unread(port, '/parts')))
  expect((await send(port, 'GET', '/parts')).status).toBe(503)
  expect((await send(port, 'GET', '/small')).status).toBe(200)
})

test('a client that leaves gives its room back', async () => {
  const port = await startHttpServer({ session: new FakeSession(), upnp: wordyRouter() })
  const slow = await unread(port, '/huge')
  slow.socket.destroy()
  while ((await send(port, 'GET', '/large')).status !== 200);
})

test('JSON keeps its type and length', async () => {
  const port = await startHttpServer({ session: new FakeSession(), upnp: wordyRouter() })
  const answer = await send(port, 'GET', '/small')
  expect(answer.headers).toMatchObject({ 'content-type': 'application/json' })
  expect(Number(answer.headers['content-length'])).toBe(answer.body.length)
  const head = await send(port, 'HEAD', '/small')
  expect(head.headers['content-length']).toBe(answer.headers['content-length'])
})
