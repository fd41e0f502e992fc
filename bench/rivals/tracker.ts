import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A tracker that names the same peers to everybody: for programs that take no peers by hand. */
export class FixedTracker {
  readonly #server: Server

  constructor(peers: readonly string[]) {
    const compact = Buffer.concat(peers.map(encodePeer))
    const body = Buffer.concat([
      Buffer.from(`d8:intervali1800e5:peers${compact.length}:`),
      compact,
      Buffer.from('e'),
    ])
    this.#server = createServer((_, response) => response.end(body))
  }

  /** Answers the announce URL. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/announce`
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

/** BEP 23: four bytes of address, two of port. */
function encodePeer(peer: string): Buffer {
  const [host = '', port = '0'] = peer.split(':')
  return Buffer.from([...host.split('.').map(Number), Number(port) >> 8, Number(port) & 0xff])
}
