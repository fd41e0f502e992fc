import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { httpEventSender } from '../../../src/upnp/eventing/event-sender.ts'
import { EventSubscriber } from '../../helpers/event-subscriber.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

const MESSAGE = { sid: 'uuid:1', seq: 7, body: '<e:propertyset>ä</e:propertyset>' }

function send(clock: FakeClock, urls: readonly string[], signal = new AbortController().signal) {
  return httpEventSender(clock)(
    urls.map((url) => new URL(url)),
    MESSAGE,
    signal,
  )
}

/** A port of 127.0.0.1 where nobody listens. */
async function deadUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
}

describe('NOTIFY', () => {
  it('has these headers and no others', async () => {
    const clock = new FakeClock()
    const subscriber = await EventSubscriber.start()
    await send(clock, [subscriber.url])
    expect(await subscriber.next()).toEqual({
      method: 'NOTIFY',
      path: '/event?id=1',
      headerNames: [
        'HOST',
        'CONTENT-TYPE',
        'CONTENT-LENGTH',
        'NT',
        'NTS',
        'SID',
        'SEQ',
        'CONNECTION',
      ],
      headers: {
        host: `127.0.0.1:${subscriber.port}`,
        'content-type': 'text/xml; charset="utf-8"',
        'content-length': String(Buffer.byteLength(MESSAGE.body)),
        nt: 'upnp:event',
        nts: 'upnp:propchange',
        sid: 'uuid:1',
        seq: '7',
        connection: 'close',
      },
      body: MESSAGE.body,
    })
  })

  it('reaches the first URL that takes it, and only that', async () => {
    const [refusing, first, second] = await Promise.all([
      EventSubscriber.start(),
      EventSubscriber.start(),
      EventSubscriber.start(),
    ])
    refusing.answer = (response) => response.writeHead(500).end()
    await send(new FakeClock(), [await deadUrl(), refusing.url, first.url, second.url])
    expect(refusing.received).toHaveLength(1)
    expect(first.received).toHaveLength(1)
    expect(second.received).toHaveLength(0)
  })

  it('follows no redirect', async () => {
    const [elsewhere, subscriber] = [await EventSubscriber.start(), await EventSubscriber.start()]
    subscriber.answer = (response) => response.writeHead(307, { Location: elsewhere.url }).end()
    expect(await send(new FakeClock(), [subscriber.url])).toBe('reached')
    expect(elsewhere.received).toEqual([])
  })

  it('is given up after 5 seconds without an answer', async () => {
    const clock = new FakeClock()
    const subscriber = await EventSubscriber.start()
    subscriber.answer = () => {}
    let hasEnded = false
    const sending = send(clock, [subscriber.url]).finally(() => {
      hasEnded = true
    })
    await subscriber.next()
    await clock.advance(4_999)
    expect(hasEnded).toBe(false)
    await clock.advance(1)
    expect(await sending).toBe('reached')
    expect(clock.pending).toBe(0)
  })

  it('fails where nobody listens', async () => {
    await expect(send(new FakeClock(), [await deadUrl()])).rejects.toThrow('no callback URL')
  })

  it.each(['', 'nonsense\r\n\r\n', 'HTTP/1.1 412 Precondition Failed\r\n\r\n'])(
    'has reached who answers %j',
    async (answer) => {
      const server = createServer((socket) => socket.on('error', () => {}).end(answer))
      onTestFinished(() => void server.close())
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      expect(await send(new FakeClock(), [`http://127.0.0.1:${port}/`])).toBe('reached')
    },
  )

  it('is interrupted at once', async () => {
    const clock = new FakeClock()
    const [silent, next] = [await EventSubscriber.start(), await EventSubscriber.start()]
    silent.answer = () => {}
    const abort = new AbortController()
    const failure = expect(send(clock, [silent.url, next.url], abort.signal)).rejects.toThrow(
      'abort',
    )
    await silent.next()
    abort.abort()
    await failure
    expect(next.received).toEqual([])
    await clock.advance(0)
    expect(clock.pending).toBe(0)
  })

  it('does not care what becomes of the answer after its first line', async () => {
    const subscriber = await EventSubscriber.start()
    subscriber.answer = (response) => {
      response.writeHead(200, { 'Content-Length': 1_000 }).write('torn')
      setImmediate(() => response.destroy())
    }
    await expect(send(new FakeClock(), [subscriber.url])).resolves.toBe('taken')
  })
})

it('has reached one that hangs up on it', async () => {
  const server = createServer((socket) => socket.resetAndDestroy()).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  for (let round = 0; round < 5; round++) {
    expect(await send(new FakeClock(), [`http://127.0.0.1:${port}/`])).toBe('reached')
  }
})
