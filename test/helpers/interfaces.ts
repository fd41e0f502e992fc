import { isIPv6 } from 'node:net'
import type { NetworkInterfaceInfo } from 'node:os'

/** As `os.networkInterfaces()` gives them; `lo` is the machine's own. */
export function interfacesOf(
  addresses: Readonly<Record<string, readonly string[]>>,
): NodeJS.Dict<NetworkInterfaceInfo[]> {
  return Object.fromEntries(
    Object.entries(addresses).map(([name, list]) => [name, list.map((one) => infoOf(name, one))]),
  )
}

function infoOf(name: string, address: string): NetworkInterfaceInfo {
  const common = { address, mac: '00:00:00:00:00:00', internal: name === 'lo' }
  return isIPv6(address)
    ? {
        ...common,
        family: 'IPv6',
        netmask: 'ffff:ffff:ffff:ffff::',
        cidr: `${address}/64`,
        scopeid: 0,
      }
    : { ...common, family: 'IPv4', netmask: '255.255.255.0', cidr: `${address}/24` }
}
