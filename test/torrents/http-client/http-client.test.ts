import { once } from 'node:events'
import { Agent, type IncomingMessage, type RequestListener } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { steadyClock } from '../../../src/clock.ts'
import { silentLogger } from '../../../src/log.ts'
import { Binding } from '../../../src/torrents/binding/binding.ts'
import { UNKNOWN_ROUTES } from '../../../src/torrents/binding/routes.ts'
import {
  type Hop,
  type HttpAnswer,
  HttpClient,
  type HttpGet,
} from '../../../src/torrents/http-client/http-client.ts'
import { NameLookup } from '../../../src/torrents/http-client/name-lookup.ts'
import { serve } from '../../helpers/web-server.ts'

const MIB = 1024 * 1024
const client = new HttpClient(new NameLookup())

function get(url: string, options: Partial<HttpGet> = {}): Promise<HttpAnswer> {
  const limits = { maxBytes: MIB, timeoutMs: 10_000, mayAsk: () => true }
  return client.get({ ...limits, url: new URL(url), ...options })
}

async function textOf(answer: Promise<HttpAnswer>): Promise<string> {
  const outcome = await answer
  return outcome.kind === 'body' ? Buffer.from(outcome.body).toString() : outcome.location
}

/** Names for loopback; each answer of a name is one of its list, the last one from then on. */
function namesFor(addresses: Record<string, string[]>): NameLookup {
  return new NameLookup(async (host) => {
    const list = addresses[host] ?? []
    const address = (list.length > 1 ? list.shift() : list[0]) ?? ''
    return [{ address, family: address.includes(':') ? 6 : 4 }]
  })
}

