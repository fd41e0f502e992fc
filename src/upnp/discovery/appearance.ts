import type { Logger } from '../../log.ts'
import type { NotificationTarget } from '../description/names.ts'
import type { InterfaceAddress } from './network-interfaces.ts'
import type { Place } from './place.ts'
import { SSDP_PORT } from './ssdp-group.ts'
import {
  aliveMessage,
  byebyeMessage,
  type Presence,
  searchResponse,
  updateMessage,
} from './ssdp-message.ts'
import { type Endpoint, type SearchListener, SsdpServer } from './ssdp-server.ts'
import type { SsdpSocket } from './ssdp-socket.ts'

/** What all appearances say alike. */
export interface Introduction {
  readonly targets: readonly NotificationTarget[]
  readonly server: string
  readonly maxAgeSeconds: number
  /** The URL of the device description at one of our addresses. */
  readonly locationAt: (address: string) => string
}

export interface AppearanceOptions {
  readonly place: Place
  readonly introduction: Introduction
  readonly onSearch: SearchListener
  readonly openSocket: (family: 4 | 6) => SsdpSocket
  readonly log: Logger
}

export interface Answer {
  readonly target: NotificationTarget
  readonly to: Endpoint
  /** The one of our addresses that the searcher can reach. */
  readonly address: InterfaceAddress
  readonly bootId: number
  readonly now: Date
}

/** The media server as one place sees it: what is said there, and the socket that says and hears it. */
export class Appearance {
  /** Whether control points have been told of us here; before that no search is to be answered. */
  isAlive = false
  readonly #options: AppearanceOptions
  #place: Place
  #server: SsdpServer
  #bindError: Error | null

  private constructor(options: AppearanceOptions, server: SsdpServer, bindError: Error | null) {
    this.#options = options
    this.#place = options.place
    this.#server = server
    this.#bindError = bindError
  }

  /**
   * Opens the socket on port 1900, or on any other if that is not to be had, and joins the group. Rejects
   * while the interface is not ready.
   */
  static async open(options: AppearanceOptions): Promise<Appearance> {
    try {
      return new Appearance(options, await openServer(SSDP_PORT, options), null)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      return new Appearance(options, await openServer(0, options), error)
    }
  }

  get place(): Place {
    return this.#place
  }

  /** Why searches cannot be heard, although advertising works. */
  get bindError(): Error | null {
    return this.#bindError
  }

  get location(): string {
    return this.#options.introduction.locationAt(this.#place.announced.address)
  }

  /**
   * Goes on at a place with the same announced address. Tries port 1900 again where it was not to be had.
   * @returns whether we are still heard there; where not, only another appearance helps
   */
  async keepUp(place: Place): Promise<boolean> {
    this.#place = place
    if (this.#bindError !== null) await this.#listen()
    this.#server.hearAlso(place.addresses)
    return this.#server.isMember()
  }

  /** Joins the group anew. Throws while the interface is gone. */
  rejoin(): void {
    this.#server.join()
  }

  async sayAlive(bootId: number): Promise<void> {
    const presence = this.#presence(this.#place.announced, bootId)
    await this.#say((target) => aliveMessage(target, presence))
  }

  async sayUpdate(bootId: number, nextBootId: number): Promise<void> {
    const presence = this.#presence(this.#place.announced, bootId)
    await this.#say((target) => updateMessage(target, presence, nextBootId))
  }

  async sayByebye(): Promise<void> {
    await this.#say((target) => byebyeMessage(target, this.#place.scope))
  }

  /** Answers a search for one target. */
  async answer({ target, to, address, bootId, now }: Answer): Promise<void> {
    await this.#server.send(searchResponse(target, this.#presence(address, bootId), now), to)
  }

  /** Closes the socket without a word. */
  close(): void {
    this.#server.close()
  }

  /** One set, a message for each target. */
  async #say(write: (target: NotificationTarget) => Buffer): Promise<void> {
    await this.#server.multicast(this.#options.introduction.targets.map(write))
  }

  #presence({ address }: InterfaceAddress, bootId: number): Presence {
    const { server, maxAgeSeconds, locationAt } = this.#options.introduction
    const { scope } = this.#place
    return { scope, location: locationAt(address), server, maxAgeSeconds, bootId }
  }

  async #listen(): Promise<void> {
    try {
      const server = await openServer(SSDP_PORT, this.#options)
      this.#server.close()
      this.#server = server
      this.#bindError = null
    } catch (error) {
      this.#options.log.debug({ err: error }, 'searches can still not be heard')
    }
  }
}

async function openServer(localPort: number, options: AppearanceOptions): Promise<SsdpServer> {
  const { place, openSocket } = options
  const server = new SsdpServer({
    ...options,
    scope: place.scope,
    on: place.announced,
    localPort,
    socket: openSocket(place.scope === 'ipv4' ? 4 : 6),
  })
  try {
    await server.start()
    server.join()
    server.hearAlso(place.addresses)
    return server
  } catch (error) {
    server.close()
    throw error
  }
}
