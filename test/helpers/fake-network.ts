import type { RemoteInfo } from 'node:dgram'
import { EventEmitter } from 'node:events'
import type { NetworkInterfaceInfo } from 'node:os'
import { isInNetwork } from '../../src/upnp/discovery/network-address.ts'
import type { NetworkInterfaces } from '../../src/upnp/discovery/network-interfaces.ts'
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

interface FakeInterface {
  readonly name: string
  /** Another one each time that it is made. */
  readonly index: number
  readonly infos: readonly NetworkInterfaceInfo[]
}

/**
 * The UDP of a Linux machine. A multicast datagram reaches every socket on its port once any of them
 * has joined the group on the interface (IP_MULTICAST_ALL); a unicast one reaches only the socket bound
 * last. Multicast leaves by the first interface unless the socket says otherwise. Memberships belong to
 * an interface, not to its name.
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
  #interfaces: readonly FakeInterface[] = []
  #made = 0

  /** `addresses` by interface name: `{ eth0: '10.0.1.5/24' }`; several with a space between. */
  constructor(clock: FakeClock, addresses: Readonly<Record<string, string>>) {
    this.clock = clock
    this.#start = clock.now()
    for (const [name, cidrs] of Object.entries(addresses)) this.plugIn(name, cidrs)
  }

  readonly networkInterfaces = (): NetworkInterfaces =>
    Object.fromEntries(this.#interfaces.map(({ name, infos }) => [name, [...infos]]))

  readonly openSocket = (family: 4 | 6): SsdpSocket => {
    const socket = new FakeSocket(this, family)
    this.sockets.push(socket)
    return socket
  }

  /** The first interface is the way to all networks that are not ours. */
  readonly sourceAddressTowards = async (address: string): Promise<string | null> =>
    this.#route(address)?.address ?? null

  /** Sockets that hear searches. */
  get listening(): readonly FakeSocket[] {
    return this.sockets.filter(({ port }) => port === 1_900)
  }

  plugIn(name: string, cidrs: string): void {
    this.#made += 1
    const infos = cidrs.split(' ').map(interfaceInfo)
    this.#interfaces = [...this.#interfaces, { name, index: this.#made, infos }]
  }

  unplug(name: string): void {
    this.#interfaces = this.#interfaces.filter((one) => one.name !== name)
  }

  /** Removed and made again, with the same name and addresses. */
  remake(name: string): void {
    this.#made += 1
    this.#change(name, (one) => ({ ...one, index: this.#made }))
  }

  /** What an interface is called by from now on, as DHCP does it. */
  readdress(name: string, cidrs: string): void {
    this.#change(name, (one) => ({ ...one, infos: cidrs.split(' ').map(interfaceInfo) }))
  }

  #change(name: string, change: (one: FakeInterface) => FakeInterface): void {
    this.#interfaces = this.#interfaces.map((one) => (one.name === name ? change(one) : one))
  }

  /** By one of its addresses, or as a zone: `::%eth0`. */
  find(text: string): FakeInterface | undefined {
    const zone = text.split('%')[1]
    return this.#interfaces.find(({ name, infos }) =>
      zone === undefined ? infos.some(({ address }) => address === text) : name === zone,
    )
  }

  /** The interfaces where a socket has joined its group. */
  membershipsOf(socket: FakeSocket): readonly string[] {
    return this.#interfaces.filter(({ index }) => socket.joined.has(index)).map(({ name }) => name)
  }

  /** A datagram for the SSDP group arrives at the interface `at`. */
  multicast(at: string, from: string, text: string): void {
    const isMember = this.sockets.some((socket) => this.membershipsOf(socket).includes(at))
    const family = from.startsWith('[') ? 6 : 4
    if (!isMember) return
    for (const socket of this.listening) if (socket.family === family) socket.receive(text, from)
  }

  /** A datagram for this machine's own port 1900 arrives. */
  unicast(from: string, text: string): void {
    this.listening.at(-1)?.receive(text, from)
  }

  send(socket: FakeSocket, to: string, text: string): Error | null {
    const { host } = endpointOf(to)
    const isMulticast = host.startsWith('239.') || host.startsWith('ff')
    const way = isMulticast ? this.#multicastRoute(socket) : this.#route(host)
    if (way === undefined) return new Error('ENETUNREACH')
    const from = `${way.address}:${socket.port}`
    this.sent.push({ at: this.clock.now() - this.#start, by: way.by, from, to, text })
    return null
  }

  #multicastRoute({ outgoing }: FakeSocket): { by: string; address: string } | undefined {
    if (outgoing === null) return this.#ways[0]
    return this.#ways.find(
      ({ index, address }) =>
        index === outgoing.index && (outgoing.source === null || address === outgoing.source),
    )
  }

  #route(to: string): { by: string; address: string } | undefined {
    const direct = this.#ways
      .filter(({ by, address, prefixLength }) => {
        const zone = to.split('%')[1]
        return isInNetwork(to, { address, prefixLength }) && (zone ?? by) === by
      })
      .toSorted((a, b) => b.prefixLength - a.prefixLength)[0]
    return direct ?? this.#ways[0]
  }

  get #ways(): readonly { by: string; index: number; address: string; prefixLength: number }[] {
    return this.#interfaces.flatMap(({ name, index, infos }) =>
      infos.map(({ address, cidr }) => {
        return { by: name, index, address, prefixLength: Number(cidr?.split('/')[1]) }
      }),
    )
  }
}

