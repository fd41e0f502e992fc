import { isIPv4 } from 'node:net'
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import type { InterfaceAddress } from '../../upnp/discovery/network-interfaces.ts'
import type { SsdpSocket } from '../../upnp/discovery/ssdp-socket.ts'
import { SearchClient } from './search-client.ts'

/** Who is a renderer of a later version answers as well. Some answer only for the service. */
const TARGETS = [
  'urn:schemas-upnp-org:device:MediaRenderer:1',
  'urn:schemas-upnp-org:service:AVTransport:1',
]
/** UDP gets lost. */
const REPEAT_MS = 400
const INTERVAL_MS = 120_000
const LOOK_AT_LINKS_MS = 5_000

export interface RendererSearchOptions {
  /** Our address on each link that we are announced on; asked again and again. */
  readonly links: () => readonly InterfaceAddress[]
  readonly openSocket: (family: 4 | 6) => SsdpSocket
  /** Takes all that is answered. */
  readonly onAnswer: (datagram: Uint8Array, from: string) => void
  readonly clock: Clock
  readonly log: Logger
}

/** Looks for renderers on all links, every 2 minutes and where a link is new. */
export class RendererSearch {
  readonly #options: RendererSearchOptions
  readonly #clients = new Map<string, SearchClient>()
  #cancelRepeat = (): void => {}
  #cancelTimer = (): void => {}
  #searchedAt = Number.NEGATIVE_INFINITY
  #isClosed = false

  constructor(options: RendererSearchOptions) {
    this.#options = options
  }

  /** Goes on until it is closed. */
  start(): void {
    void this.#look()
  }

  /** Looks on all links now. Never rejects. */
  async search(): Promise<void> {
    await this.#follow()
    if (this.#isClosed) return
    const { clock } = this.#options
    this.#searchedAt = clock.now()
    this.#send()
    this.#cancelRepeat()
    this.#cancelRepeat = clock.after(REPEAT_MS, () => this.#send())
  }

  close(): void {
    this.#isClosed = true
    this.#cancelRepeat()
    this.#cancelTimer()
    for (const client of this.#clients.values()) client.stop()
    this.#clients.clear()
  }

  async #look(): Promise<void> {
    const { clock } = this.#options
    const hasNew = await this.#follow()
    if (this.#isClosed) return
    if (hasNew || clock.now() - this.#searchedAt >= INTERVAL_MS) await this.search()
    if (this.#isClosed) return
    this.#cancelTimer = clock.after(LOOK_AT_LINKS_MS, () => void this.#look())
  }

  #send(): void {
    for (const client of this.#clients.values()) {
      for (const target of TARGETS) client.search(target)
    }
  }

  /** One client for each link; whether there is a new one. */
  async #follow(): Promise<boolean> {
    const wanted = new Set(
      this.#options
        .links()
        .map(({ address }) => address)
        .filter(isIPv4),
    )
    for (const [address, client] of this.#clients) {
      if (wanted.has(address)) continue
      this.#clients.delete(address)
      client.stop()
    }
    const missing = [...wanted].filter((address) => !this.#clients.has(address))
    const opened = await Promise.all(missing.map((address) => this.#open(address)))
    return opened.includes(true)
  }

  async #open(address: string): Promise<boolean> {
    const { openSocket, onAnswer, log } = this.#options
    const client = new SearchClient({ address, socket: openSocket(4), onAnswer })
    try {
      await client.start()
    } catch (error) {
      log.debug({ err: error, address }, 'cannot search for renderers here yet')
      client.stop()
      return false
    }
    if (this.#isClosed || this.#clients.has(address)) {
      client.stop()
      return false
    }
    this.#clients.set(address, client)
    return true
  }
}
