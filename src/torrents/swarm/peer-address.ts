import { isIP } from 'node:net'

/** True for `1.2.3.4:5` and `[::1]:5`. */
export function isPeerAddress(text: string): boolean {
  const match = /^(?:\[([^\]]+)\]|([\d.]+)):(\d{1,5})$/.exec(text)
  if (match === null) return false
  const [, ipv6 = '', ipv4 = '', digits] = match
  const port = Number(digits)
  return port > 0 && port < 65_536 && (isIP(ipv6) === 6 || isIP(ipv4) === 4)
}

/** `ip:port` of a connected peer, IPv6 in brackets. */
export function endpointOf({ address, port }: { address: string; port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** The IP address of `ip:port`, without brackets. */
export function addressOf(endpoint: string): string {
  return endpoint.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
}