async function serveRaw(onSocket: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    onSocket(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

describe('what is asked', () => {
  it('goes to ports that browsers forbid', async () => {
    const { server } = await serve((_, response) => response.end('here'))
    const { port } = server.address() as AddressInfo
    // 6666 and 10080 themselves may be taken; what counts is that no list is asked.
    for (const forbidden of [6666, 10_080, 6000]) {
      await expect(get(`http://127.0.0.1:${forbidden}/`)).rejects.toThrow(/ECONNREFUSED|answer/)
    }
    expect(await textOf(get(`http://127.0.0.1:${port}/`))).toBe('here')
  })

  it('sends user and password as Basic authorization, and says neither', async () => {
    const { url } = await serve((request, response) => {
      response.writeHead(request.url === '/no' ? 302 : 200, { Location: '/no' })
      response.end(request.headers.authorization)
    })
    const withLogin = url.replace('//', '//us%40er:p%3Ass@')
    expect(await textOf(get(`${withLogin}/yes`))).toBe(
      `Basic ${Buffer.from('us@er:p:ss').toString('base64')}`,
    )
    const failure = await get(`${withLogin}/no`).catch((error: unknown) => error)
    expect(String(failure)).toBe('HttpClientError: it redirects too often')
  })

  it('sends the password along a redirect to the same server, and to no other', async () => {
    const other = await serve((request, response) =>
      response.end(request.headers.authorization ?? 'none'),
    )
    const { url } = await serve((request, response) => {
      if (request.url === '/here') response.writeHead(302, { Location: '/end' }).end()
      else if (request.url === '/away') response.writeHead(302, { Location: other.url }).end()
      else response.end(request.headers.authorization)
    })
    const withLogin = url.replace('//', '//user:pass@')
    expect(await textOf(get(`${withLogin}/here`))).toMatch(/^Basic /)
    expect(await textOf(get(`${withLogin}/away`))).toBe('none')
  })

  it('asks for the connection to be closed, and keeps none', async () => {
    let connection = ''
    const { url, server } = await serve((request, response) => {
      connection = request.headers.connection ?? ''
      response.end('x')
    })
    const socketClosed = new Promise<void>((resolve) => {
      server.on('connection', (socket) => socket.on('close', () => resolve()))
    })
    await get(url)
    await socketClosed
    expect(connection).toBe('close')
  })
})

describe('redirects', () => {
  const follow: RequestListener = (request, response) => {
    const left = Number(request.url?.slice(1))
    if (left === 0) response.end('the end')
    else response.writeHead([301, 302, 303, 307, 308][left % 5] ?? 302, { Location: `${left - 1}` })
    response.end()
  }

  it('are followed five times', async () => {
    const { url } = await serve(follow)
    expect(await textOf(get(`${url}/5`))).toBe('the end')
    await expect(get(`${url}/6`)).rejects.toThrow('it redirects too often')
  })

  it('carry cookies to whom they are for', async () => {
    const other = await serve((request, response) => response.end(request.headers.cookie ?? 'none'))
    const { url } = await serve((request, response) => {
      if (request.url === '/') {
        const headers = { 'Set-Cookie': ['a=1; Path=/', 'b=2; Secure', 'bad', 'c=3; Domain=com'] }
        response.writeHead(302, { ...headers, Location: '/next' }).end()
      } else if (request.url === '/away') {
        response.writeHead(302, {
          'Set-Cookie': 'a=1',
          Location: `http://localhost:${other.port}/`,
        })
        response.end()
      } else response.end(request.headers.cookie ?? 'none')
    })
    expect(await textOf(get(`${url}/`))).toBe('a=1')
    const names = namesFor({ localhost: ['127.0.0.1'] })
    const answer = new HttpClient(names).get({
      ...{ url: new URL(`${url}/away`), maxBytes: MIB, timeoutMs: 5_000, mayAsk: () => true },
    })
    expect(await textOf(answer)).toBe('none')
  })

  it('out of HTTP are told, not followed', async () => {
    const { url } = await serve((_, response) =>
      response.writeHead(302, { Location: 'magnet:?xt=urn:btih:aa' }).end(),
    )
    expect(await get(url)).toEqual({ kind: 'redirect', location: 'magnet:?xt=urn:btih:aa' })
  })

  it.each(['http://', 'http://[', `/${'x'.repeat(9_000)}`])(
    'to %.20j lead nowhere',
    async (Location) => {
      const { url } = await serve((_, response) => response.writeHead(302, { Location }).end())
      await expect(get(url)).rejects.toThrow(/it redirects/)
    },
  )
})

describe('bodies', () => {
  const plain = Buffer.from('d8:intervali1800ee')

  it.each<[string, string | undefined, Buffer]>([
    ['plain', undefined, plain],
    ['gzip', 'gzip', gzipSync(plain)],
    ['gzip that nobody has named', undefined, gzipSync(plain)],
    ['x-gzip in capitals', 'X-GZIP', gzipSync(plain)],
    ['deflate', 'deflate', deflateSync(plain)],
    ['deflate without a head', 'deflate', deflateRawSync(plain)],
    ['called gzip, and plain', 'gzip', plain],
  ])('%s are read', async (_, encoding, body) => {
    const { url } = await serve((_, response) => {
      if (encoding !== undefined) response.setHeader('Content-Encoding', encoding)
      response.end(body)
    })
    expect(await textOf(get(url))).toBe(plain.toString())
  })

  it.each([gzipSync(Buffer.alloc(200 * MIB)), gzipSync(Buffer.alloc(MIB + 1))])(
    'that grow beyond the limit are refused',
    async (bomb) => {
      const { url } = await serve((_, response) => response.end(bomb))
      const before = process.memoryUsage().rss
      await expect(get(url)).rejects.toThrow('too large')
      expect(process.memoryUsage().rss - before).toBeLessThan(64 * MIB)
    },
  )

  it('without an end are cut off at the limit', async () => {
    let closed: Promise<unknown> = Promise.resolve()
    const { url } = await serve((_, response) => {
      closed = once(response, 'close')
      const send = (): void => {
        if (!response.destroyed) response.write(Buffer.alloc(MIB), send)
      }
      send()
    })
    await expect(get(url)).rejects.toThrow('too large')
    await closed
  })

  it('that say they are too large are not begun', async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200, { 'Content-Length': 10 * MIB })
      response.flushHeaders()
    })
    await expect(get(url)).rejects.toThrow('too large')
  })

  it.each<[string, (socket: Socket) => void]>([
    ['says nothing', () => {}],
    ['drips headers', (socket) => drip(socket, 'HTTP/1.1 200 OK\r\nX: ')],
    ['drips a body', (socket) => drip(socket, 'HTTP/1.1 200 OK\r\n\r\n')],
    ['informs for ever', (socket) => drip(socket, '', 'HTTP/1.1 102 Processing\r\n\r\n')],
  ])('of a server that %s end with the time', async (_, talk) => {
    const url = await serveRaw(talk)
    await expect(get(url, { timeoutMs: 300 })).rejects.toThrow('timeout')
  })

  it.each([
    'nonsense\r\n\r\n',
    'HTTP/1.1 999999 x\r\n\r\n',
    `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`,
    'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort',
    '',
  ])('of a server that answers %.30j are refused in words', async (bytes) => {
    const url = await serveRaw((socket) => socket.end(bytes))
    await expect(get(url)).rejects.toMatchObject({ name: 'HttpClientError' })
  })
})

