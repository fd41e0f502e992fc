import { isIP } from 'node:net'
import { bracketed, withoutBrackets } from './ip-address.ts'

/** Where a peer is, as text: `1.2.3.4:5`, or `[::1]:5` for IPv6. */
export interface PeerAddress {
  /** IP address, without brackets. */
  readonly address: string
  /** 1 to 65535. */
  readonly port: number
}

/** `null` for what is no IP address with a port behind it. */
export function parsePeerAddress(text: string): PeerAddress | null {
  const [, ipv6 = '', ipv4 = '', digits] = /^(?:\[([^\]]+)\]|([\d.]+)):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (!isPort(port)) return null
  if (isIP(ipv6) === 6) return { address: ipv6, port }
  return isIP(ipv4) === 4 ? { address: ipv4, port } : null
}

/** Whether it is `ip:port`, or `[ip]:port` for IPv6, with a port from 1 to 65535. */
export function isPeerAddress(text: string): boolean {
  return parsePeerAddress(text) !== null
}

/** A port that something can be reached at: 1 to 65535. */
export function isPort(port: unknown): port is number {
  return typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65_535
}

/** The text of it. */
export function endpointOf({ address, port }: PeerAddress): string {
  return `${bracketed(address)}:${port}`
}

/** The IP address of what is known to be a peer's address, without brackets. */
export function addressOf(endpoint: string): string {
  return withoutBrackets(endpoint.replace(/:\d+$/, ''))
}
