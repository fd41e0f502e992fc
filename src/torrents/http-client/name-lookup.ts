import { promises as dns, type LookupAddress } from 'node:dns'
import { isIP } from 'node:net'
import type { Binding } from '../binding/binding.ts'

/** Resolves a host name to its addresses. Rejects with the system's error. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>

const REMEMBERED_MS = 60_000
/** Many torrents name the same trackers. */
const MAX_REMEMBERED = 500
/** The system has threads for two lookups at once; a name whose server is silent takes one for long. */
const MAX_PENDING = 32

interface Remembered {
  readonly addresses: readonly LookupAddress[]
  readonly at: number
}

const systemResolve: Resolve = (host) => dns.lookup(host, { all: true, order: 'verbatim' })

/** From the address that is bound to, where one is. */
export function namesOf(binding: Binding | null): NameLookup {
  return binding === null ? new NameLookup() : new NameLookup((host) => binding.lookUp(host))
}

/** Looks names up once for all who ask at the same time, and remembers the answers for a minute. */
export class NameLookup {
  readonly #resolve: Resolve
  readonly #now: () => number
  readonly #remembered = new Map<string, Remembered>()
  readonly #pending = new Map<string, Promise<readonly LookupAddress[]>>()

  /** @param now - Milliseconds. */
  constructor(resolve: Resolve = systemResolve, now: () => number = () => performance.now()) {
    this.#resolve = resolve
    this.#now = now
  }

  /** An IP address is its own answer. Rejects with the system's error, or while too many are asked. */
  async addresses(host: string): Promise<readonly LookupAddress[]> {
    const family = isIP(host)
    if (family !== 0) return [{ address: host, family }]
    const known = this.#remembered.get(host)
    if (known !== undefined && this.#now() - known.at < REMEMBERED_MS) return known.addresses
    return await (this.#pending.get(host) ?? this.#ask(host))
  }

  async #ask(host: string): Promise<readonly LookupAddress[]> {
    if (this.#pending.size >= MAX_PENDING) throw new Error('too many names are being looked up')
    const asking = this.#resolve(host)
    this.#pending.set(host, asking)
    try {
      const addresses = await asking
      this.#remember(host, addresses)
      return addresses
    } finally {
      this.#pending.delete(host)
    }
  }

  #remember(host: string, addresses: readonly LookupAddress[]): void {
    this.#remembered.delete(host)
    this.#remembered.set(host, { addresses, at: this.#now() })
    if (this.#remembered.size <= MAX_REMEMBERED) return
    for (const oldest of this.#remembered.keys()) {
      this.#remembered.delete(oldest)
      return
    }
  }
}
