import { isIP } from 'node:net'
import type { Clock } from '../../clock.ts'
import type { LocalAddresses } from './local-addresses.ts'
import type { Routes, Way } from './routes.ts'

/** How long an answer of the kernel is believed; what it tells of meanwhile ends that. */
const REMEMBERED_MS = 10_000
const MAX_REMEMBERED = 5_000
/**
 * Addresses of a root server of the DNS, to ask which way the internet is. Nothing is sent there.
 */
const INTERNET = { ipv4: '198.41.0.4', ipv6: '2001:503:ba3e::2:30' } as const
/** What stays on this machine. */
const LOOPBACK = 'lo'
const UNTOLD = 'the system does not say now which way it would send'

/** One of our addresses, and the interface that has it. */
export interface Source {
  readonly address: string
  readonly interfaceName: string
}

interface Remembered {
  readonly fault: string | null
  readonly at: number
}

/** Why nothing may be sent to some address, as the system's routes are: asked, and remembered for a while. */
export class RouteFaults {
  readonly #routes: Routes
  readonly #clock: Clock
  readonly #remembered = new Map<string, Remembered>()
  /** Another one whenever all is forgotten: what was asked before may be wrong by then. */
  #age = 0

  constructor(routes: Routes, clock: Clock) {
    this.#routes = routes
    this.#clock = clock
  }

  /** What was found out not long ago: in words, `null` for no fault, `undefined` for nothing. */
  known(destination: string): string | null | undefined {
    const known = this.#remembered.get(destination)
    if (known === undefined || this.#clock.now() - known.at >= REMEMBERED_MS) return undefined
    return known.fault
  }

  /** In words; `null` where what comes from the source leaves by its interface. */
  async find(destination: string, source: Source): Promise<string | null> {
    const known = this.known(destination)
    if (known !== undefined) return known
    if (isIP(destination) === 0) return 'it is no address'
    const age = this.#age
    const way = await this.#routes.wayTo(destination, source.address)
    const fault = faultOf(way, source, this.#routes.hint)
    if (age === this.#age && way.kind !== 'untold') this.#remember(destination, fault)
    return fault
  }

  forget(): void {
    this.#age++
    this.#remembered.clear()
  }

  #remember(destination: string, fault: string | null): void {
    this.#remembered.delete(destination)
    this.#remembered.set(destination, { fault, at: this.#clock.now() })
    if (this.#remembered.size <= MAX_REMEMBERED) return
    for (const oldest of this.#remembered.keys()) {
      this.#remembered.delete(oldest)
      return
    }
  }
}

function faultOf(way: Way, { address, interfaceName }: Source, hint: string): string | null {
  switch (way.kind) {
    case 'unknown':
      return null
    case 'untold':
      return UNTOLD
    case 'nowhere':
      return `the system has no route to it from ${address}`
    case 'by':
      if (way.interfaceName === interfaceName || way.interfaceName === LOOPBACK) return null
      return `the system would send what comes from ${address} by ${way.interfaceName}, not ${interfaceName}${hint}`
  }
}

/**
 * Why what comes from our addresses would go to the internet by another interface, in words; `null` also
 * where the internet is not reached at all: nothing leaves then.
 */
export async function internetFault(
  routes: Routes,
  { interfaceName, ipv4, ipv6 }: LocalAddresses,
): Promise<string | null> {
  for (const [source, destination] of [
    [ipv4, INTERNET.ipv4],
    [ipv6, INTERNET.ipv6],
  ] as const) {
    if (source === null) continue
    const way = await routes.wayTo(destination, source)
    if (way.kind === 'untold') return UNTOLD
    if (way.kind !== 'by' || way.interfaceName === interfaceName) continue
    return (
      `the system would send to the internet from ${source} by ${way.interfaceName}; ` +
      `it needs a route for what comes from that address (docs/binding.md)${routes.hint}`
    )
  }
  return null
}
