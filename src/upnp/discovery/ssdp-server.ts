import { Server } from 'node-ssdp'
import type { Logger } from '../../log.ts'
import type { NotificationTarget } from '../description/names.ts'
import {
  aliveMessage,
  byebyeMessage,
  type Presence,
  parseSearch,
  type Search,
  SSDP_GROUP,
  SSDP_PORT,
  searchResponse,
} from './ssdp-message.ts'
import type { SsdpSocket } from './ssdp-socket.ts'

/** Hops that our multicast may take (UDA 1.0 says 4). */
const MULTICAST_TTL = 4

/** Searches have some 150 bytes, those with a long USER-AGENT some 500. Longer ones are not looked at. */
const LONGEST_DATAGRAM_BYTES = 2_048

/** Where a search came from and its answer goes to. */
export interface Endpoint {
  readonly address: string
  readonly port: number
}

export type SearchListener = (search: Search, from: Endpoint) => void

export interface SsdpServerOptions {
  /** IPv4 address of the interface. */
  readonly interfaceAddress: string
  /** Local UDP port: 1900 to hear searches, 0 for one that only sends. */
  readonly localPort: number
  readonly targets: readonly NotificationTarget[]
  readonly presence: Presence
  readonly socket: SsdpSocket
  /** Hears every search that reaches the socket, also those from other interfaces' networks. */
  readonly onSearch: SearchListener
  readonly log: Logger
}

/**
 * SSDP on one address of one interface: node-ssdp's server with a socket of its own. What it inherits
 * sends datagrams, and reads none: its own reader is not made for hostile ones; when to advertise is the `Advertiser`'s business, which search to answer
 * the `SearchResponder`'s. docs/decisions/004 says what is overridden and why.
 */
export class SsdpServer extends Server {
  readonly #options: SsdpServerOptions

  constructor(options: SsdpServerOptions) {
    super({ location: options.presence.location })
    this.#options = options
    this.sockets = { [options.interfaceAddress]: options.socket }
  }

  /** Binds the socket; rejects if that fails. Joins no group yet. */
  override _start(done: (error?: Error) => void): void {
    const { socket, localPort, log } = this.#options
    socket.on('message', (message, from) => {
      if (message.length > LONGEST_DATAGRAM_BYTES) return
      const search = parseSearch(message.toString())
      if (search !== null) this.#options.onSearch(search, from)
    })
    socket.once('error', done)
    socket.bind(localPort, '0.0.0.0', () => {
      socket.off('error', done)
      socket.on('error', (error) => log.debug({ err: error }, 'ssdp socket error'))
      done()
    })
  }

  /** The Advertiser does this. */
  override _initAdLoop(): void {}

  /**
   * Joins the SSDP group on the interface, anew if already done: that mends a membership lost to
   * suspend, and tells switches again that somebody listens here. Throws while the interface is gone.
   */
  join(): void {
    const { socket, interfaceAddress } = this.#options
    socket.setMulticastInterface(interfaceAddress)
    socket.setMulticastTTL(MULTICAST_TTL)
    // Control points on this machine hear us too.
    socket.setMulticastLoopback(true)
    try {
      socket.dropMembership(SSDP_GROUP, interfaceAddress)
    } catch {
      // It was no member.
    }
    socket.addMembership(SSDP_GROUP, interfaceAddress)
  }

  /** Sends one set, a message for each target; resolves when the last one has left. */
  async advertise(kind: 'alive' | 'byebye'): Promise<void> {
    const { targets, presence } = this.#options
    const messages = targets.map((target) =>
      kind === 'alive' ? aliveMessage(target, presence) : byebyeMessage(target),
    )
    await Promise.all(messages.map((message) => this.#send(message, SSDP_GROUP, SSDP_PORT)))
  }

  /** Answers a search for one target. */
  async respond(target: NotificationTarget, to: Endpoint, now: Date): Promise<void> {
    const message = searchResponse(target, this.#options.presence, now)
    await this.#send(message, to.address, to.port)
  }

  /** Closes the socket without a word. */
  close(): void {
    this._stop()
  }

  /** A datagram that cannot be sent is no reason to fail: the next set may get through. */
  #send(message: Uint8Array, address: string, port: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.sockets === null) return resolve()
      this._send(message, address, port, (error) => {
        if (error) this.#options.log.debug({ address, reason: error.message }, 'not sent')
        resolve()
      })
    })
  }
}
