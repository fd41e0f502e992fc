import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Traffic, TrafficPart, WireMessage } from '../../upnp/traffic/traffic.ts'
import { clientAddress } from '../messages/forwarded.ts'

/** What was said besides headers, filled in as it becomes known. */
export interface ExchangedBodies {
  request?: string
  answer?: string
}

/**
 * Tells `traffic` of a request when it has been answered, or cut off. `null` where nobody watches.
 */
export function watchExchange(
  traffic: Traffic,
  part: TrafficPart,
  request: IncomingMessage,
  response: ServerResponse,
): ExchangedBodies | null {
  if (!traffic.isWatched(part)) return null
  const bodies: ExchangedBodies = {}
  const startLine = `${request.method} ${request.url} HTTP/${request.httpVersion}`
  const address = clientAddress(request, false)
  response.once('close', () => {
    traffic.note({
      part,
      direction: 'received',
      address,
      request: { startLine, headers: pairs(request.rawHeaders), body: bodies.request },
      answer: answerOf(response, bodies.answer),
    })
  })
  return bodies
}

function answerOf(response: ServerResponse, body: string | undefined): WireMessage {
  const { statusCode, statusMessage = '' } = response
  const headers = Object.entries(response.getHeaders()).map(
    ([name, value]) => [name, String(value)] as const,
  )
  return { startLine: `HTTP/1.1 ${statusCode} ${statusMessage}`.trim(), headers, body }
}

function pairs(rawHeaders: readonly string[]): readonly (readonly [string, string])[] {
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
  )
}
