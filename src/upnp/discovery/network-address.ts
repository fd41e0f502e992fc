import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { plainAddress } from '../../ip-address.ts'

/** An address and the network that it stands in. */
export interface NetworkAddress {
  readonly address: string
  /** Length of the network's prefix in bits: 0 to 32, of IPv6 to 128. */
  readonly prefixLength: number
}

/** RFC 1918, 3927, 4193 and 4291: what no router of the internet forwards. */
const PRIVATE_NETWORKS: readonly NetworkAddress[] = [
  { address: '10.0.0.0', prefixLength: 8 },
  { address: '172.16.0.0', prefixLength: 12 },
  { address: '192.168.0.0', prefixLength: 16 },
  { address: '169.254.0.0', prefixLength: 16 },
  { address: 'fc00::', prefixLength: 7 },
  { address: 'fe80::', prefixLength: 10 },
]

/** Longer prefixes leave no room for a second machine: they say nothing of who else is there. */
const LONGEST_SHARED_PREFIX = { ipv4: 30, ipv6: 126 }

/** Whether an address, with or without a zone, belongs to some LAN. */
export function isPrivate(address: string): boolean {
  return PRIVATE_NETWORKS.some((network) => isInNetwork(address, network))
}

/** fe80::/10, which means another network on each link. */
export function isLinkLocalIPv6(address: string): boolean {
  return isInNetwork(address, { address: 'fe80::', prefixLength: 10 })
}

/** False where one is IPv4 and the other IPv6; an IPv4 address mapped to IPv6 counts as IPv4. */
export function isInNetwork(address: string, network: NetworkAddress): boolean {
  const plain = plainAddress(address)
  if (isIPv4(plain) !== isIPv4(network.address) || !(isIPv4(plain) || isIPv6(plain))) return false
  const family = isIPv4(plain) ? 'ipv4' : 'ipv6'
  const block = new BlockList()
  block.addSubnet(network.address, network.prefixLength, family)
  return block.check(plain, family)
}

/** Whether both stand in one and the same network, so that whoever hears one hears the other. */
export function isSameNetwork(a: NetworkAddress, b: NetworkAddress): boolean {
  const longest = LONGEST_SHARED_PREFIX[isIPv4(a.address) ? 'ipv4' : 'ipv6']
  if (a.prefixLength !== b.prefixLength || a.prefixLength > longest) return false
  return !isLinkLocalIPv6(a.address) && isInNetwork(a.address, b)
}
