import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import type { Clock } from '../../clock.ts'
import { errorCode } from '../../error-code.ts'
import type { Exchange, Traffic } from '../traffic/traffic.ts'
import { literalAddress } from './event-request.ts'

/** One event for one subscriber. */
export interface EventMessage {
  readonly sid: string
  readonly seq: number
  /** The property set, XML. */
  readonly body: string
}

/**
 * Delivers to the first URL that takes the event. `reached`: somebody is there, but no URL took it, be it
 * that the answer was an error, no HTTP, or none. Rejects if nobody is there, or once aborted.
 */
export type SendEvent = (
  callbackUrls: readonly URL[],
  message: EventMessage,
  signal: AbortSignal,
) => Promise<Delivery>

export type Delivery = 'taken' | 'reached'

/** For connection, request and answer together, at each URL. */
const NOTIFY_TIMEOUT_MS = 5_000

const DEFAULT_PORT = 80

/** Sends events by HTTP (UPnP Device Architecture 1.0, 4.2.1). It follows no redirect. */
export function httpEventSender(clock: Clock, traffic: Traffic | null = null): SendEvent {
  return async (callbackUrls, message, signal) => {
    const failures: unknown[] = []
    let isReached = false
    for (const url of callbackUrls) {
      try {
        const answer = await notify(url, message, clock, signal)
        traffic?.note(exchangeOf(url, message, answer))
        if (isSuccess(answer)) return 'taken'
        isReached = true
      } catch (error) {
        signal.throwIfAborted()
        failures.push(error)
      }
    }
    if (isReached) return 'reached'
    throw new AggregateError(failures, 'no callback URL can be reached')
  }
}

/** Resolves with the answer; with `null` for no HTTP, and where somebody is there who gives none. */
function notify(
  url: URL,
  message: EventMessage,
  clock: Clock,
  signal: AbortSignal,
): Promise<IncomingMessage | null> {
  return new Promise((resolve, reject) => {
    let isConnected = false
    const request = httpRequest({
      method: 'NOTIFY',
      host: literalAddress(url),
      port: url.port === '' ? DEFAULT_PORT : Number(url.port),
      path: url.pathname + url.search,
      headers: notifyHeaders(url, message),
      agent: false,
      signal,
    })
    const cancelTimeout = clock.after(NOTIFY_TIMEOUT_MS, () => {
      request.destroy(new Error(`${url.host} did not answer in time`))
    })
    request.on('socket', (socket) => socket.once('connect', () => (isConnected = true)))
    request.on('error', (error) => {
      // Who hangs up on us is there, even before we have noticed that we were connected.
      const isThere = isConnected || errorCode(error) === 'ECONNRESET'
      if (isThere && !signal.aborted) resolve(null)
      else reject(error)
    })
    request.on('close', cancelTimeout)
    request.on('response', (response) => {
      // Nobody reads what else the subscriber says; a reset in the middle of it is no failure.
      response.on('error', () => {}).resume()
      resolve(response)
    })
    request.end(message.body)
  })
}

/** Complete, so that Node adds none of its own. */
function notifyHeaders(url: URL, { sid, seq, body }: EventMessage): OutgoingHttpHeaders {
  return {
    HOST: url.host,
    'CONTENT-TYPE': 'text/xml; charset="utf-8"',
    'CONTENT-LENGTH': Buffer.byteLength(body),
    NT: 'upnp:event',
    NTS: 'upnp:propchange',
    SID: sid,
    SEQ: seq,
    CONNECTION: 'close',
  }
}

function isSuccess(response: IncomingMessage | null): boolean {
  const { statusCode = 0 } = response ?? {}
  return statusCode >= 200 && statusCode < 300
}

function exchangeOf(url: URL, message: EventMessage, answer: IncomingMessage | null): Exchange {
  const headers = Object.entries(notifyHeaders(url, message))
  return {
    part: 'gena',
    direction: 'sent',
    address: literalAddress(url) ?? '',
    request: {
      startLine: `NOTIFY ${url.pathname}${url.search} HTTP/1.1`,
      headers: headers.map(([name, value]) => [name, String(value)] as const),
      body: message.body,
    },
    answer: answer && {
      startLine: `HTTP/${answer.httpVersion} ${answer.statusCode} ${answer.statusMessage}`,
      headers: Object.entries(answer.headers).map(
        ([name, value]) => [name, String(value)] as const,
      ),
    },
  }
}
