import { BlockList, isIP, isIPv4 } from 'node:net'

/**
 * `public`: anybody's. `private`: this machine, its networks, and what only they reach. `unusable`:
 * no single machine can have it.
 */
export type AddressKind = 'public' | 'private' | 'unusable'

type Subnet = readonly [network: string, prefixLength: number]

/** RFC 6890, 6598 (carriers' NAT), 2544 (benchmarks). */
const PRIVATE_IPV4: readonly Subnet[] = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
]
/** Unspecified, multicast, reserved and broadcast. */
const UNUSABLE_IPV4: readonly Subnet[] = [
  ['0.0.0.0', 8],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]
/** Loopback, local NAT64 (RFC 8215), Teredo, unique local, link-local, site-local. */
const PRIVATE_IPV6: readonly Subnet[] = [
  ['::1', 128],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
]
/** Unspecified, discard-only, multicast. */
const UNUSABLE_IPV6: readonly Subnet[] = [
  ['::', 128],
  ['100::', 64],
  ['ff00::', 8],
]

/** IPv6 networks in which the next 32 bits are an IPv4 address that is reached through them. */
const EMBEDDINGS: readonly { prefixLength: number; embed: (ipv4: string) => string }[] = [
  // Mapped, compatible (both RFC 4291), and NAT64 (RFC 6052).
  { prefixLength: 96, embed: (ipv4) => `::ffff:${ipv4}` },
  { prefixLength: 96, embed: (ipv4) => `::${ipv4}` },
  { prefixLength: 96, embed: (ipv4) => `64:ff9b::${ipv4}` },
  // 6to4 (RFC 3056).
  { prefixLength: 16, embed: (ipv4) => `2002:${hexGroups(ipv4)}::` },
]

const privateAddresses = blockList(PRIVATE_IPV4, PRIVATE_IPV6)
const unusableAddresses = blockList(UNUSABLE_IPV4, UNUSABLE_IPV6)

/** What kind of address an IP address, in any spelling and with or without a zone, is. */
export function addressKind(address: string): AddressKind {
  const plain = address.replace(/%.*$/, '')
  const family = isIP(plain)
  if (family === 0) return 'unusable'
  const type = family === 4 ? 'ipv4' : 'ipv6'
  // `::` is in the range of what embeds IPv4, and so is `::1`.
  if (isLoopback(plain)) return 'private'
  if (unusableAddresses.check(plain, type)) return 'unusable'
  return privateAddresses.check(plain, type) ? 'private' : 'public'
}

const loopback = new BlockList()
loopback.addAddress('::1', 'ipv6')

function isLoopback(address: string): boolean {
  return !isIPv4(address) && loopback.check(address, 'ipv6')
}

function blockList(ipv4: readonly Subnet[], ipv6: readonly Subnet[]): BlockList {
  const list = new BlockList()
  for (const [network, prefixLength] of ipv6) list.addSubnet(network, prefixLength, 'ipv6')
  for (const [network, prefixLength] of ipv4) {
    list.addSubnet(network, prefixLength, 'ipv4')
    for (const { embed, prefixLength: outer } of EMBEDDINGS) {
      list.addSubnet(embed(network), outer + prefixLength, 'ipv6')
    }
  }
  return list
}

/** `c0a8:0` of `192.168.0.0`. */
function hexGroups(ipv4: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split('.').map(Number)
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}
