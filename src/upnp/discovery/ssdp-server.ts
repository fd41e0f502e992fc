import { Server } from 'node-ssdp'
import type { Logger } from '../../log.ts'
import type { InterfaceAddress } from './network-interfaces.ts'
import { type Scope, SSDP_GROUPS, SSDP_PORT } from './ssdp-group.ts'
import { parseSearch, type Search } from './ssdp-message.ts'
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
  readonly scope: Scope
  /** Multicast leaves by this interface, and from this address where it is IPv4. */
  readonly on: InterfaceAddress
  /** Local UDP port: 1900 to hear searches, 0 for one that only sends. */
  readonly localPort: number
  /** Whose socket this becomes. */
  readonly socket: SsdpSocket
  /** Hears every search that reaches the socket, also those from other interfaces' networks. */
  readonly onSearch: SearchListener
  readonly log: Logger
}

/**
 * SSDP on one interface in one scope: node-ssdp's server with a socket of its own. What it inherits sends
 * datagrams, and reads none: its own reader is not made for hostile ones. When to advertise is the
 * `Advertiser`'s business, which search to answer the `SearchResponder`'s. docs/decisions/004 says what
 * is overridden and why.
 */
export class SsdpServer extends Server {
  readonly #options: SsdpServerOptions
  readonly #group: string
  /** How the system calls the interface: by an IPv4 address, by a name as an IPv6 zone. */
  readonly #interface: string

  constructor(options: SsdpServerOptions) {
    // Without a location, node-ssdp guesses one; the messages that are sent have their own.
    super({ location: SSDP_GROUPS[options.scope] })
    const { on, scope, socket } = options
    this.#options = options
    this.#group = SSDP_GROUPS[scope]
    this.#interface = this.#called(on)
    this.sockets = { [on.address]: socket }
  }

  /** Binds the socket; rejects if that fails. Joins no group yet. */
  override _start(done: (error?: Error) => void): void {
    const { socket, localPort, scope, log } = this.#options
    socket.on('message', (message, from) => {
      // Nobody can be answered at port 0.
      if (message.length > LONGEST_DATAGRAM_BYTES || from.port === 0) return
      const search = parseSearch(message.toString())
      if (search !== null) this.#options.onSearch(search, from)
    })
    socket.once('error', done)
    socket.bind(localPort, scope === 'ipv4' ? '0.0.0.0' : '::', () => {
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
    const { socket } = this.#options
    socket.setMulticastInterface(this.#interface)
    socket.setMulticastTTL(MULTICAST_TTL)
    // Control points on this machine hear us too.
    socket.setMulticastLoopback(true)
    try {
      socket.dropMembership(this.#group, this.#interface)
    } catch {
      // It was no member.
    }
    socket.addMembership(this.#group, this.#interface)
  }

  /**
   * Hears the group on other interfaces of the link as well: a system that is strict about where a source comes from
   * drops a search that arrives by the wrong one of two.
   */
  hearAlso(others: readonly InterfaceAddress[]): void {
    const { socket, on } = this.#options
    for (const other of others) {
      if (other.name === on.name) continue
      try {
        socket.addMembership(this.#group, this.#called(other))
      } catch {
        // It is a member, or the interface is gone.
      }
    }
  }

  #called({ address, name }: InterfaceAddress): string {
    return this.#options.scope === 'ipv4' ? address : `::%${name}`
  }

  /**
   * Whether the interface is still the one that was joined. One that was removed and made again under the
   * same name and address is another: nothing would be heard there any more, and nothing said.
   */
  isMember(): boolean {
    try {
      // A member cannot join twice, and nothing is sent for the attempt.
      this.#options.socket.addMembership(this.#group, this.#interface)
      return false
    } catch {
      return true
    }
  }

  /** Sends to the group; resolves when all have left. */
  async multicast(messages: readonly Uint8Array[]): Promise<void> {
    const to = { address: this.#group, port: SSDP_PORT }
    await Promise.all(messages.map((message) => this.send(message, to)))
  }

  /** A datagram that cannot be sent is no reason to fail: the next set may get through. */
  send(message: Uint8Array, { address, port }: Endpoint): Promise<void> {
    return new Promise((resolve) => {
      if (this.sockets === null) return resolve()
      this._send(message, address, port, (error) => {
        if (error) this.#options.log.debug({ address, reason: error.message }, 'not sent')
        resolve()
      })
    })
  }

  /** Closes the socket without a word. */
  close(): void {
    this._stop()
  }
}
