import { BlockList, isIPv4, isIPv6 } from 'node:net'
import type { NetworkInterfaceInfo } from 'node:os'
import { unmappedAddress } from '../../ip-address.ts'

/** What `os.networkInterfaces()` returns. */
export type NetworkInterfaces = NodeJS.Dict<NetworkInterfaceInfo[]>

/** One IPv4 address of an interface. */
export interface InterfaceAddress {
  /** The interface's name: eth0. */
  readonly name: string
  readonly address: string
  /** Length of the network's prefix in bits, 0 to 32. */
  readonly prefixLength: number
  readonly isLoopback: boolean
}

/** Which interfaces to advertise on. */
export interface InterfaceSelection {
  /** Only these, of whatever kind they are; empty for all that lead to a LAN. */
  readonly interfaceNames: readonly string[]
  /** The address that HTTP listens on; `::` or `0.0.0.0` for all. */
  readonly host: string
}

/** Bridges and tunnels of containers, virtual machines and VPNs: no TV is behind them. */
const VIRTUAL_NAME = /^(docker0|br-[0-9a-f]{12}|(veth|virbr|tun|tap|wg).*)$/

/**
 * The addresses to advertise and to show to people. If none leads to a LAN, all that are not loopback:
 * a wrong guess must not make the server invisible.
 */
export function interfaceAddresses(
  interfaces: NetworkInterfaces,
  { interfaceNames, host }: InterfaceSelection,
): readonly InterfaceAddress[] {
  const listening = ipv4Addresses(interfaces).filter(
    ({ address }) => isWildcard(host) || address === unmappedAddress(host),
  )
  if (interfaceNames.length > 0)
    return listening.filter(({ name }) => interfaceNames.includes(name))
  const external = listening.filter(({ isLoopback }) => !isLoopback)
  if (!isWildcard(host)) return external
  const lan = external.filter(({ name, address }) => !isVirtual(name) && !isLinkLocal(address))
  return lan.length > 0 ? lan : external
}

/** Sentences for a person: why TVs may not find a server that is advertised at `addresses`. */
export function interfaceWarnings(
  addresses: readonly InterfaceAddress[],
  { interfaceNames, host }: InterfaceSelection,
): readonly string[] {
  const names = addresses.map(({ name }) => name)
  if (addresses.length === 0) {
    if (isLoopback(host)) return ['only this machine can reach the server: TVs will not find it']
    if (isIPv6(unmappedAddress(host)) && !isWildcard(host))
      return ['TVs need an IPv4 address: they will not find it']
    return ['no network: TVs find the server once there is one']
  }
  if (interfaceNames.length === 0 && names.every(isVirtual)) {
    return [`only addresses of containers or tunnels (${names.join(', ')}): TVs may not reach them`]
  }
  return []
}

export function isVirtual(interfaceName: string): boolean {
  return VIRTUAL_NAME.test(interfaceName)
}

/** Whether a listening address means every interface. */
export function isWildcard(host: string): boolean {
  return host === '::' || unmappedAddress(host) === '0.0.0.0'
}

/** Whether only this machine can reach a listening address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || unmappedAddress(host).startsWith('127.')
}

/** The address whose network an IPv4 address belongs to; the narrowest network wins. */
export function interfaceTowards(
  address: string,
  addresses: readonly InterfaceAddress[],
): InterfaceAddress | undefined {
  if (!isIPv4(address)) return undefined
  return addresses
    .filter((candidate) => isInNetwork(address, candidate))
    .toSorted((a, b) => b.prefixLength - a.prefixLength)[0]
}

function isInNetwork(address: string, network: InterfaceAddress): boolean {
  const block = new BlockList()
  block.addSubnet(network.address, network.prefixLength)
  return block.check(address)
}

function ipv4Addresses(interfaces: NetworkInterfaces): readonly InterfaceAddress[] {
  return Object.entries(interfaces).flatMap(([name, infos = []]) =>
    infos
      .filter(({ family }) => family === 'IPv4')
      .map(({ address, cidr, internal }) => ({
        name,
        address,
        prefixLength: cidr === null ? 32 : Number(cidr.split('/')[1]),
        isLoopback: internal,
      })),
  )
}

function isLinkLocal(address: string): boolean {
  return address.startsWith('169.254.')
}
