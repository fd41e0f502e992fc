import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { type AccessOptions, AccessRules } from '../../src/http/access/access-rules.ts'
import { PasswordAttempts } from '../../src/http/access/password-attempts.ts'
import { SignedPaths } from '../../src/http/access/signed-paths.ts'
import { createHttpServer, type HttpServerOptions } from '../../src/http/http-server.ts'
import { silentLogger } from '../../src/log.ts'
import { Renderers } from '../../src/upnp/renderers/renderers.ts'
import { Traffic } from '../../src/upnp/traffic/traffic.ts'
import { FakeClock } from './fake-clock.ts'
import { inTime } from './within.ts'

/** What a test may say of a server. */
export type TestServerOptions = Pick<HttpServerOptions, 'session'> &
  Partial<HttpServerOptions> &
  Partial<AccessOptions> & {
    /** The address that clients seem to have; their own when absent. */
    readonly from?: string
    readonly now?: () => number
  }

/** The rules of a server of a test, which it calls `den`. */
export function accessRules(options: Partial<AccessOptions> = {}): AccessRules {
  const access = { auth: null, trustProxy: false, trustLoopback: false, ...options }
  const attempts = new PasswordAttempts(() => performance.now(), silentLogger())
  return new AccessRules({ ownNames: ['den', 'den.local'], ...access }, attempts)
}

/** A server on a free port of 127.0.0.1, closed when the test is over. */
export async function startHttpServer(options: TestServerOptions): Promise<number> {
  const rules = options.rules ?? accessRules(options)
  const { session, from, now = Date.now } = options
  const server = createHttpServer({
    upnp: null,
    traffic: new Traffic({ log: silentLogger(), isDebugging: false }),
    renderers: new Renderers({ clock: new FakeClock(), log: silentLogger() }),
    rules,
    signedPaths: new SignedPaths({ key: Buffer.alloc(32, 7), session, rules, now }),
    serverHeader: 'Test/1.0',
    version: '1.2.3',
    log: silentLogger(),
    ...options,
  })
  if (from !== undefined) {
    server.prependListener('connection', (socket: Socket) => {
      Object.defineProperty(socket, 'remoteAddress', { value: from })
    })
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

export interface RawAnswer {
  readonly status: number
  readonly statusLine: string
  /** As on the wire, in its order and case. */
  readonly headerNames: readonly string[]
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** A client that writes what it is told, byte for byte. */
export class RawClient {
  readonly socket: Socket
  readonly #chunks: Buffer[] = []

  constructor(port: number, address = '127.0.0.1') {
    this.socket = connect(port, address)
    this.socket.on('data', (chunk: Buffer) => this.#chunks.push(chunk))
    // A connection that the server cuts is what some tests are about.
    this.socket.on('error', () => {})
    onTestFinished(() => {
      this.socket.destroy()
    })
  }

  /** Everything received so far. */
  get received(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  write(...lines: readonly string[]): this {
    this.socket.write(lines.join('\r\n'))
    return this
  }

  /** Waits until the received bytes satisfy `predicate`. */
  async until(predicate: (received: Buffer) => boolean): Promise<void> {
    while (!predicate(this.received)) {
      await inTime(`bytes of which ${predicate}`, once(this.socket, 'data'))
    }
  }

  /** Resolves when the connection is closed, also where it was cut: what came before that is here. */
  async closed(): Promise<void> {
    if (this.socket.closed) return
    const closed = new Promise((resolve) => this.socket.once('close', resolve))
    await inTime('the connection to be closed', closed)
  }

  /** The answer, once the server has closed the connection. Rejects where it was cut before anything came. */
  async answer(): Promise<RawAnswer> {
    await this.closed()
    const { received } = this
    if (received.length === 0 && this.socket.errored) throw this.socket.errored
    return parseAnswer(received)
  }
}

/** One request on a connection of its own, which the server is asked to close. */
export function send(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body: string | Buffer = '',
): Promise<RawAnswer> {
  const fields = { Host: `127.0.0.1:${port}`, Connection: 'close', ...headers }
  const length = Buffer.byteLength(body)
  const lines = Object.entries(length === 0 ? fields : { ...fields, 'Content-Length': length }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  const client = new RawClient(port).write(`${method} ${path} HTTP/1.1`, ...lines, '', '')
  client.socket.write(body)
  return client.answer()
}

export function jsonOf(answer: RawAnswer): unknown {
  return JSON.parse(answer.body.toString('utf8'))
}

function parseAnswer(received: Buffer): RawAnswer {
  const end = received.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = received.subarray(0, end).toString('latin1').split('\r\n')
  const fields = lines.map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  return {
    status: Number(statusLine.split(' ')[1]),
    statusLine,
    headerNames: fields.map(([name]) => name),
    headers: Object.fromEntries(fields.map(([name, value]) => [name.toLowerCase(), value])),
    body: received.subarray(end + 4),
  }
}
