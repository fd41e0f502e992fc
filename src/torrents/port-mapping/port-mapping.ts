import { networkInterfaces } from 'node:os'
import type { Logger } from '../../log.ts'
import type { Binding } from '../binding/binding.ts'
import { gatewayAddress } from './gateway-address.ts'
import { addMapping, deleteMapping, findIgd, type Igd } from './igd.ts'
import { type Gateway, mapByNatPmp, NAT_PMP_PORT } from './nat-pmp.ts'
import { LEASE_SECONDS, type PortToMap } from './port-to-map.ts'

const RENEW_MS = (LEASE_SECONDS * 1_000) / 2
const RETRY_MS = 15 * 60_000
/** A router that does not answer must not hold up a shutdown. */
const CLOSE_TIMEOUT_MS = 1_000
const ANSWER_TIMEOUT_MS = 3_000
const SSDP = { host: '239.255.255.250', port: 1_900 }

export interface PortMappingOptions {
  readonly ports: () => readonly PortToMap[]
  /** The router of this interface alone is asked; of any for `null` or absent. */
  readonly binding?: Binding | null
  readonly log: Logger
  /** NAT-PMP; found in the system when absent, not asked where `null`. */
  readonly gateway?: Gateway | null
  /** Our addresses, with a router on the network of each, perhaps. */
  readonly clients?: readonly string[]
  /** Where routers are searched for; their multicast group when absent. */
  readonly searchAt?: { readonly host: string; readonly port: number }
  /** How long a search waits for routers; 3,000. */
  readonly answerTimeoutMs?: number
}

type Router =
  | { readonly kind: 'nat-pmp'; readonly gateway: Gateway }
  | { readonly kind: 'igd'; readonly igd: Igd }

/**
 * Asks the router to let peers in: by NAT-PMP (RFC 6886), else by UPnP. Whatever on the LAN says
 * that it is a router is asked nothing but this, at its own address, and its answers have limits.
 */
export class PortMapping {
  readonly #options: PortMappingOptions
  readonly #mapped: { readonly router: Router; readonly port: PortToMap }[] = []
  /** Settled unless a router has been asked and has not answered yet. */
  #asking: Promise<unknown> = Promise.resolve()
  #timer: NodeJS.Timeout | null = null
  #isClosed = false

  readonly #stopListening: () => void

  constructor(options: PortMappingOptions) {
    this.#options = options
    this.#stopListening = options.binding?.onChange(() => this.#move()) ?? (() => {})
  }

  /** Maps the ports, and again before the router forgets them. Never rejects. */
  async open(): Promise<void> {
    const isMapped = await this.#mapAll()
    if (this.#isClosed) return
    this.#timer = setTimeout(() => void this.open(), isMapped ? RENEW_MS : RETRY_MS).unref()
  }

  /** Takes the mappings back, if the router is quick. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#stopListening()
    if (this.#timer !== null) clearTimeout(this.#timer)
    const undone = this.#mapped.splice(0).map(({ router, port }) => unmap(router, port))
    const tooLate = new Promise<void>((resolve) => {
      setTimeout(resolve, CLOSE_TIMEOUT_MS).unref()
    })
    await Promise.race([Promise.all([...undone, this.#asking]), tooLate])
  }

  /** Our address has changed: what was mapped leads nowhere. */
  #move(): void {
    this.#mapped.splice(0)
    if (this.#timer !== null) clearTimeout(this.#timer)
    void this.open()
  }

  async #mapAll(): Promise<boolean> {
    const ports = this.#options.ports()
    const router = await this.#findRouter(ports[0])
    if (router === null) {
      this.#options.log.debug('no router forwards ports')
      return false
    }
    let mappedNow = 0
    for (const port of ports) {
      if (this.#isClosed) return false
      const asking = this.#map(router, port)
      this.#asking = asking
      if (await asking) mappedNow++
    }
    this.#options.log.debug({ by: router.kind, ports: mappedNow }, 'ports forwarded')
    return mappedNow > 0
  }

  /** What is mapped while we are being closed is taken back here. */
  async #map(router: Router, port: PortToMap): Promise<boolean> {
    if (!(await map(router, port))) return false
    if (this.#isClosed) {
      await unmap(router, port)
      return false
    }
    const known = this.#mapped.findIndex((one) => {
      return one.port.port === port.port && one.port.protocol === port.protocol
    })
    this.#mapped.splice(known === -1 ? this.#mapped.length : known, 1, { router, port })
    return true
  }

  async #findRouter(port: PortToMap | undefined): Promise<Router | null> {
    if (port === undefined) return null
    const { binding = null, searchAt = SSDP } = this.#options
    const { gateway = await systemGateway(binding) } = this.#options
    if (gateway !== null && (await mapByNatPmp(gateway, port))) return { kind: 'nat-pmp', gateway }
    const { clients = ownAddresses(binding), answerTimeoutMs = ANSWER_TIMEOUT_MS } = this.#options
    const searches = clients.map((client) => findIgd(client, searchAt, answerTimeoutMs))
    const found = await Promise.all(searches)
    const igd = found.find((one) => one !== null)
    return igd === undefined ? null : { kind: 'igd', igd }
  }
}

async function map(router: Router, port: PortToMap): Promise<boolean> {
  switch (router.kind) {
    case 'nat-pmp':
      return await mapByNatPmp(router.gateway, port)
    case 'igd':
      return await addMapping(router.igd, port)
  }
}

async function unmap(router: Router, port: PortToMap): Promise<boolean> {
  switch (router.kind) {
    case 'nat-pmp':
      return await mapByNatPmp(router.gateway, port, 0)
    case 'igd':
      return await deleteMapping(router.igd, port)
  }
}

async function systemGateway(binding: Binding | null): Promise<Gateway | null> {
  const host = await gatewayAddress(binding === null ? undefined : bindingName(binding))
  if (host === null) return null
  if (binding === null) return { host, port: NAT_PMP_PORT }
  const source = await binding.sourceTo(host).catch(() => null)
  return source === null ? null : { host, port: NAT_PMP_PORT, source }
}

function bindingName({ addresses }: Binding): string {
  return addresses?.interfaceName ?? ''
}

function ownAddresses(binding: Binding | null): string[] {
  if (binding !== null) return [binding.source(4)].filter((address) => address !== null)
  const interfaces = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return interfaces
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
}
