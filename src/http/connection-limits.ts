import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Each costs some 20 KiB. A household has some tens. */
const MAX_CONNECTIONS = 2_000
/** A browser opens six, a proxy for a whole household some tens. */
const MAX_CONNECTIONS_PER_ADDRESS = 256
/** Requests on one connection that are not answered yet. Browsers and renderers send one at a time. */
const MAX_PIPELINED = 16

/** Refuses connections beyond the limits; idle ones make room before anybody is refused. */
export function limitConnections(server: Server): void {
  const countOf = new Map<string, number>()
  let all = 0
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    const fromAddress = countOf.get(address) ?? 0
    if (all >= MAX_CONNECTIONS) server.closeIdleConnections()
    if (all >= MAX_CONNECTIONS || fromAddress >= MAX_CONNECTIONS_PER_ADDRESS) {
      socket.destroy()
      return
    }
    all++
    countOf.set(address, fromAddress + 1)
    socket.once('close', () => {
      all--
      const left = (countOf.get(address) ?? 1) - 1
      if (left === 0) countOf.delete(address)
      else countOf.set(address, left)
    })
  })
}

const pipelined = new WeakMap<Socket, number>()

/** Counts a request of a connection; one too many costs the connection, which is told by `true`. */
export function isPipelinedTooFar(socket: Socket, response: ServerResponse): boolean {
  const waiting = (pipelined.get(socket) ?? 0) + 1
  pipelined.set(socket, waiting)
  response.once('close', () => pipelined.set(socket, (pipelined.get(socket) ?? 1) - 1))
  if (waiting <= MAX_PIPELINED) return false
  socket.destroy()
  return true
}

/**
 * Resolves when it is the response's turn on its connection (HTTP allows several requests to be sent
 * at once, RFC 9112, 9.3.2); `false` where the connection has ended before.
 */
export function isNextOn(socket: Socket, response: ServerResponse): Promise<boolean> {
  if (socket.destroyed) return Promise.resolve(false)
  if (response.socket !== null) return Promise.resolve(true)
  return new Promise((resolve) => {
    const assigned = (): void => settle(true)
    const closed = (): void => settle(false)
    const settle = (isNext: boolean): void => {
      response.off('socket', assigned)
      socket.off('close', closed)
      resolve(isNext)
    }
    response.once('socket', assigned)
    socket.once('close', closed)
  })
}
