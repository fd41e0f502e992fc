import Client from 'node-ssdp/lib/client.js'
import type { SsdpSocket } from '../../upnp/discovery/ssdp-socket.ts'

/** Hops that a search may take (UDA 1.0 says 4). */
const MULTICAST_TTL = 4

export interface SearchClientOptions {
  /** Of ours, IPv4: searches leave from here. */
  readonly address: string
  /** Whose socket this becomes. */
  readonly socket: SsdpSocket
  readonly onAnswer: (datagram: Uint8Array, from: string) => void
}

/**
 * Searches on one network: node-ssdp's client with a socket of its own, which joins no group. Its reader of
 * answers is not made for hostile ones and hears nothing.
 */
export class SearchClient extends Client {
  readonly #options: SearchClientOptions

  constructor(options: SearchClientOptions) {
    // Without a location, node-ssdp guesses one; searches have none.
    super({ location: options.address })
    this.#options = options
    this.sockets = { [options.address]: options.socket }
  }

  /** Binds the socket to any port; calls back with an error if that fails. */
  override _start(done: (error?: Error) => void): void {
    const { address, socket, onAnswer } = this.#options
    socket.on('message', (message, from) => onAnswer(message, from.address))
    socket.once('error', done)
    socket.bind(0, '0.0.0.0', () => {
      socket.off('error', done)
      // What cannot be sent or received now may be the next time.
      socket.on('error', () => {})
      try {
        socket.setMulticastInterface(address)
        socket.setMulticastTTL(MULTICAST_TTL)
        socket.setMulticastLoopback(true)
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
        return
      }
      this._started = true
      done()
    })
  }

  /** Nothing happens once it is stopped. */
  override search(searchTarget: string): void {
    if (this.sockets !== null && this._started === true) super.search(searchTarget)
  }
}