function drip(socket: Socket, beginning: string, drop = 'x'): void {
  socket.write(beginning)
  const timer = setInterval(() => socket.write(drop), 20)
  socket.on('close', () => clearInterval(timer))
}

describe('whom it may ask', () => {
  it('is decided for each hop, with the address that is connected to', async () => {
    const hops: Hop[] = []
    const { url, port } = await serve((request, response) => {
      if (request.url === '/') {
        response.writeHead(302, { Location: `http://inside.example:${port}/end` }).end()
      } else response.end('asked')
    })
    const names = namesFor({ 'inside.example': ['127.0.0.1'] })
    const answer = new HttpClient(names).get({
      ...{ url: new URL(url), maxBytes: MIB, timeoutMs: 5_000 },
      mayAsk: (hop) => hops.push(hop) > 0,
    })
    expect(await textOf(answer)).toBe('asked')
    expect(hops).toMatchObject([
      { kind: 'private', isFromPublic: false },
      { kind: 'private', url: { hostname: 'inside.example', pathname: '/end' } },
    ])
  })

  it('refuses names that lead where it may not, whatever they are resolved to next', async () => {
    const requests: IncomingMessage[] = []
    const { port } = await serve((request, response) => {
      requests.push(request)
      response.end('asked')
    })
    // The first answer is public, as a check would see it; the next would be loopback.
    let asked = 0
    const names = new NameLookup(async () => {
      asked++
      return [{ address: asked === 1 ? '203.0.113.1' : '127.0.0.1', family: 4 }]
    })
    const answer = new HttpClient(names).get({
      ...{ url: new URL(`http://rebind.example:${port}/`), maxBytes: MIB, timeoutMs: 300 },
      mayAsk: ({ kind }) => kind === 'public',
    })
    await expect(answer).rejects.toThrow()
    expect([requests.length, asked]).toEqual([0, 1])
  })

  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://0.0.0.0/',
    'http://[::]/',
    'http://224.0.0.1/',
  ])('knows %s for what it is', async (url) => {
    const answer = get(url, { mayAsk: ({ kind }) => kind === 'public' })
    await expect(answer).rejects.toThrow(/private network|cannot be used/)
  })

  it('connects to those of several addresses that it may', async () => {
    const { port } = await serve((_, response) => response.end('asked'))
    const names = new NameLookup(async () => [
      { address: '10.255.255.1', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ])
    const allowed: string[] = []
    const answer = new HttpClient(names).get({
      ...{ url: new URL(`http://two.example:${port}/`), maxBytes: MIB, timeoutMs: 5_000 },
      mayAsk: () => allowed.push('asked') === 2,
    })
    expect(await textOf(answer)).toBe('asked')
  })

  it('ends with its signal', async () => {
    const url = await serveRaw(() => {})
    const ending = new AbortController()
    const answer = get(url, { signal: ending.signal })
    ending.abort(new Error('enough'))
    await expect(answer).rejects.toThrow('enough')
    await expect(get(url, { signal: ending.signal })).rejects.toThrow('enough')
  })
})

it('holds a socket that is kept for many requests to its interface once', async () => {
  const binding = await Binding.open({
    ...{ to: '127.0.0.1', nameServers: null, routes: UNKNOWN_ROUTES, networkInterfaces },
    ...{ clock: steadyClock, log: silentLogger() },
  })
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => {
    binding.close()
    agent.destroy()
  })
  const sockets = new Set<Socket>()
  const { url } = await serve((_request, response) => response.writeHead(206).end('x'))
  const bound = new HttpClient(new NameLookup(), binding)
  for (let count = 0; count < 12; count++) {
    const { response } = await bound.getRange({
      ...{ url: new URL(url), range: { start: 0, end: 0 }, agent: () => agent },
      ...{ mayAsk: () => true, signal: AbortSignal.timeout(10_000) },
    })
    sockets.add(response.socket)
    await response.resume().toArray()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const [socket] = sockets
  expect(sockets.size).toBe(1)
  expect(socket?.listenerCount('close')).toBeLessThan(10)
})
