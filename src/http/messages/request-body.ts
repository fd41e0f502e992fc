import type { IncomingMessage } from 'node:http'
import { ApiError } from './api-error.ts'

/** A body of up to so many times the limit is read to its end before it is refused. */
const PATIENCE = 4

/**
 * Parts of a body, as many as there may be: each is an event, and honest ones have kilobytes. A body
 * sent byte by byte would keep the server busy with nothing.
 */
const MIN_PART_BYTES = 256
const FREE_PARTS = 1_024

const FIRST_CAPACITY_BYTES = 16 * 1024

/**
 * Reads a request's body. Throws ApiError 413 for one of more than `limit` bytes, 415 for a
 * compressed one, 400 when the client leaves in the middle of it. Clients that write all before
 * they read get to see the 413, because what is too much is still read, though not kept. One that
 * comes in crumbs ends its connection.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') {
    request.resume()
    return Promise.reject(new ApiError(415, `content encoding ${encoding} is not supported`))
  }
  return new Promise((resolve, reject) => {
    const tooLarge = new ApiError(413, 'body too large')
    const body = new GrowingBuffer()
    let bytes = 0
    let parts = 0
    request.on('data', (part: Buffer) => {
      bytes += part.length
      parts++
      if (parts > FREE_PARTS + bytes / MIN_PART_BYTES) request.destroy()
      if (bytes <= limit) body.append(part)
      else body.clear()
      if (bytes > limit * PATIENCE) reject(tooLarge)
    })
    request.once('end', () => {
      if (bytes > limit) reject(tooLarge)
      else resolve(body.bytes)
    })
    request.once('close', () => reject(new ApiError(400, 'the body ended early')))
    if (Number(request.headers['content-length'] ?? 0) > limit * PATIENCE) reject(tooLarge)
  })
}

/** Bytes that arrive in parts, copied into one piece: many small parts cost no more than their bytes. */
class GrowingBuffer {
  #buffer = Buffer.alloc(0)
  #length = 0

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  append(part: Buffer): void {
    const length = this.#length + part.length
    if (length > this.#buffer.length) {
      const capacity = Math.max(FIRST_CAPACITY_BYTES, length, this.#buffer.length * 2)
      const larger = Buffer.allocUnsafeSlow(capacity)
      this.bytes.copy(larger)
      this.#buffer = larger
    }
    part.copy(this.#buffer, this.#length)
    this.#length = length
  }

  clear(): void {
    this.#buffer = Buffer.alloc(0)
    this.#length = 0
  }
}
