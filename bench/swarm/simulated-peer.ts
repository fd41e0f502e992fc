import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { encryptedDoor } from '../cold/encrypted-door.ts'
import { PeerConnection, type SharedFilm } from './peer-connection.ts'
import type { PeerPlan } from './peer-plan.ts'

/** One peer of the swarm: listens on an address of its own and serves whoever dials. */
export class SimulatedPeer {
  readonly #server: Server
  readonly #connections = new Set<PeerConnection>()
  #frozen = false

  constructor(index: number, plan: PeerPlan, film: SharedFilm) {
    this.#server = createServer({ noDelay: true }, (socket: Socket) => {
      const open = (): void => {
        const connection = new PeerConnection(socket, index, plan, film)
        if (this.#frozen) connection.freeze()
        this.#connections.add(connection)
        socket.once('close', () => this.#connections.delete(connection))
      }
      if (plan.encryptedOnly === true) encryptedDoor(socket, film.infoHash, open)
      else open()
    })
  }

  /** Listens on a free port of `host`; answers `host:port`. */
  async listen(host: string): Promise<string> {
    this.#server.listen(0, host)
    await once(this.#server, 'listening')
    const { port } = this.#server.address() as AddressInfo
    return `${host}:${port}`
  }

  /** From now on nothing leaves, though the connections stay open. */
  freeze(): void {
    this.#frozen = true
    for (const connection of this.#connections) connection.freeze()
  }

  /** Ends the connections and thaws: as it was after the start. */
  reset(): void {
    this.#frozen = false
    for (const connection of this.#connections) connection.destroy()
  }

  close(): void {
    this.#server.close()
    this.reset()
  }
}
