import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { ApiError } from '../messages/api-error.ts'
import { parseRangeHeader } from './range-header.ts'

/** Bytes that are in memory, and what is said of them. */
export interface BufferAnswer {
  readonly bytes: Buffer
  /** Must have an ETag; lengths and ranges are added. */
  readonly headers: OutgoingHttpHeaders & { readonly ETag: string }
  /** What the bytes are called in errors. */
  readonly name: string
}

/**
 * Answers GET and HEAD, with Range and If-None-Match (RFC 9110, 13.1.2 and 14.2).
 *
 * @throws ApiError 416.
 */
export function sendBuffer(
  request: IncomingMessage,
  response: ServerResponse,
  { bytes, headers, name }: BufferAnswer,
): void {
  if (request.headers['if-none-match'] === headers.ETag) {
    response.writeHead(304, headers).end()
    return
  }
  const requested = parseRangeHeader(request.headers.range, bytes.length)
  if (requested.kind === 'unsatisfiable') {
    throw new ApiError(416, `bad range: ${name} has ${bytes.length} bytes`, {
      headers: { 'Content-Range': `bytes */${bytes.length}` },
    })
  }
  const { start, end } =
    requested.kind === 'partial' ? requested.range : { start: 0, end: bytes.length - 1 }
  const partial =
    requested.kind === 'partial' ? { 'Content-Range': `bytes ${start}-${end}/${bytes.length}` } : {}
  response.writeHead(requested.kind === 'partial' ? 206 : 200, {
    ...headers,
    'Content-Length': end - start + 1,
    ...partial,
  })
  response.end(request.method === 'HEAD' ? undefined : bytes.subarray(start, end + 1))
}
