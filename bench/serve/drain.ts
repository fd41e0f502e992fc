import { once } from 'node:events'
import { connect } from 'node:net'

const RECEIVE_BUFFER = Buffer.allocUnsafe(2 * 1_048_576)

/**
 * Asks for bytes start..end, both included, and throws the body away as fast as the kernel hands it
 * over: one buffer for all connections, no HTTP parser. Answers how many bytes of body came.
 */
export async function drain(url: string, start: number, end: number): Promise<number> {
  const { hostname, port, pathname } = new URL(url)
  let head = ''
  let received = 0
  const expected = end - start + 1
  const socket = connect({
    host: hostname,
    port: Number(port),
    onread: {
      buffer: RECEIVE_BUFFER,
      callback: (length) => {
        received += head.endsWith('\r\n\r\n') ? length : bodyIn(length)
        if (received >= expected) socket.destroy()
        return true
      },
    },
  })
  function bodyIn(length: number): number {
    const text = head + RECEIVE_BUFFER.toString('latin1', 0, length)
    const bodyAt = text.indexOf('\r\n\r\n') + 4
    if (bodyAt < 4) {
      head = text
      return 0
    }
    head = text.slice(0, bodyAt)
    if (!head.startsWith('HTTP/1.1 206')) throw new Error(`no 206: ${head}`)
    return text.length - bodyAt
  }
  socket.write(
    `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nRange: bytes=${start}-${end}\r\n` +
      'Connection: close\r\n\r\n',
  )
  await once(socket, 'close')
  if (received < expected) throw new Error(`${received} of ${expected} bytes from ${url}`)
  return received
}
