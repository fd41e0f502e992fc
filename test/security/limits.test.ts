import { once } from 'node:events'
import { expect, it, onTestFinished, vi } from 'vitest'
import { RawClient, send } from '../helpers/http-client.ts'
import { startRealServer } from '../helpers/real-server.ts'

it('headers of more than 80 KiB are refused, and too many of them', async () => {
  const { port } = await startRealServer()
  const long = { 'X-Long': 'a'.repeat(90_000) }
  expect((await send(port, 'GET', '/torrents', long)).status).toBe(431)
  const many = Object.fromEntries(Array.from({ length: 9_000 }, (_, i) => [`X-${i}`, 'aaaaaa']))
  expect((await send(port, 'GET', '/torrents', many)).status).toBe(431)
  expect((await send(port, 'GET', `/${'a'.repeat(90_000)}`)).status).toBe(431)
})

it('who sends more headers after they were refused is answered, and not reset', async () => {
  const { port } = await startRealServer()
  const client = new RawClient(port)
  const reset = vi.fn()
  client.socket.on('error', reset)
  client.write('GET /torrents HTTP/1.1', `X-Long: ${'a'.repeat(1_000_000)}`)
  expect(await client.answer()).toMatchObject({ status: 431 })
  expect(reset).not.toHaveBeenCalled()
})

it.each([
  ['PATCH', '/settings', 65 * 1024, 413],
  // A fault, which control points understand.
  ['POST', '/upnp/control/content-directory', 257 * 1024, 500],
  ['POST', '/traffic', 5 * 1024, 413],
])('%s %s takes no body of %i bytes', async (method, path, bytes, status) => {
  const { port } = await startRealServer()
  const answer = await send(port, method, path, {}, Buffer.alloc(bytes, ' '))
  expect(answer.status).toBe(status)
})

it('a body that is announced to be endless is refused before it comes', async () => {
  const { port } = await startRealServer()
  const client = new RawClient(port).write(
    ...['PATCH /settings HTTP/1.1', 'Host: 127.0.0.1', 'Content-Length: 99999999999', '', ''],
  )
  await client.until((received) => received.includes('413'))
})

it('an address has 128 connections, and those in use are not taken from it', async () => {
  const { port, get } = await startRealServer()
  const clients = Array.from({ length: 150 }, () => new RawClient(port))
  onTestFinished(() => {
    for (const { socket } of clients) socket.destroy()
  })
  await Promise.all(clients.map(({ socket }) => (socket.connecting ? once(socket, 'connect') : [])))
  // Those without a request made room, the oldest first.
  await vi.waitUntil(() => clients.filter(({ socket }) => socket.closed).length >= 22, 10_000)
  expect((await get('/torrents')).status).toBe(200)
})

it('requests behind each other on a connection are 16 at most', async () => {
  const { port, get } = await startRealServer()
  const client = new RawClient(port)
  client.socket.write('GET /torrents HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.repeat(5_000))
  await new Promise((resolve) => client.socket.once('close', resolve))
  const answered = client.received.toString('latin1').split('HTTP/1.1 200').length - 1
  expect(answered).toBeLessThanOrEqual(32)
  expect((await get('/torrents')).status).toBe(200)
})
