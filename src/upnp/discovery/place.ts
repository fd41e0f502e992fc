import { isIPv4 } from 'node:net'
import { isInNetwork, isLinkLocalIPv6, isPrivate, isSameNetwork } from './network-address.ts'
import type { InterfaceAddress } from './network-interfaces.ts'
import type { Scope } from './ssdp-group.ts'

/**
 * Where the server is seen: one link in one scope. All who listen there hear all that is said, so one
 * address is announced, however many there are: two would take turns in what a TV believes.
 */
export interface Place {
  readonly scope: Scope
  /** The one in LOCATION, and what multicast leaves by. */
  readonly announced: InterfaceAddress
  /** All of ours in this scope of the link, the announced one among them. */
  readonly addresses: readonly InterfaceAddress[]
}

/**
 * The places that a machine with these addresses is seen at. Addresses of one interface are on one
 * link, and so are interfaces with addresses in one network, or that were found to share a wire. What was announced before stays announced
 * as long as the address is there.
 */
export function placesOf(
  addresses: readonly InterfaceAddress[],
  before: readonly Place[],
): readonly Place[] {
  return linksOf(addresses).flatMap((link) =>
    SCOPES.flatMap((scope) => placeOn(link, scope, before) ?? []),
  )
}

const SCOPES: readonly Scope[] = ['ipv4', 'ipv6-link', 'ipv6-site']

/** Whether what is heard at one is heard at the other. */
export function isSameLink(a: Place, b: Place): boolean {
  return a.scope === b.scope && a.addresses.some((one) => b.addresses.some(isBeside(one)))
}

/** The same address may be on two interfaces. */
export function isSameAddress(a: InterfaceAddress, b: InterfaceAddress): boolean {
  return a.name === b.name && a.address === b.address
}

/** A place, and which of its addresses is to be named to somebody. */
export interface Meeting<P extends Place = Place> {
  readonly place: P
  readonly address: InterfaceAddress
}

/**
 * Where somebody is met: by the zone of a link-local IPv6 address, else by the network; the narrowest
 * wins, and of two in it the announced one, so that nobody is named two. `null` for strangers.
 */
export function meetingWith(address: string, places: readonly Place[]): Meeting | null {
  const zone = /%(.+)$/.exec(address)?.[1]
  const meetings = places.flatMap((place) =>
    [place.announced, ...place.addresses].map((own) => ({ place, address: own })),
  )
  const found = meetings
    .filter(({ address: own }) => isInNetwork(address, own) && (!zone || zone === own.name))
    .toSorted((a, b) => b.address.prefixLength - a.address.prefixLength)[0]
  return found ?? null
}

/** The announced address, and of each other network at the place one. */
export function networksOf({ announced, addresses }: Place): readonly InterfaceAddress[] {
  const found = [announced]
  for (const address of addresses) {
    if (!found.some((one) => one.address === address.address || isSameNetwork(one, address)))
      found.push(address)
  }
  return found
}

/** The place that has an address of this machine. */
export function meetingAt(ownAddress: string, places: readonly Place[]): Meeting | null {
  for (const place of places) {
    const address = place.addresses.find((own) => own.address === ownAddress)
    if (address !== undefined) return { place, address }
  }
  return null
}

function placeOn(
  link: readonly InterfaceAddress[],
  scope: Scope,
  before: readonly Place[],
): Place | null {
  const addresses = link.filter((one) => scopeOf(one) === scope)
  const known = before.filter((place) => place.scope === scope).map(({ announced }) => announced)
  const kept = known.flatMap((one) => addresses.find((own) => isSameAddress(own, one)) ?? [])[0]
  const [preferred] = addresses.toSorted((a, b) => preference(b) - preference(a))
  const announced = kept ?? preferred
  return announced === undefined ? null : { scope, announced, addresses }
}

/** TVs have private addresses; 169.254.0.0/16 is what is left when nobody gives any. */
function preference({ address }: InterfaceAddress): number {
  if (address.startsWith('169.254.')) return 0
  return isPrivate(address) ? 2 : 1
}

function scopeOf({ address }: InterfaceAddress): Scope {
  if (isIPv4(address)) return 'ipv4'
  return isLinkLocalIPv6(address) ? 'ipv6-link' : 'ipv6-site'
}

/** Addresses by link, those of one link in the order of the machine. */
function linksOf(addresses: readonly InterfaceAddress[]): readonly (readonly InterfaceAddress[])[] {
  let links: readonly (readonly InterfaceAddress[])[] = []
  for (const address of addresses) {
    const joined = links.filter((link) => link.some(isBeside(address)))
    const [first = []] = joined
    const others = links.filter((link) => !joined.includes(link) || link === first)
    const grown = [...joined.flat(), address]
    links =
      joined.length === 0 ? [...links, grown] : others.map((one) => (one === first ? grown : one))
  }
  return links.map((link) => addresses.filter((address) => link.includes(address)))
}

function isBeside(a: InterfaceAddress): (b: InterfaceAddress) => boolean {
  const isSameWire = ({ wire }: InterfaceAddress): boolean => wire !== undefined && wire === a.wire
  return (b) => a.name === b.name || isSameWire(b) || isSameNetwork(a, b)
}
