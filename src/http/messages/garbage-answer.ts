import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { ApiError, errorBody } from './api-error.ts'

/** For the client to read what was wrong with its request; ms. */
const GARBAGE_LINGER_MS = 2_000

const REFUSALS: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'the URL or the headers are too long'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'the extensions of a chunk are too long'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request did not come to its end in time'],
}
const NOT_HTTP = [400, 'the request is not HTTP'] as const

const answered = new WeakSet<Duplex>()

/** What never became a request has no response to write to. */
export function answerGarbage(error: NodeJS.ErrnoException, socket: Duplex): void {
  // The rest of it comes in still: a connection that is ended before that may be reset, and the answer never read.
  if (answered.has(socket) && error.code !== 'ECONNRESET') return
  // An answer in progress on this connection must not get another one into its body.
  const isBusy = '_httpMessage' in socket && socket._httpMessage !== null
  if (!socket.writable || isBusy || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  answered.add(socket)
  const [status, message] = REFUSALS[error.code ?? ''] ?? NOT_HTTP
  const body = JSON.stringify(errorBody(new ApiError(status, message)))
  // Nobody may keep a connection open that no request can come from any more.
  const timer = setTimeout(() => socket.destroy(), GARBAGE_LINGER_MS)
  socket.once('close', () => clearTimeout(timer))
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}
