import { isIPv6 } from 'node:net'
import type { NetworkInterfaceInfo } from 'node:os'
import { unmappedAddress } from '../../ip-address.ts'
import { isInNetwork, type NetworkAddress } from './network-address.ts'

/** What `os.networkInterfaces()` returns. */
export type NetworkInterfaces = NodeJS.Dict<NetworkInterfaceInfo[]>

/** One address of an interface. */
export interface InterfaceAddress extends NetworkAddress {
  /** The interface's name: eth0. */
  readonly name: string
  readonly isLoopback: boolean
  /** Common to all interfaces on one link, where that is known. */
  readonly wire?: string
}

/** Which interfaces to advertise on. */
export interface InterfaceSelection {
  /** Only these, of whatever kind they are; empty for all that lead to a LAN. */
  readonly interfaceNames: readonly string[]
  /** The address that HTTP listens on; `::` or `0.0.0.0` for all. */
  readonly host: string
}

/** Bridges and tunnels of containers, virtual machines and VPNs: no TV is behind them. */
const VIRTUAL_NAMES = ['docker0', 'docker_gwbridge', 'br-[0-9a-f]{12}', 'hassio', 'nordlynx']
const VIRTUAL_PREFIXES = [
  ...['veth', 'podman', 'cni', 'flannel', 'lxc', 'lxd'],
  ...['virbr', 'vmnet', 'vboxnet'],
  ...['tun', 'tap', 'wg', 'tailscale', 'ppp'],
]
const VIRTUAL_NAME = new RegExp(`^(${VIRTUAL_NAMES.join('|')}|(${VIRTUAL_PREFIXES.join('|')}).*)$`)

/**
 * The IPv4 addresses to advertise and to show to people. If none leads to a LAN, all that are not
 * loopback: a wrong guess must not make the server invisible.
 */
export function interfaceAddresses(
  interfaces: NetworkInterfaces,
  selection: InterfaceSelection,
): readonly InterfaceAddress[] {
  const { interfaceNames, host } = selection
  const selected = selectedAddresses(addressesOf(interfaces, 'IPv4'), selection)
  if (interfaceNames.length > 0 || !isWildcard(host)) return selected
  const lan = selected.filter(({ name, address }) => !isVirtual(name) && !isLinkLocal(address))
  return lan.length > 0 ? lan : selected
}

/** The IPv6 addresses to advertise, by the same rules; none where HTTP listens on IPv4 alone. */
export function ipv6InterfaceAddresses(
  interfaces: NetworkInterfaces,
  selection: InterfaceSelection,
): readonly InterfaceAddress[] {
  const { interfaceNames, host } = selection
  if (!isIPv6(unmappedAddress(host))) return []
  const selected = selectedAddresses(addressesOf(interfaces, 'IPv6'), selection)
  if (interfaceNames.length > 0 || !isWildcard(host)) return selected
  const lan = selected.filter(({ name }) => !isVirtual(name))
  return lan.length > 0 ? lan : selected
}

/** What Docker and Podman give to the containers of a network of their own. */
const CONTAINER_NETWORK: NetworkAddress = { address: '172.16.0.0', prefixLength: 12 }

/**
 * Sentences for a person: why TVs may not find a server that is advertised at `addresses`.
 *
 * @param isContainer - Whether this machine is one.
 */
export function interfaceWarnings(
  addresses: readonly InterfaceAddress[],
  { interfaceNames, host }: InterfaceSelection,
  { isContainer = false }: { readonly isContainer?: boolean } = {},
): readonly string[] {
  const names = [...new Set(addresses.map(({ name }) => name))]
  if (addresses.length === 0) {
    if (isLoopback(host)) return ['only this machine can reach the server: TVs will not find it']
    if (isIPv6(unmappedAddress(host)) && !isWildcard(host))
      return ['TVs need an IPv4 address: they will not find it']
    return ['no network: TVs find the server once there is one']
  }
  if (interfaceNames.length > 0) return []
  if (names.every(isVirtual)) {
    return [`only addresses of containers or tunnels (${names.join(', ')}): TVs may not reach them`]
  }
  if (isContainer && addresses.every(({ address }) => isInNetwork(address, CONTAINER_NETWORK))) {
    const found = addresses.map(({ address }) => address).join(', ')
    return [
      `only a container's own network (${found}): TVs find the server on the host's (--network host)`,
    ]
  }
  return []
}

/** Whether it is one of containers, virtual machines or a VPN, where no TV is. */
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

function selectedAddresses(
  addresses: readonly InterfaceAddress[],
  { interfaceNames, host }: InterfaceSelection,
): readonly InterfaceAddress[] {
  const listening = addresses.filter(
    ({ address }) => isWildcard(host) || address === withoutZone(unmappedAddress(host)),
  )
  return interfaceNames.length > 0
    ? listening.filter(({ name }) => interfaceNames.includes(name))
    : listening.filter(({ isLoopback }) => !isLoopback)
}

function addressesOf(
  interfaces: NetworkInterfaces,
  wanted: 'IPv4' | 'IPv6',
): readonly InterfaceAddress[] {
  return Object.entries(interfaces).flatMap(([name, infos = []]) =>
    infos
      .filter(({ family }) => family === wanted)
      .map(({ address, cidr, internal }) => ({
        name,
        address,
        prefixLength: cidr === null ? hostPrefix(wanted) : Number(cidr.split('/')[1]),
        isLoopback: internal,
      })),
  )
}

function hostPrefix(family: 'IPv4' | 'IPv6'): number {
  return family === 'IPv4' ? 32 : 128
}

function isLinkLocal(address: string): boolean {
  return address.startsWith('169.254.')
}

function withoutZone(host: string): string {
  return host.replace(/%.*$/, '')
}
