import { existsSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { type Clock, sleep, wallClock } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import { notificationTargets, type Udn } from '../description/names.ts'
import { Advertiser } from './advertiser.ts'
import { Appearances } from './appearances.ts'
import { isPrivate } from './network-address.ts'
import {
  type InterfaceAddress,
  type InterfaceSelection,
  interfaceAddresses,
  interfaceWarnings,
  ipv6InterfaceAddresses,
  type NetworkInterfaces,
} from './network-interfaces.ts'
import { type Meeting, meetingAt, meetingWith, networksOf } from './place.ts'
import { type Answerer, SearchResponder } from './search-responder.ts'
import { sourceAddressTowards } from './source-address.ts'
import { SSDP_PORT } from './ssdp-group.ts'
import type { Search } from './ssdp-message.ts'
import type { Endpoint } from './ssdp-server.ts'
import { openUdpSocket, type SsdpSocket } from './ssdp-socket.ts'
import { WireProbe, type Wires } from './wires.ts'

const ADVERTISEMENT_MAX_AGE_SECONDS = 1_800
const INTERFACE_POLL_MS = 5_000
/** How much longer than it should a poll may take before we believe that the machine has slept. */
const SLEPT_AT_LEAST_MS = 15_000

export interface DiscoveryOptions {
  readonly udn: Udn
  /** Where HTTP listens. */
  readonly httpPort: number
  /** Path of the device description. */
  readonly locationPath: string
  /** The SERVER header. */
  readonly server: string
  readonly selection: InterfaceSelection
  /** Whether to advertise on IPv6, too. */
  readonly ipv6?: boolean
  /** Default 1800, the least that UDA allows; some TVs drop a server that is not newly found by then. */
  readonly maxAgeSeconds?: number
  /** The longest time between two advertisements; at most half of max-age. `null`, the default: a third of it, up to 600. */
  readonly intervalSeconds?: number | null
  readonly log: Logger
  readonly ports?: Partial<DiscoveryPorts>
}

/** The world outside; the defaults are this machine's. */
export interface DiscoveryPorts {
  readonly networkInterfaces: () => NetworkInterfaces
  readonly openSocket: (family: 4 | 6) => SsdpSocket
  /** Which of our addresses leads to another; `null` for none. */
  readonly sourceAddressTowards: (address: string) => Promise<string | null>
  /** Which interfaces share a link. */
  readonly wires: Wires
  readonly clock: Clock
  /** 0 <= n < 1. */
  readonly random: () => number
  /** Whether this machine is a container, whose network may be none that a TV is in. */
  readonly isContainer: boolean
}

/** Files that Docker and Podman put into each. */
const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv']

/**
 * Makes the server findable: SSDP at every place that the selection leads to, each with a LOCATION of
 * its own, from when an address appears until it is lost.
 */
export class Discovery {
  readonly #options: DiscoveryOptions
  readonly #ports: DiscoveryPorts
  readonly #appearances: Appearances
  readonly #advertiser: Advertiser
  readonly #responder: SearchResponder
  readonly #ending = new AbortController()
  #closed: Promise<void> | null = null

  constructor(options: DiscoveryOptions) {
    const { httpPort, locationPath, server, intervalSeconds = null, log } = options
    const { clock = wallClock } = options.ports ?? {}
    const ports = {
      networkInterfaces,
      openSocket: openUdpSocket,
      sourceAddressTowards,
      wires: new WireProbe({ clock, log }),
      clock,
      random: Math.random,
      isContainer: CONTAINER_MARKS.some((path) => existsSync(path)),
      ...options.ports,
    }
    const maxAgeSeconds = options.maxAgeSeconds ?? ADVERTISEMENT_MAX_AGE_SECONDS
    const targets = notificationTargets(options.udn)
    this.#options = options
    this.#ports = ports
    this.#appearances = new Appearances({
      introduction: {
        targets,
        server,
        maxAgeSeconds,
        locationAt: (address) => `http://${bracketed(address)}:${httpPort}${locationPath}`,
      },
      onSearch: (search, from) => this.#hear(search, from),
      openSocket: ports.openSocket,
      log,
    })
    this.#advertiser = new Advertiser({
      appearances: () => this.#appearances.all,
      maxAgeSeconds,
      intervalSeconds,
      clock: ports.clock,
      random: ports.random,
      log,
    })
    this.#responder = new SearchResponder({ targets, clock: ports.clock, random: ports.random })
  }

  /** Where the server is being advertised. */
  get addresses(): readonly InterfaceAddress[] {
    return this.#appearances.all.map(({ place }) => place.announced)
  }

  /** One of our addresses in each network that is reached from there: a link may carry several. */
  get networks(): readonly InterfaceAddress[] {
    return this.#appearances.all.flatMap(({ place }) => networksOf(place))
  }

  /** Sentences for a person: why TVs may not find the server. Not logged here. */
  get warnings(): readonly string[] {
    const { isContainer } = this.#ports
    const warnings = interfaceWarnings(this.addresses, this.#options.selection, { isContainer })
    const bindError = this.#appearances.all.find((one) => one.bindError !== null)?.bindError
    if (!bindError) return warnings
    const reason = `port ${SSDP_PORT}/udp cannot be used (${bindError.message})`
    return [...warnings, `${reason}: TVs that search will not find this server at once`]
  }

  /** Resolves when the sockets are open; advertising goes on by itself. Never rejects. */
  async start(): Promise<void> {
    await this.#appearances.follow(await this.#addresses())
    if (this.#ending.signal.aborted) return
    this.#advertiser.start()
    void this.#watch(this.#ending.signal)
  }

  /** Says byebye everywhere and resolves when that has left, within a second. */
  close(): Promise<void> {
    this.#closed ??= this.#end()
    return this.#closed
  }

  async #end(): Promise<void> {
    this.#ending.abort()
    this.#responder.close()
    this.#advertiser.stop()
    await this.#advertiser.sayFarewell(this.#appearances.all)
    this.#appearances.close()
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports
    while (!signal.aborted) {
      const before = clock.now()
      await sleep(clock, INTERFACE_POLL_MS, signal).catch(() => {})
      if (signal.aborted) return
      // Timers stand still while the machine sleeps; the clock does not.
      const hasSlept = clock.now() - before >= INTERFACE_POLL_MS + SLEPT_AT_LEAST_MS
      if (hasSlept) this.#options.log.info('the machine has slept: advertising anew')
      await this.#followInterfaces(hasSlept)
    }
  }

  async #followInterfaces(hasSlept: boolean): Promise<void> {
    if (hasSlept) this.#appearances.rejoin()
    const { hasNew, unwanted } = await this.#appearances.follow(await this.#addresses())
    if (!this.#ending.signal.aborted) {
      if (hasNew || hasSlept) this.#advertiser.renew()
      await this.#advertiser.sayFarewell(unwanted)
    }
    for (const appearance of unwanted) appearance.close()
  }

  /** `null` where the system does not tell. */
  async #addresses(): Promise<readonly InterfaceAddress[] | null> {
    const { selection, ipv6 = false, log } = this.#options
    const { wires } = this.#ports
    try {
      const interfaces = this.#ports.networkInterfaces()
      const addresses = [
        ...interfaceAddresses(interfaces, selection),
        ...(ipv6 ? ipv6InterfaceAddresses(interfaces, selection) : []),
      ]
      await wires.look([...new Set(addresses.map(({ name }) => name))], interfaces)
      return addresses.map((address) => ({ ...address, wire: wires.wireOf(address.name) }))
    } catch (error) {
      log.debug({ err: error }, 'cannot read the network interfaces')
      return null
    }
  }

  #hear(search: Search, from: Endpoint): void {
    const direct = meetingWith(from.address, this.#appearances.places)
    // A relay hands on searches of other networks; whose address is public has no business here.
    if (direct === null && !isPrivate(from.address)) return
    const findAnswerer = async (): Promise<Answerer | null> =>
      this.#answererAt(direct ?? (await this.#meetingByRoute(from.address)))
    void this.#responder.respond({ search, from, findAnswerer })
  }

  async #meetingByRoute(address: string): Promise<Meeting | null> {
    const own = await this.#ports.sourceAddressTowards(address)
    return own === null ? null : meetingAt(own, this.#appearances.places)
  }

  /** Whichever socket a search came in by, the place that leads back to it answers. */
  #answererAt(meeting: Meeting | null): Answerer | null {
    const appearance = this.#appearances.all.find(({ place }) => place === meeting?.place)
    if (meeting === null || !appearance?.isAlive) return null
    const { address } = meeting
    return (target, to, now) =>
      void appearance.answer({ target, to, address, bootId: this.#advertiser.bootId, now })
  }
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
