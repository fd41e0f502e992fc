import type { LookupAddress } from 'node:dns'
import { getServers } from 'node:dns'
import { Resolver } from 'node:dns/promises'
import { isIPv6 } from 'node:net'
import { withoutBrackets } from '../../ip-address.ts'
import type { Binding } from './binding.ts'

/** Each try of a name server; with two tries for each. */
const TRY = { timeout: 3_000, tries: 2 }
/** An IPv4 and an IPv6 source, of which a resolver has to have both. */
const NONE = { ipv4: '0.0.0.0', ipv6: '::' } as const

/**
 * Looks names up from the address that is bound to, at name servers that are reached by its interface
 * alone. The system's own way, which `dns.lookup` takes, goes by whichever interface there is.
 */
export class BoundNames {
  readonly #binding: Pick<Binding, 'source' | 'sourceTo'>
  /** Those of the system when `null`. */
  readonly #servers: readonly string[] | null

  constructor(binding: Pick<Binding, 'source' | 'sourceTo'>, servers: readonly string[] | null) {
    this.#binding = binding
    this.#servers = servers
  }

  /** Addresses of the families that we have one of. Rejects with an Error in words for people. */
  async lookUp(name: string): Promise<readonly LookupAddress[]> {
    const resolver = await this.#resolver()
    const [ipv4, ipv6] = await Promise.all([
      this.#binding.source(4) === null ? [] : resolver.resolve4(name).catch(nothing),
      this.#binding.source(6) === null ? [] : resolver.resolve6(name).catch(nothing),
    ])
    return [
      ...ipv4.map((address) => ({ address, family: 4 })),
      ...ipv6.map((address) => ({ address, family: 6 })),
    ]
  }

  async #resolver(): Promise<Resolver> {
    const usable: string[] = []
    for (const server of this.#servers ?? getServers()) {
      const isAllowed = await this.#binding.sourceTo(hostOf(server)).then(
        () => true,
        () => false,
      )
      if (isAllowed) usable.push(server)
    }
    if (usable.length === 0) {
      throw new Error('no name server is reached by what is bound to (--bind-dns names others)')
    }
    const resolver = new Resolver(TRY)
    resolver.setServers(usable)
    resolver.setLocalAddress(
      this.#binding.source(4) ?? NONE.ipv4,
      this.#binding.source(6) ?? NONE.ipv6,
    )
    return resolver
  }
}

/** Of `192.0.2.1`, `192.0.2.1:53`, `fd00::53` or `[fd00::53]:53`. */
function hostOf(server: string): string {
  if (isIPv6(server)) return server
  const host = server.replace(/:\d+$/, '')
  return withoutBrackets(host)
}

/** Of one family there may be no address; the other has one. */
function nothing(): string[] {
  return []
}
