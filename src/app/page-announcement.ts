import { networkInterfaces } from 'node:os'
import type { CiaoService, Responder } from '@homebridge/ciao'
import type { Logger } from '../log.ts'
import {
  type InterfaceSelection,
  interfaceAddresses,
  isLoopback,
  type NetworkInterfaces,
} from '../upnp/discovery/network-interfaces.ts'

export interface PageAnnouncementOptions {
  /** As people read it in a list of services; at most 63 bytes count. */
  readonly friendlyName: string
  readonly httpPort: number
  readonly selection: InterfaceSelection
  readonly log: Logger
  readonly ports?: Partial<AnnouncementPorts>
}

/** The world outside; the defaults are this machine's. */
export interface AnnouncementPorts {
  readonly networkInterfaces: () => NetworkInterfaces
  readonly loadCiao: () => Promise<Pick<typeof import('@homebridge/ciao'), 'getResponder'>>
}

/** Without the `.local` behind it. */
export const PAGE_HOST = 'tributary'

/** How soon a network that comes or goes is noticed. */
const LOOK_EVERY_MS = 15_000
/** A goodbye that nobody hears must not hold up a shutdown. */
const CLOSE_TIMEOUT_MS = 1_000
const MAX_NAME_BYTES = 63

/**
 * Tells the LAN by multicast DNS (RFC 6762, 6763) that the page is at `tributary.local`: browsers open it
 * by that name, and lists of services show it. Where another machine has the name, it becomes
 * `tributary-2.local`. Never rejects.
 */
export class PageAnnouncement {
  readonly #options: PageAnnouncementOptions
  readonly #ports: AnnouncementPorts
  #interfaceNames = ''
  /** Counts what was to be announced; only the latest is. */
  #turn = 0
  #responder: Responder | null = null
  #timer: NodeJS.Timeout | null = null

  constructor(options: PageAnnouncementOptions) {
    this.#options = options
    this.#ports = { networkInterfaces, loadCiao, ...options.ports }
  }

  open(): void {
    this.#look()
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref()
  }

  /** Says goodbye. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#turn++
    await this.#silence()
  }

  #look(): void {
    const addresses = interfaceAddresses(this.#ports.networkInterfaces(), this.#options.selection)
    const names = [
      ...new Set(addresses.filter(({ address }) => !isLoopback(address)).map(({ name }) => name)),
    ]
    if (names.join(' ') === this.#interfaceNames) return
    this.#interfaceNames = names.join(' ')
    this.#announce(names).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'the page is not announced by mDNS')
    })
  }

  async #announce(interfaceNames: readonly string[]): Promise<void> {
    const { friendlyName, httpPort, log } = this.#options
    const turn = ++this.#turn
    await this.#silence()
    if (interfaceNames.length === 0) return
    const { getResponder } = await this.#ports.loadCiao()
    if (turn !== this.#turn) return
    const responder = getResponder({ interface: [...interfaceNames] })
    this.#responder = responder
    const service: CiaoService = responder.createService({
      name: shortened(friendlyName),
      type: 'http',
      hostname: PAGE_HOST,
      port: httpPort,
      txt: { path: '/web/' },
    })
    service.on('hostname-change', (host) => {
      log.info({ host }, 'another machine is called tributary.local')
    })
    await service.advertise()
    log.debug({ interfaces: interfaceNames }, 'page announced by mDNS')
  }

  async #silence(): Promise<void> {
    const responder = this.#responder
    this.#responder = null
    if (responder === null) return
    let timer: NodeJS.Timeout | undefined
    const tooLate = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_TIMEOUT_MS)
    })
    await Promise.race([responder.shutdown(), tooLate]).catch(() => {
      // Whatever is wrong with a network that is left is no longer ours.
    })
    clearTimeout(timer)
  }
}

/** Its source-map-support would rewrite the stacks of all errors, which tell us whose fault they are. */
async function loadCiao(): Promise<typeof import('@homebridge/ciao')> {
  const { prepareStackTrace } = Error
  const emit = Object.getOwnPropertyDescriptor(process, 'emit')
  try {
    return await import('@homebridge/ciao')
  } finally {
    Reflect.set(Error, 'prepareStackTrace', prepareStackTrace)
    Reflect.deleteProperty(process, 'emit')
    if (emit !== undefined) Object.defineProperty(process, 'emit', emit)
  }
}

function shortened(name: string): string {
  let text = name
  while (Buffer.byteLength(text) > MAX_NAME_BYTES) text = text.slice(0, -1)
  return text.toWellFormed()
}
