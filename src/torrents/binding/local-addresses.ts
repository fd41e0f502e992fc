import { isIP, isIPv6 } from 'node:net'
import type { NetworkInterfaceInfo } from 'node:os'

/** What `os.networkInterfaces()` returns: interfaces that are up. */
export type NetworkInterfaces = NodeJS.Dict<NetworkInterfaceInfo[]>

/** What of this machine BitTorrent traffic leaves by. */
export interface LocalAddresses {
  readonly interfaceName: string
  /** `null` where there is none. */
  readonly ipv4: string | null
  readonly ipv6: string | null
}

/** Those of an interface, or of the interface that has an address; `null` where it is not there. */
export function findLocalAddresses(
  interfaceOrAddress: string,
  interfaces: NetworkInterfaces,
): LocalAddresses | null {
  const family = isIP(interfaceOrAddress)
  return family === 0
    ? ofInterface(interfaceOrAddress, interfaces)
    : withAddress(interfaceOrAddress, family === 6, interfaces)
}

/** One of each family; those of a link alone reach nobody in the internet. */
function ofInterface(interfaceName: string, interfaces: NetworkInterfaces): LocalAddresses | null {
  const addresses = interfaces[interfaceName] ?? []
  const ipv4 = addresses.find(({ family }) => family === 'IPv4')?.address ?? null
  const ipv6 =
    addresses.find(({ family, address }) => family === 'IPv6' && !isLinkLocal(address))?.address ??
    null
  return ipv4 === null && ipv6 === null ? null : { interfaceName, ipv4, ipv6 }
}

function withAddress(
  address: string,
  isIpv6: boolean,
  interfaces: NetworkInterfaces,
): LocalAddresses | null {
  for (const [interfaceName, infos = []] of Object.entries(interfaces)) {
    const isThere = infos.some((info) => info.address === address || isLoopbackOf(info, address))
    if (!isThere) continue
    return isIpv6
      ? { interfaceName, ipv4: null, ipv6: address }
      : { interfaceName, ipv4: address, ipv6: null }
  }
  return null
}

/** All of 127.0.0.0/8 is there where 127.0.0.1 is. */
function isLoopbackOf({ internal, family }: NetworkInterfaceInfo, address: string): boolean {
  return internal && family === 'IPv4' && address.startsWith('127.')
}

function isLinkLocal(address: string): boolean {
  return isIPv6(address) && /^fe[89ab]/i.test(address)
}
