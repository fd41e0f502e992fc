import type { ServerResponse } from 'node:http'
import type { StreamPort } from './session-port.ts'

/** As large as it pays: a bare server that reads files is no faster with more. */
const BUFFER_BYTES = 1024 * 1024

/**
 * Sends the next `length` bytes of a stream as the body. Two buffers take turns: while one is on
 * its way to the socket the other is being filled, so that memory stays bounded and whatever a read
 * gives is sent at once. Rejects as the stream's `read` does; returns early when the client left.
 */
export async function sendBody(
  response: ServerResponse,
  stream: StreamPort,
  length: number,
): Promise<void> {
  const buffers: [Buffer?, Buffer?] = []
  let remaining = length
  let previousWrite: Promise<void> | null = null
  for (let turn: 0 | 1 = 0; remaining > 0 && !response.destroyed; turn = turn === 0 ? 1 : 0) {
    const buffer = buffers[turn] ?? Buffer.allocUnsafeSlow(Math.min(BUFFER_BYTES, remaining))
    buffers[turn] = buffer
    const count = await stream.read(buffer.subarray(0, remaining))
    if (count === 0) throw new Error(`the stream ended ${remaining} bytes early`)
    remaining -= count
    const currentWrite = write(response, buffer.subarray(0, count))
    await previousWrite
    previousWrite = currentWrite
  }
  response.end()
}

/** Settles when the socket has taken the bytes or is gone; a `response` that closed says which. */
function write(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    response.write(bytes, () => resolve())
  })
}
