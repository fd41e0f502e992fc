import { networkInterfaces } from 'node:os'
import { type Clock, sleep, wallClock } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import { type NotificationTarget, notificationTargets, type Udn } from '../description/names.ts'
import { Appearance } from './appearance.ts'
import {
  type InterfaceAddress,
  type InterfaceSelection,
  interfaceAddresses,
  interfaceTowards,
  interfaceWarnings,
  type NetworkInterfaces,
} from './network-interfaces.ts'
import { SearchResponder } from './search-responder.ts'
import { type Search, SSDP_PORT } from './ssdp-message.ts'
import type { Endpoint } from './ssdp-server.ts'
import { openUdpSocket, type SsdpSocket } from './ssdp-socket.ts'

const ADVERTISEMENT_MAX_AGE_SECONDS = 1_800
const INTERFACE_POLL_MS = 15_000
export interface DiscoveryOptions {
  readonly udn: Udn
  /** Where HTTP listens. */
  readonly httpPort: number
  /** Path of the device description. */
  readonly locationPath: string
  /** The SERVER header. */
  readonly server: string
  readonly selection: InterfaceSelection
  /** Default 1800, the least that UDA allows; some TVs drop a server that is not newly found by then. */
  readonly maxAgeSeconds?: number
  readonly log: Logger
  readonly ports?: Partial<DiscoveryPorts>
}

/** The world outside; the defaults are this machine's. */
export interface DiscoveryPorts {
  readonly networkInterfaces: () => NetworkInterfaces
  readonly openSocket: () => SsdpSocket
  readonly clock: Clock
  /** 0 <= n < 1. */
  readonly random: () => number
}

/**
 * Makes the server findable: SSDP on every address of the selection, each with its own LOCATION, from
 * when the address appears until it is lost.
 */
export class Discovery {
  readonly #options: DiscoveryOptions
  readonly #ports: DiscoveryPorts
  readonly #targets: readonly NotificationTarget[]
  readonly #responder: SearchResponder
  readonly #ending = new AbortController()
  #appearances: readonly Appearance[] = []
  #closed: Promise<void> | null = null

  constructor(options: DiscoveryOptions) {
    this.#options = options
    this.#ports = {
      networkInterfaces,
      openSocket: openUdpSocket,
      clock: wallClock,
      random: Math.random,
      ...options.ports,
    }
    this.#targets = notificationTargets(options.udn)
    this.#responder = new SearchResponder({ targets: this.#targets, ...this.#ports })
  }

  /** Where the server is being advertised. */
  get addresses(): readonly InterfaceAddress[] {
    return this.#appearances.map(({ on }) => on)
  }

  /** Sentences for a person: why TVs may not find the server. Not logged here. */
  get warnings(): readonly string[] {
    const warnings = interfaceWarnings(this.addresses, this.#options.selection)
    const bindError = this.#appearances.find((appearance) => appearance.bindError)?.bindError
    if (!bindError) return warnings
    const reason = `port ${SSDP_PORT}/udp cannot be used (${bindError.message})`
    return [...warnings, `${reason}: TVs that search will not find this server at once`]
  }

  /** Resolves when the sockets are open; advertising goes on by itself. Never rejects. */
  async start(): Promise<void> {
    await this.#followInterfaces(false)
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
    await Promise.all(this.#appearances.map((appearance) => appearance.close()))
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports
    while (!signal.aborted) {
      const before = clock.now()
      await sleep(clock, INTERFACE_POLL_MS, signal).catch(() => {})
      if (signal.aborted) return
      // Timers stand still while the machine sleeps; the clock does not.
      const hasResumed = clock.now() - before > 2 * INTERFACE_POLL_MS
      await this.#followInterfaces(hasResumed)
    }
  }

  async #followInterfaces(hasResumed: boolean): Promise<void> {
    const wanted = this.#wantedAddresses()
    const kept = this.#appearances.filter(({ on }) => wanted.some(isSame(on)))
    const lost = this.#appearances.filter((appearance) => !kept.includes(appearance))
    this.#appearances = kept
    if (hasResumed) for (const { advertiser } of kept) advertiser.restart()
    await Promise.all(lost.map((appearance) => this.#disappear(appearance)))
    const added = wanted.filter((on) => !kept.some((known) => isSame(on)(known.on)))
    await Promise.all(added.map((on) => this.#appear(on)))
  }

  #wantedAddresses(): readonly InterfaceAddress[] {
    try {
      return interfaceAddresses(this.#ports.networkInterfaces(), this.#options.selection)
    } catch (error) {
      this.#options.log.debug({ err: error }, 'cannot read the network interfaces')
      return this.addresses
    }
  }

  async #appear(on: InterfaceAddress): Promise<void> {
    const { httpPort, locationPath, server, maxAgeSeconds, log } = this.#options
    const location = `http://${on.address}:${httpPort}${locationPath}`
    try {
      const appearance = await Appearance.open({
        ...this.#ports,
        on,
        targets: this.#targets,
        presence: {
          location,
          server,
          maxAgeSeconds: maxAgeSeconds ?? ADVERTISEMENT_MAX_AGE_SECONDS,
        },
        onSearch: (search, from) => this.#respond(search, from),
        log,
      })
      if (this.#ending.signal.aborted) return appearance.server.close()
      this.#appearances = [...this.#appearances, appearance]
      appearance.advertiser.start()
      log.info({ interface: on.name, location }, 'advertising')
    } catch (error) {
      log.warn({ err: error, interface: on.name }, 'cannot advertise here yet')
    }
  }

  /** Byebye reaches somebody if the address is only not wanted any more. */
  async #disappear(appearance: Appearance): Promise<void> {
    await appearance.close()
    const { name, address } = appearance.on
    this.#options.log.info({ interface: name, address }, 'not advertising any more')
  }

  /** Whichever socket a search came in by, the interface that leads back to it answers. */
  #respond(search: Search, from: Endpoint): void {
    const on = interfaceTowards(from.address, this.addresses)
    const appearance = this.#appearances.find((candidate) => candidate.on === on)
    if (appearance?.advertiser.isAlive) this.#responder.respond(search, from, appearance.server)
  }
}

function isSame(a: InterfaceAddress): (b: InterfaceAddress) => boolean {
  return (b) => a.name === b.name && a.address === b.address && a.prefixLength === b.prefixLength
}
