import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { AddressRanges, addressRanges, parseAddressRange } from '../../address-ranges.ts'
import { plainAddress } from '../../ip-address.ts'

/**
 * Loopback; private IPv4 (RFC 1918) and link-local (RFC 3927); unique local (RFC 4193) and link-local
 * IPv6 (RFC 4291, 2.5.6). 100.64.0.0/10 (RFC 6598) is what Tailscale gives out; the other use of
 * these, between a provider and its customers, ends at a router that has one of them itself.
 */
const PRIVATE = addressRanges(
  ...['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'],
  ...['100.64.0.0/10', '::1', 'fc00::/7', 'fe80::/10'],
)

/** Behind a router that translates addresses, what interfaces have; RFC 1918. */
const BEHIND_A_ROUTER = addressRanges('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16')

/** A network of a home is a /64 (RFC 7421); what is shorter reaches beyond it. */
const HOME_PREFIX_LENGTH = 64

/** As `networkInterfaces()` of node:os gives them. */
export type Interfaces = Readonly<
  Record<string, readonly { readonly address: string; readonly cidr: string | null }[] | undefined>
>

/** Interfaces change rarely, and asking the system costs some 100 µs; ms. */
const REMEMBERED_MS = 10_000

/** Tells who is on our own networks. */
export class LanAddresses {
  readonly #interfaces: () => Interfaces
  readonly #now: () => number
  #homes = new AddressRanges()
  #readAt = Number.NEGATIVE_INFINITY

  /** `now` in ms, never going backwards. */
  constructor(
    interfaces: () => Interfaces = networkInterfaces,
    now: () => number = () => performance.now(),
  ) {
    this.#interfaces = interfaces
    this.#now = now
  }

  /**
   * Whether an address is private, or of the same IPv6 network as an interface of ours that has a
   * private IPv4 address too: in a home, machines reach each other by their global IPv6 addresses.
   */
  includes(address: string): boolean {
    if (PRIVATE.includes(address)) return true
    if (!isIPv6(plainAddress(address))) return false
    if (this.#now() - this.#readAt >= REMEMBERED_MS) {
      this.#homes = homesOf(this.#interfaces())
      this.#readAt = this.#now()
    }
    return this.#homes.includes(address)
  }
}

function homesOf(interfaces: Interfaces): AddressRanges {
  const ranges = Object.values(interfaces).flatMap((entries = []) => {
    if (!entries.some(({ address }) => BEHIND_A_ROUTER.includes(address))) return []
    return entries.flatMap(({ cidr }) => {
      const range = cidr === null ? null : parseAddressRange(cidr)
      if (range === null || !isIPv6(range.address)) return []
      return range.prefixLength < HOME_PREFIX_LENGTH ? [] : [range]
    })
  })
  return new AddressRanges(ranges)
}
