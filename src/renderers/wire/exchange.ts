import { setMaxListeners } from 'node:events'
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { Clock } from '../../clock.ts'
import { errorCode } from '../../error-code.ts'
import type { Traffic, TrafficPart } from '../../upnp/traffic/traffic.ts'
import { RendererError } from './renderer-error.ts'

export interface OutRequest {
  readonly method: string
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** For the whole answer; default 10 s. */
  readonly timeoutMs?: number
  /** Of the answer's body; default 128 KiB. */
  readonly maxBytes?: number
}

export interface OutAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** One request and its answer, whatever its status; follows nothing. Rejects with RendererError. */
export type Exchange = (request: OutRequest) => Promise<OutAnswer>

const TIMEOUT_MS = 10_000
const MAX_BYTES = 128 * 1024

export interface ExchangeOptions {
  readonly clock: Clock
  readonly traffic: Traffic
  /** The User-Agent header. */
  readonly userAgent: string
  /** Ends whatever is under way. */
  readonly signal: AbortSignal
}

/** Over HTTP, each on a connection of its own: renderers close theirs as they like. */
export function httpExchange(options: ExchangeOptions): Exchange {
  setMaxListeners(0, options.signal)
  return async (asked) => {
    const answer = await exchange(asked, options)
    noteExchange(asked, answer, options.traffic)
    return answer
  }
}

function exchange(asked: OutRequest, options: ExchangeOptions): Promise<OutAnswer> {
  const { clock, userAgent, signal } = options
  const { method, url, body = '', timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES } = asked
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, {
      method,
      agent: false,
      signal,
      // Theirs break rules of headers that harm nobody here.
      insecureHTTPParser: true,
      headers: {
        ...asked.headers,
        'User-Agent': userAgent,
        ...(method === 'POST' ? { 'Content-Length': Buffer.byteLength(body) } : {}),
        Connection: 'close',
      },
    })
    const cancelTimeout = clock.after(timeoutMs, () => {
      const seconds = Math.round(timeoutMs / 1_000)
      request.destroy(new RendererError('silent', `does not answer within ${seconds} s`))
    })
    const fail = (error: Error): void => reject(asFault(error))
    request.on('error', fail)
    request.on('close', () => {
      cancelTimeout()
      fail(new Error('the connection was closed'))
    })
    request.on('response', (response: IncomingMessage) => {
      const chunks: Buffer[] = []
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes <= maxBytes) chunks.push(chunk)
        else request.destroy(new RendererError('unreadable', `sends more than ${maxBytes} bytes`))
      })
      response.on('error', fail)
      response.on('end', () => {
        const { statusCode: status = 0, headers } = response
        resolve({ status, headers, body: Buffer.concat(chunks) })
      })
    })
    request.end(body)
  })
}

function asFault(error: Error): RendererError {
  if (error instanceof RendererError) return error
  const code = errorCode(error)
  const reason = code === '' ? error.message : code
  if (code.startsWith('HPE_')) {
    return new RendererError('unreadable', `answers what is no HTTP (${code})`, { cause: error })
  }
  return new RendererError('unreachable', `cannot be reached (${reason})`, { cause: error })
}

function noteExchange(asked: OutRequest, { status, headers, body }: OutAnswer, traffic: Traffic) {
  const isEvent = asked.method === 'SUBSCRIBE' || asked.method === 'UNSUBSCRIBE'
  const part: TrafficPart = isEvent ? 'gena' : 'soap'
  if (!traffic.isWatched(part)) return
  traffic.note({
    part,
    direction: 'sent',
    address: asked.url.hostname,
    request: {
      startLine: `${asked.method} ${asked.url.pathname} HTTP/1.1`,
      headers: Object.entries(asked.headers ?? {}),
      body: asked.body,
    },
    answer: {
      startLine: `HTTP/1.1 ${status}`,
      headers: Object.entries(headers).map(([name, value]) => [name, String(value)] as const),
      body: body.toString(),
    },
  })
}
