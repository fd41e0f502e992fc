import { EventEmitter, once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { silentLogger } from '../../src/log.ts'
import { httpExchange } from '../../src/renderers/wire/exchange.ts'
import { Traffic } from '../../src/upnp/traffic/traffic.ts'
import { FakeClock } from '../helpers/fake-clock.ts'

async function exchangeWith(answer: RequestListener | ((socket: Socket) => void), isRaw = false) {
  const server = isRaw
    ? createServer(answer as (socket: Socket) => void)
    : createHttpServer(answer as RequestListener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  const clock = new FakeClock()
  const ending = new AbortController()
  const traffic = new Traffic({ log: silentLogger(), isDebugging: false })
  const exchange = httpExchange({ clock, traffic, userAgent: 'Test/1.0', signal: ending.signal })
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x`)
  return { exchange, url, clock, ending, traffic }
}

it('sends a body of known length and gives the answer, whatever its status', async () => {
  const { exchange, url, traffic } = await exchangeWith((request, response) => {
    response.writeHead(500, { 'X-Told': `${request.headers['user-agent']}` })
    response.end(`${request.method} ${request.headers['content-length']}`)
  })
  const noted: string[] = []
  traffic.listen(({ request, answer }) => {
    noted.push(`${request.startLine} ${request.body} ${answer?.startLine}`)
  })
  const { status, headers, body } = await exchange({ method: 'POST', url, body: 'äb' })
  expect([status, headers['x-told'], body.toString()]).toEqual([500, 'Test/1.0', 'POST 3'])
  expect(noted).toEqual(['POST /x HTTP/1.1 äb HTTP/1.1 500'])
})

it('follows nothing', async () => {
  const { exchange, url } = await exchangeWith((_, response) => {
    response.writeHead(302, { Location: 'http://203.0.113.7/' }).end()
  })
  expect((await exchange({ method: 'GET', url })).status).toBe(302)
})

it('ends what is too long, and what has no end', async () => {
  const { exchange, url } = await exchangeWith((_, response) => {
    const more = (): void => {
      response.write('x'.repeat(10_000), () => response.destroyed || setImmediate(more))
    }
    more()
  })
  await expect(exchange({ method: 'GET', url })).rejects.toMatchObject({
    kind: 'unreadable',
    message: 'sends more than 131072 bytes',
  })
})

it('ends what hangs', async () => {
  const asked = new EventEmitter()
  const isAsked = once(asked, 'request')
  const { exchange, url, clock } = await exchangeWith(() => asked.emit('request'))
  const answer = exchange({ method: 'GET', url })
  const rejected = expect(answer).rejects.toMatchObject({
    kind: 'silent',
    message: 'does not answer within 10 s',
  })
  await isAsked
  await clock.advance(10_000)
  await rejected
  expect(clock.pending).toBe(0)
})

it('says what speaks no HTTP', async () => {
  const { exchange, url } = await exchangeWith((socket: Socket) => socket.end('hello\r\n'), true)
  await expect(exchange({ method: 'GET', url })).rejects.toMatchObject({ kind: 'unreadable' })
})

it('says when nobody is there, or hangs up', async () => {
  const { exchange, url } = await exchangeWith((socket: Socket) => {
    socket.on('error', () => {})
    socket.resetAndDestroy()
  }, true)
  await expect(exchange({ method: 'GET', url })).rejects.toMatchObject({ kind: 'unreachable' })
  const nobody = new URL('http://127.0.0.1:1/')
  await expect(exchange({ method: 'GET', url: nobody })).rejects.toThrow('ECONNREFUSED')
})

it('ends with the server', async () => {
  const asked = new EventEmitter()
  const isAsked = once(asked, 'request')
  const { exchange, url, ending } = await exchangeWith(() => asked.emit('request'))
  const answer = exchange({ method: 'GET', url })
  await isAsked
  ending.abort()
  await expect(answer).rejects.toMatchObject({ kind: 'unreachable' })
})
