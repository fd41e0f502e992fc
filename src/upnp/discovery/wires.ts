import { randomBytes } from 'node:crypto'
import type { RemoteInfo } from 'node:dgram'
import { type Clock, sleep } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import type { NetworkInterfaces } from './network-interfaces.ts'
import { openIPv6Socket } from './ssdp-socket.ts'

/** Which interfaces lead to the same link, whatever networks their addresses are in. */
export interface Wires {
  /** Looks anew where it may have changed. Never rejects. */
  look(names: readonly string[], interfaces: NetworkInterfaces): Promise<void>
  /** The name of one interface for all that are on one link; its own where nothing else is known. */
  wireOf(name: string): string
}

/** For when nothing can be found out: each interface leads to a link of its own. */
export const SEPARATE_WIRES: Wires = { look: async () => {}, wireOf: (name) => name }

/** What is needed of a UDP socket. */
export interface WireSocket {
  on(event: 'message', listener: (message: Buffer, from: RemoteInfo) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  bind(port: number, address: string, listening: () => void): unknown
  address(): { readonly port: number }
  setMulticastInterface(address: string): void
  setMulticastTTL(ttl: number): unknown
  setMulticastLoopback(isOn: boolean): unknown
  send(
    message: Uint8Array,
    port: number,
    address: string,
    callback: (error: Error | null) => void,
  ): void
  close(): unknown
}

export interface WireProbeOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly openSocket?: () => WireSocket
}

/** All nodes of a link: nobody joins it, and no switch that watches memberships keeps it back (RFC 4291, 2.7.1). */
const ALL_NODES = 'ff02::1'
/** A link is crossed in much less. */
const LISTEN_MS = 200
const NONCE_BYTES = 16
/** A new IPv6 address may not be used at once (RFC 4862, 5.4): looks at each call after a change, and how often later. */
const LOOKS_AFTER_CHANGE = 4
const CALLS_BETWEEN_LOOKS = 12
/** Looks in which two interfaces have not heard each other before they are on two links again. */
const MOST_MISSES = 3

/**
 * Sends a random number out of each interface to all nodes of its link, and listens by which other interface it comes
 * back. This is done over link-local IPv6: a datagram from there tells by which interface it came, which IPv4
 * does not in Node, and Linux drops IPv4 that comes from its own addresses. Where there is no
 * IPv6, nothing is found out.
 */
export class WireProbe implements Wires {
  readonly #clock: Clock
  readonly #log: Logger
  readonly #openSocket: () => WireSocket
  /** Two names on one link, and in how many looks since they have not heard each other. */
  #pairs: readonly { readonly names: readonly [string, string]; readonly misses: number }[] = []
  #seen = ''
  #looksLeft = 0
  #calls = 0

  constructor({ clock, log, openSocket = openIPv6Socket }: WireProbeOptions) {
    this.#clock = clock
    this.#log = log
    this.#openSocket = openSocket
  }

  async look(names: readonly string[], interfaces: NetworkInterfaces): Promise<void> {
    const seen = JSON.stringify(names.map((name) => [name, interfaces[name]]))
    if (seen !== this.#seen) this.#looksLeft = LOOKS_AFTER_CHANGE
    this.#seen = seen
    this.#pairs = this.#pairs.filter((pair) => pair.names.every((name) => names.includes(name)))
    const isDue = this.#looksLeft > 0 || ++this.#calls % CALLS_BETWEEN_LOOKS === 0
    if (names.length < 2 || !isDue) return
    this.#looksLeft = Math.max(0, this.#looksLeft - 1)
    try {
      this.#note(await this.#heard(names, interfaces))
    } catch (error) {
      this.#log.debug({ err: error }, 'cannot find out which interfaces share a link')
    }
  }

  wireOf(name: string): string {
    const joined = new Set([name])
    // A set goes on to what is added to it meanwhile.
    for (const one of joined) {
      for (const { names } of this.#pairs) {
        if (names.includes(one)) for (const other of names) joined.add(other)
      }
    }
    return [...joined].sort()[0] ?? name
  }

  #note(heard: readonly (readonly [string, string])[]): void {
    const isSame = (a: readonly string[], b: readonly string[]): boolean =>
      a[0] === b[0] && a[1] === b[1]
    const lost = this.#pairs.filter((pair) => !heard.some((one) => isSame(one, pair.names)))
    const known = this.#pairs.length
    this.#pairs = [
      ...heard.map((names) => ({ names, misses: 0 })),
      ...lost
        .map(({ names, misses }) => ({ names, misses: misses + 1 }))
        .filter(({ misses }) => misses < MOST_MISSES),
    ]
    if (this.#pairs.length === known) return
    const pairs = this.#pairs.map(({ names }) => names.join(' and '))
    this.#log.info({ pairs }, 'interfaces that share a link are announced as one')
  }

  /** Names in their order, each two once. */
  async #heard(
    names: readonly string[],
    interfaces: NetworkInterfaces,
  ): Promise<readonly (readonly [string, string])[]> {
    const senders = new Map<string, string>()
    const heard = new Map<string, readonly [string, string]>()
    const socket = this.#openSocket()
    try {
      const failed = new Promise<never>((_, reject) => socket.on('error', reject))
      socket.on('message', (message, { address }) => {
        const sender = senders.get(message.toString('hex'))
        const receiver = receivedBy(address, interfaces)
        if (sender === undefined || receiver === sender || !names.includes(receiver ?? '')) return
        const [a = '', b = ''] = [sender, receiver ?? ''].sort()
        heard.set(`${a} ${b}`, [a, b])
      })
      await Promise.race([new Promise<void>((done) => socket.bind(0, '::', done)), failed])
      socket.setMulticastTTL(1)
      socket.setMulticastLoopback(false)
      const { port } = socket.address()
      for (const name of names) {
        const nonce = randomBytes(NONCE_BYTES)
        senders.set(nonce.toString('hex'), name)
        this.#send(socket, { nonce, port, zone: zoneOf(name, interfaces) })
      }
      await Promise.race([sleep(this.#clock, LISTEN_MS), failed])
    } finally {
      socket.close()
    }
    return [...heard.values()]
  }

  #send(
    socket: WireSocket,
    { nonce, port, zone }: { readonly nonce: Buffer; readonly port: number; readonly zone: string },
  ): void {
    try {
      socket.setMulticastInterface(`::%${zone}`)
      socket.send(nonce, port, `${ALL_NODES}%${zone}`, () => {
        // An interface without IPv6, or not ready yet.
      })
    } catch {
      // The interface is gone.
    }
  }
}

/** Windows calls interfaces by numbers in addresses, others by their names. */
function zoneOf(name: string, interfaces: NetworkInterfaces): string {
  if (process.platform !== 'win32') return name
  const scope = interfaces[name]?.find((one) => one.family === 'IPv6' && one.scopeid > 0)
  return scope?.family === 'IPv6' ? String(scope.scopeid) : name
}

function receivedBy(address: string, interfaces: NetworkInterfaces): string | null {
  const zone = /%(.+)$/.exec(address)?.[1]
  if (zone === undefined) return null
  if (zone in interfaces) return zone
  const found = Object.entries(interfaces).find(([, infos = []]) =>
    infos.some((info) => info.family === 'IPv6' && String(info.scopeid) === zone),
  )
  return found?.[0] ?? null
}
