import type { ServerResponse } from 'node:http'
import type { StreamPort } from '../messages/session-port.ts'
import type { BodyBuffers } from './body-buffers.ts'

/** A client is quick that takes a buffer within this time, ms, or what the system takes at once for it. */
const QUICK_MS = 250

/**
 * Sends the next `length` bytes of a stream as the body. While one buffer is on its way to the
 * socket of a quick client another is being filled and no more; one that takes its time, or nothing,
 * holds a single small one. Whatever a read gives is sent at once. Rejects as the stream's reads do;
 * returns early when the client left.
 */
export async function sendBody(
  response: ServerResponse,
  stream: StreamPort,
  length: number,
  buffers: BodyBuffers,
): Promise<void> {
  let remaining = length
  let previousWrite: Promise<void> | null = null
  let isQuick = true
  while (remaining > 0 && !response.destroyed) {
    const limit = remaining
    const size = isQuick ? 'large' : 'small'
    const { buffer, count } = await buffers.fill(
      (target) => stream.readNow(target.subarray(0, limit)),
      size,
    )
    if (count === null) {
      buffers.release(buffer)
      await stream.whenReadable()
      continue
    }
    if (count === 0) throw new Error(`the stream ended ${remaining} bytes early`)
    remaining -= count
    const writtenAt = performance.now()
    const written = write(response, buffer.subarray(0, count))
    // The clock also counts what others keep us busy with.
    const isTakenAtOnce = response.socket?.writableLength === 0
    const currentWrite = written.then(() => {
      buffers.release(buffer)
      isQuick = isTakenAtOnce || performance.now() - writtenAt < QUICK_MS
    })
    await previousWrite
    if (size === 'small') await currentWrite
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
