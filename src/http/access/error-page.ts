import type { IncomingMessage, ServerResponse } from 'node:http'
import { escapeXml } from '../../upnp/xml/xml.ts'
import { type ApiError, sendError } from '../messages/api-error.ts'

/** Where a person goes, and no program. */
const PAGE = /^\/(?:web(?:\/(?:index\.html)?)?)?(?:\?|$)/

/** Answers with an error: to a browser that opens the page with a page, to everybody else as the API does. */
export function sendRefusal(
  request: IncomingMessage,
  response: ServerResponse,
  error: ApiError,
): void {
  const { method, url = '', headers } = request
  const isOpened = method === 'GET' && PAGE.test(url) && /\btext\/html\b/.test(headers.accept ?? '')
  if (!isOpened) {
    sendError(response, error)
    return
  }
  const message = escapeXml(error.message)
  const body = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Tributary: ${error.status}</title></head>
<body><main><h1>Tributary</h1><p>${message}.</p><p><a href="">Try again</a></p></main></body></html>
`
  response.writeHead(error.status, {
    ...error.headers,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Content-Security-Policy': "default-src 'none'",
    'Cache-Control': 'no-store',
  })
  response.end(body)
}
