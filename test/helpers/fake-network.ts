import type { RemoteInfo } from 'node:dgram'
import { EventEmitter } from 'node:events'
import type { NetworkInterfaceInfo } from 'node:os'
import {
  interfaceAddresses,
  interfaceTowards,
  type NetworkInterfaces,
} from '../../src/upnp/discovery/network-interfaces.ts'
import type { SsdpSocket } from '../../src/upnp/discovery/ssdp-socket.ts'
import type { FakeClock } from './fake-clock.ts'

/** One datagram that left the machine. */
export interface Sent {
  /** When, in milliseconds since the network began. */
  readonly at: number
  /** The interface that it left by. */
  readonly by: string
  readonly from: string
  readonly to: string
  readonly text: string
}

/**
 * The UDP of a Linux machine. A multicast datagram reaches every socket on its port once any of them
 * has joined the group on the interface (IP_MULTICAST_ALL); a unicast one reaches only the socket bound
 * last. Multicast leaves by the first interface unless the socket says otherwise.
 */
export class FakeNetwork {
  readonly sent: Sent[] = []
  /** Another program holds port 1900 for itself. */
  isSsdpPortTaken = false
  /** Sends never finish, as with a full buffer. */
  isStuck = false
  /** An address that is listed, and not yet ready for use. */
  notReady: string | null = null
  readonly sockets: FakeSocket[] = []
  readonly clock: FakeClock
  readonly #start: number
  readonly #interfaces = new Map<string, NetworkInterfaceInfo>()

  /** `addresses` by interface name: `{ eth0: '10.0.1.5/24' }`. */
  constructor(clock: FakeClock, addresses: Readonly<Record<string, string>>) {
    this.clock = clock
    this.#start = clock.now()
    for (const [name, cidr] of Object.entries(addresses)) this.plugIn(name, cidr)
  }

  readonly networkInterfaces = (): NetworkInterfaces =>
    Object.fromEntries([...this.#interfaces].map(([name, info]) => [name, [info]]))

  readonly openSocket = (): SsdpSocket => {
    const socket = new FakeSocket(this)
    this.sockets.push(socket)
    return socket
  }

  plugIn(name: string, cidr: string): void {
    this.#interfaces.set(name, interfaceInfo(cidr))
  }

  unplug(name: string): void {
    const address = this.#interfaces.get(name)?.address
    this.#interfaces.delete(name)
    for (const socket of this.sockets) if (address) socket.memberships.delete(address)
  }

  nameOf(address: string): string | undefined {
    const found = [...this.#interfaces].find(([, info]) => info.address === address)
    return found?.[0]
  }

  /** A datagram for the SSDP group arrives at the interface `at`. */
  multicast(at: string, from: string, text: string): void {
    const address = this.#interfaces.get(at)?.address ?? ''
    const isMember = this.sockets.some((socket) => socket.memberships.has(address))
    if (!isMember) return
    for (const socket of this.sockets) if (socket.port === 1_900) socket.receive(text, from)
  }

  /** A datagram for this machine's own port 1900 arrives. */
  unicast(from: string, text: string): void {
    this.sockets.findLast((socket) => socket.port === 1_900)?.receive(text, from)
  }

  send(socket: FakeSocket, to: string, text: string): Error | null {
    const isMulticast = to.startsWith('239.')
    const by = isMulticast ? this.#multicastRoute(socket) : this.#route(to)
    if (by === undefined) return new Error('ENETUNREACH')
    const from = `${this.#interfaces.get(by)?.address}:${socket.port}`
    this.sent.push({ at: this.clock.now() - this.#start, by, from, to, text })
    return null
  }

  #multicastRoute(socket: FakeSocket): string | undefined {
    if (socket.multicastInterface !== null) return this.nameOf(socket.multicastInterface)
    return [...this.#interfaces.keys()][0]
  }

  #route(to: string): string | undefined {
    const all = { interfaceNames: [...this.#interfaces.keys()], host: '0.0.0.0' }
    const addresses = interfaceAddresses(this.networkInterfaces(), all)
    return interfaceTowards(to.split(':')[0] ?? '', addresses)?.name
  }
}

class FakeSocket extends EventEmitter implements SsdpSocket {
  readonly #network: FakeNetwork
  readonly memberships = new Set<string>()
  multicastInterface: string | null = null
  ttl = 1
  /** `null` before it is bound and after it is closed. */
  port: number | null = null

  constructor(network: FakeNetwork) {
    super()
    this.#network = network
  }

  bind(port: number, _address: string, listening: () => void): void {
    queueMicrotask(() => {
      if (port === 1_900 && this.#network.isSsdpPortTaken) {
        this.emit('error', new Error('bind EADDRINUSE 0.0.0.0:1900'))
        return
      }
      this.port = port === 0 ? 40_000 : port
      listening()
    })
  }

  setMulticastInterface(address: string): void {
    if (address === this.#network.notReady) throw new Error('EADDRNOTAVAIL')
    this.multicastInterface = address
  }

  setMulticastTTL(ttl: number): void {
    this.ttl = ttl
  }

  setMulticastLoopback(): void {}

  addMembership(_group: string, address: string): void {
    if (this.#network.nameOf(address) === undefined) throw new Error('ENODEV')
    if (this.memberships.has(address)) throw new Error('EADDRINUSE')
    this.memberships.add(address)
  }

  dropMembership(_group: string, address: string): void {
    if (!this.memberships.delete(address)) throw new Error('EADDRNOTAVAIL')
  }

  send(
    message: Uint8Array,
    _offset: number,
    _length: number,
    port: number,
    address: string,
    callback: (error: Error | null) => void,
  ): void {
    if (this.port === null) throw new Error('not running')
    if (this.#network.isStuck) return
    const error = this.#network.send(this, `${address}:${port}`, Buffer.from(message).toString())
    queueMicrotask(() => callback(error))
  }

  close(): void {
    this.port = null
    this.memberships.clear()
  }

  receive(text: string, from: string): void {
    const [address = '', port] = from.split(':')
    const info: RemoteInfo = { address, port: Number(port), family: 'IPv4', size: text.length }
    this.emit('message', Buffer.from(text), info)
  }
}

export function interfaceInfo(cidr: string): NetworkInterfaceInfo {
  const [address = ''] = cidr.split('/')
  const internal = address.startsWith('127.')
  return { address, netmask: '', family: 'IPv4', mac: '', internal, cidr }
}
