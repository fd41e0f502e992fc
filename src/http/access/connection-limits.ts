import { IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Each costs some 20 KiB. A household has some tens. */
const MAX_CONNECTIONS = 2_000
/** A browser opens six, a proxy for a whole household some tens. */
const MAX_CONNECTIONS_PER_ADDRESS = 128
/** Requests on one connection that are not answered yet. Browsers and renderers send one at a time. */
const MAX_PIPELINED = 16
/** Each pipelined request listens for the end of its connection. */
const MAX_LISTENERS = MAX_PIPELINED + 16

/** Connections that were opened, and what is going on at each. */
export class ConnectionLimits {
  readonly #countOf = new Map<string, number>()
  /** Without a whole request, idle or still asking; those that have been so for longest come first. */
  readonly #waiting = new Set<Socket>()
  readonly #unanswered = new WeakMap<Socket, number>()
  #all = 0

  /**
   * Counts the connections of a server. Beyond the limits, the one that has been without a request
   * for longest makes room; where each of them has one, the new connection is refused.
   */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => this.#open(socket))
    // Without somebody who hears of it there is no upgrade for Node; see ConnectedRequest.
    server.on('upgrade', (_request, socket) => socket.destroy())
  }

  /** Counts a request of a connection; one too many costs the connection, which is told by `false`. */
  begin(socket: Socket, response: ServerResponse): boolean {
    const unanswered = (this.#unanswered.get(socket) ?? 0) + 1
    if (unanswered > MAX_PIPELINED) {
      socket.destroy()
      return false
    }
    this.#unanswered.set(socket, unanswered)
    this.#waiting.delete(socket)
    response.once('close', () => this.#end(socket))
    return true
  }

  #end(socket: Socket): void {
    const unanswered = (this.#unanswered.get(socket) ?? 1) - 1
    this.#unanswered.set(socket, unanswered)
    if (unanswered === 0 && !socket.destroyed) this.#waiting.add(socket)
  }

  #open(socket: Socket): void {
    const address = socket.remoteAddress ?? ''
    const isRoom =
      ((this.#countOf.get(address) ?? 0) < MAX_CONNECTIONS_PER_ADDRESS ||
        this.#dropWaiting(address)) &&
      (this.#all < MAX_CONNECTIONS || this.#dropWaiting(null))
    if (!isRoom) {
      socket.destroy()
      return
    }
    socket.setMaxListeners(MAX_LISTENERS)
    this.#count(address, 1)
    this.#waiting.add(socket)
    socket.once('close', () => {
      this.#waiting.delete(socket)
      this.#count(address, -1)
    })
  }

  /** Ends the connection, of an address or of any, that waits for longest; `false` if none does. */
  #dropWaiting(address: string | null): boolean {
    for (const socket of this.#waiting) {
      if (address !== null && socket.remoteAddress !== address) continue
      this.#waiting.delete(socket)
      socket.destroy()
      return true
    }
    return false
  }

  #count(address: string, change: 1 | -1): void {
    this.#all += change
    const count = (this.#countOf.get(address) ?? 0) + change
    if (count === 0) this.#countOf.delete(address)
    else this.#countOf.set(address, count)
  }
}

/**
 * A request that ends the reading of a connection that was cut. Node would parse what it has of it all
 * the same, which may be thousands of requests; behind one that upgrades the connection, it stops.
 * Other upgrades are ignored, as by every server that knows none (RFC 9110, 7.8).
 */
export class ConnectedRequest extends IncomingMessage {
  get upgrade(): boolean {
    return this.socket.destroyed || this.method === 'CONNECT'
  }

  /** Node's own opinion, from the headers. */
  set upgrade(_isUpgrade: boolean) {}
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
