import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { FairSlots } from './fair-slots.ts'

/** Each costs some 20 KiB. A household has some tens. */
const MAX_CONNECTIONS = 2_000
/** A browser opens six, a proxy for a whole household some tens. */
const MAX_CONNECTIONS_PER_ADDRESS = 256
/** Requests on one connection that are not answered yet. Browsers and renderers send one at a time. */
const MAX_PIPELINED = 16

/** Cuts connections beyond the limits. */
export function limitConnections(server: Server): void {
  const slots = new FairSlots({ perAddress: MAX_CONNECTIONS_PER_ADDRESS, inAll: MAX_CONNECTIONS })
  server.on('connection', (socket: Socket) => {
    const giveBack = slots.take(socket.remoteAddress ?? '', () => socket.destroy())
    if (giveBack === null) {
      socket.destroy()
      return
    }
    // Each request that waits for its turn listens for the end of the connection.
    socket.setMaxListeners(4 * MAX_PIPELINED)
    socket.once('close', giveBack)
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