class FakeSocket extends EventEmitter implements SsdpSocket {
  readonly #network: FakeNetwork
  readonly family: 4 | 6
  /** Indices of interfaces, also of those that are no more. */
  readonly joined = new Set<number>()
  /** What multicast leaves by; an IPv4 address is its source, too. */
  outgoing: { readonly index: number; readonly source: string | null } | null = null
  ttl = 1
  /** `null` before it is bound and after it is closed. */
  port: number | null = null

  constructor(network: FakeNetwork, family: 4 | 6) {
    super()
    this.#network = network
    this.family = family
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

  setMulticastInterface(text: string): void {
    const found = this.#network.find(text)
    if (text === this.#network.notReady || !found) throw new Error('EADDRNOTAVAIL')
    this.outgoing = { index: found.index, source: text.includes('%') ? null : text }
  }

  setMulticastTTL(ttl: number): void {
    this.ttl = ttl
  }

  setMulticastLoopback(): void {}

  addMembership(_group: string, text: string): void {
    const found = this.#network.find(text)
    if (found === undefined) throw new Error('ENODEV')
    if (this.joined.has(found.index)) throw new Error('EADDRINUSE')
    this.joined.add(found.index)
  }

  dropMembership(_group: string, text: string): void {
    const found = this.#network.find(text)
    if (!found || !this.joined.delete(found.index)) throw new Error('EADDRNOTAVAIL')
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
    const to = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
    const error = this.#network.send(this, to, Buffer.from(message).toString())
    queueMicrotask(() => callback(error))
  }

  close(): void {
    this.port = null
    this.joined.clear()
  }

  receive(text: string | Uint8Array, from: string): void {
    const { host: address, port } = endpointOf(from)
    const family = this.family === 4 ? 'IPv4' : 'IPv6'
    const info: RemoteInfo = { address, port, family, size: text.length }
    this.emit('message', Buffer.from(text), info)
  }
}

function endpointOf(text: string): { readonly host: string; readonly port: number } {
  const colon = text.lastIndexOf(':')
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) }
}

export function interfaceInfo(cidr: string): NetworkInterfaceInfo {
  const [address = ''] = cidr.split('/')
  const common = { address, netmask: '', mac: '', cidr }
  if (address.includes(':')) {
    const scopeid = address.startsWith('fe80:') ? 2 : 0
    return { ...common, family: 'IPv6', internal: address === '::1', scopeid }
  }
  return { ...common, family: 'IPv4', internal: address.startsWith('127.') }
}
