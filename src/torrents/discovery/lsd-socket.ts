import { createSocket, type Socket } from 'node:dgram'
import { BlockList } from 'node:net'
import type { NetworkInterfaceInfo } from 'node:os'

/** What `os.networkInterfaces()` returns. */
export type NetworkInterfaces = NodeJS.Dict<NetworkInterfaceInfo[]>

export type IpFamily = 'IPv4' | 'IPv6'

/** BEP 14. */
const GROUPS = { IPv4: '239.192.152.143', IPv6: 'ff15::efc0:988f' } as const

export interface LsdSocketOptions {
  readonly family: IpFamily
  readonly port: number
  readonly onDatagram: (datagram: Uint8Array, address: string) => void
  readonly log: { debug(facts: object, message: string): void }
}

/**
 * The multicast socket of one IP version, in the group on each interface that leads to others. What
 * fails closes it, and the next `look` opens another.
 */
export class LsdSocket {
  readonly #options: LsdSocketOptions
  #socket: Socket | null = null
  /** By what the system takes for an interface: its IPv4 address, or its name as a zone. */
  #ways: ReadonlySet<string> = new Set()
  #joined = new Set<string>()
  #isBound = false
  #networks = new BlockList()
  #isSending = false

  constructor(options: LsdSocketOptions) {
    this.#options = options
  }

  /** For the `Host` header. */
  get host(): string {
    const { family, port } = this.#options
    return family === 'IPv4' ? `${GROUPS.IPv4}:${port}` : `[${GROUPS.IPv6}]:${port}`
  }

  /** Joins on interfaces that have come, and forgets those that have gone. */
  look(interfaces: NetworkInterfaces): void {
    const local = localAddresses(interfaces, this.#options.family)
    const networks = new BlockList()
    for (const { network, prefixLength } of local) addNetwork(networks, network, prefixLength)
    this.#networks = networks
    this.#ways = new Set(local.map(({ way }) => way))
    for (const way of this.#joined) if (!this.#ways.has(way)) this.#joined.delete(way)
    if (this.#ways.size === 0) return
    if (this.#socket === null) this.#open()
    else if (this.#isBound) this.#join(this.#socket)
  }

  /** Sends by each interface. Never rejects; while one is under way the next is left out. */
  async send(datagram: Uint8Array): Promise<void> {
    if (this.#isSending) return
    this.#isSending = true
    try {
      for (const way of [...this.#joined]) await this.#sendBy(way, datagram)
    } finally {
      this.#isSending = false
    }
  }

  close(): void {
    const socket = this.#socket
    this.#socket = null
    this.#joined = new Set()
    this.#isBound = false
    if (socket !== null) closeQuietly(socket)
  }

  #open(): void {
    const { family, port, log } = this.#options
    const isIpv6 = family === 'IPv6'
    try {
      const type = isIpv6 ? 'udp6' : 'udp4'
      const socket = createSocket({ type, reuseAddr: true, ipv6Only: isIpv6 })
      socket.on('message', (datagram, { address }) => {
        if (this.#isLocal(address)) this.#options.onDatagram(datagram, address)
      })
      socket.on('error', (error) => {
        log.debug({ err: error, family }, 'the socket for local peers failed')
        if (this.#socket === socket) this.close()
        else closeQuietly(socket)
      })
      // A socket that joins before it is bound is bound by that, to any port.
      socket.bind(port, () => {
        if (this.#socket !== socket) return
        this.#isBound = true
        this.#join(socket)
      })
      this.#socket = socket
    } catch (error) {
      log.debug({ err: error, family }, 'there is no socket for local peers')
    }
  }

  #join(socket: Socket): void {
    const { family, log } = this.#options
    for (const way of this.#ways) {
      if (this.#joined.has(way)) continue
      try {
        socket.addMembership(GROUPS[family], way)
        this.#joined.add(way)
      } catch (error) {
        // The interface may have gone, or have no multicast: the next look tries again.
        log.debug({ err: error, way }, 'cannot listen for local peers there')
      }
    }
  }

  #sendBy(way: string, datagram: Uint8Array): Promise<void> {
    const socket = this.#socket
    return new Promise((resolve) => {
      if (socket === null) {
        resolve()
        return
      }
      const { family, port, log } = this.#options
      const done = (error: unknown): void => {
        socket.off('close', closed)
        if (error !== null) {
          log.debug({ err: error, way }, 'cannot announce to local peers there')
          this.#joined.delete(way)
        }
        resolve()
      }
      // A socket that is closed meanwhile calls nobody back.
      const closed = (): void => done(null)
      socket.once('close', closed)
      try {
        socket.setMulticastInterface(way)
        socket.send(datagram, port, GROUPS[family], done)
      } catch (error) {
        done(error)
      }
    })
  }

  #isLocal(address: string): boolean {
    const [plain = ''] = address.split('%')
    // Of a link-local address nobody can tell later which link is meant.
    if (plain.startsWith('fe80:')) return false
    return this.#networks.check(plain, this.#options.family === 'IPv4' ? 'ipv4' : 'ipv6')
  }
}

interface LocalAddress {
  readonly way: string
  readonly network: string
  readonly prefixLength: number
}

function localAddresses(interfaces: NetworkInterfaces, wanted: IpFamily): LocalAddress[] {
  return Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses
      .filter(({ family, internal, cidr }) => family === wanted && !internal && cidr !== null)
      .map(({ address, cidr }) => ({
        way: wanted === 'IPv4' ? address : `::%${name}`,
        network: address,
        prefixLength: Number(cidr?.split('/')[1]),
      })),
  )
}

function addNetwork(networks: BlockList, network: string, prefixLength: number): void {
  const [plain = ''] = network.split('%')
  networks.addSubnet(plain, prefixLength, plain.includes(':') ? 'ipv6' : 'ipv4')
}

function closeQuietly(socket: Socket): void {
  try {
    socket.close()
  } catch {
    // It is closed already.
  }
}
