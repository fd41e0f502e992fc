import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { compactPeer } from './dht-nodes.ts'

/** Trackers of which one names peers, after a while, and the others never answer. */
export class Trackers {
  readonly urls: readonly string[]
  readonly #servers: readonly Server[]

  private constructor(servers: readonly Server[]) {
    this.#servers = servers
    this.urls = servers.map((server) => {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/announce`
    })
  }

  /** @param answering index of the one that answers, `afterMs` after it is asked. */
  static async open(
    peers: readonly string[],
    { count, answering, afterMs }: { count: number; answering: number; afterMs: number },
  ): Promise<Trackers> {
    const compact = Buffer.concat(peers.map(compactPeer))
    const body = Buffer.concat([
      Buffer.from(`d8:intervali1800e5:peers${compact.length}:`),
      compact,
      Buffer.from('e'),
    ])
    const servers = Array.from({ length: count }, (_, i) =>
      createServer((_request, response) => {
        if (i === answering) setTimeout(() => response.end(body), afterMs)
      }),
    )
    for (const server of servers) {
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
    }
    return new Trackers(servers)
  }

  close(): void {
    for (const server of this.#servers) {
      server.close()
      server.closeAllConnections()
    }
  }
}
