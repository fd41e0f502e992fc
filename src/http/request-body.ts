import type { IncomingMessage } from 'node:http'
import { ApiError } from './api-error.ts'

/** A body of up to so many times the limit is read to its end before it is refused. */
const PATIENCE = 4

/**
 * Reads a request's body. Throws ApiError 413 for one of more than `limit` bytes, 415 for a
 * compressed one, 400 when the client leaves in the middle of it. Clients that write all before
 * they read get to see the 413, because what is too much is still read, though not kept.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') {
    request.resume()
    return Promise.reject(new ApiError(415, `content encoding ${encoding} is not supported`))
  }
  return new Promise((resolve, reject) => {
    const tooLarge = new ApiError(413, 'body too large')
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= limit) chunks.push(chunk)
      else chunks.length = 0
      if (bytes > limit * PATIENCE) reject(tooLarge)
    })
    request.once('end', () => {
      if (bytes > limit) reject(tooLarge)
      else resolve(Buffer.concat(chunks))
    })
    request.once('close', () => reject(new ApiError(400, 'the body ended early')))
    if (Number(request.headers['content-length'] ?? 0) > limit * PATIENCE) reject(tooLarge)
  })
}
