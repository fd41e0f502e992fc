import { type Clock, sleep } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import type { NotificationTarget } from '../description/names.ts'
import { Advertiser } from './advertiser.ts'
import type { InterfaceAddress } from './network-interfaces.ts'
import { type Presence, SSDP_PORT } from './ssdp-message.ts'
import { type SearchListener, SsdpServer } from './ssdp-server.ts'
import type { SsdpSocket } from './ssdp-socket.ts'

/** How long a farewell may take, so that a full send buffer cannot hold up the exit. */
const CLOSE_DEADLINE_MS = 900

export interface AppearanceOptions {
  readonly on: InterfaceAddress
  readonly targets: readonly NotificationTarget[]
  readonly presence: Presence
  readonly onSearch: SearchListener
  readonly openSocket: () => SsdpSocket
  readonly clock: Clock
  /** 0 <= n < 1. */
  readonly random: () => number
  readonly log: Logger
}

/** The media server as one network sees it: what hears and speaks there, and its schedule. */
export class Appearance {
  readonly on: InterfaceAddress
  readonly server: SsdpServer
  readonly advertiser: Advertiser
  /** Why searches cannot be heard, although advertising works. */
  readonly bindError: Error | null
  readonly #clock: Clock

  constructor(server: SsdpServer, options: AppearanceOptions, bindError: Error | null) {
    this.on = options.on
    this.server = server
    this.advertiser = new Advertiser(server, {
      ...options,
      maxAgeSeconds: options.presence.maxAgeSeconds,
    })
    this.bindError = bindError
    this.#clock = options.clock
  }

  /** Opens the socket on port 1900, or on any other if that is not to be had. */
  static async open(options: AppearanceOptions): Promise<Appearance> {
    try {
      return new Appearance(await openServer(SSDP_PORT, options), options, null)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      return new Appearance(await openServer(0, options), options, error)
    }
  }

  /** Says byebye, then closes the socket; within a second. */
  async close(): Promise<void> {
    const deadline = new AbortController()
    await Promise.race([
      this.advertiser.close(),
      sleep(this.#clock, CLOSE_DEADLINE_MS, deadline.signal),
    ])
    deadline.abort()
    this.server.close()
  }
}

async function openServer(localPort: number, options: AppearanceOptions): Promise<SsdpServer> {
  const server = new SsdpServer({
    ...options,
    interfaceAddress: options.on.address,
    localPort,
    socket: options.openSocket(),
  })
  try {
    await server.start()
    return server
  } catch (error) {
    server.close()
    throw error
  }
}
