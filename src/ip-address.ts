import { isIPv6 } from 'node:net'

/**
 * An IP address in its one spelling, without a zone. An IPv4 address stays IPv4 where a dual-stack
 * socket gives it as IPv6 (`::ffff:10.0.0.1`).
 *
 * @param address - As a socket or, without brackets, a URL gives it.
 */
export function plainAddress(address: string): string {
  const withoutZone = unmappedAddress(address).replace(/%.*$/, '')
  if (!isIPv6(withoutZone)) return withoutZone
  const canonical = new URL(`http://[${withoutZone}]/`).hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical)
  if (mapped === null) return canonical
  const bytes = mapped.slice(1).flatMap((group) => {
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
  return bytes.join('.')
}

/** Groups of 16 bits of an IPv6 address that are the network's (RFC 4291, section 2.5.4). */
const NETWORK_GROUPS = 4

/**
 * What one host cannot have many of: an IPv4 address, or the /64 network of an IPv6 address, within which a host may take as many
 * addresses as it likes. Of link-local ones, which a LAN shares, the whole address.
 */
export function hostNetwork(address: string): string {
  const plain = plainAddress(address)
  if (!isIPv6(plain) || /^fe[89ab]/.test(plain)) return plain
  const [before = '', after] = plain.split('::')
  const [left, right] = [before, after ?? ''].map((part) => part.split(':').filter(Boolean))
  const gap = Array.from({ length: 8 - (left ?? []).length - (right ?? []).length }, () => '0')
  const groups = [...(left ?? []), ...gap, ...(right ?? [])]
  return `${groups.slice(0, NETWORK_GROUPS).join(':')}::/64`
}

/** As a dual-stack socket gives it: mapped IPv4 becomes IPv4, and all else stays, its zone too. */
export function unmappedAddress(address: string): string {
  return address.replace(/^::ffff:(?=[\d.]+$)/i, '')
}

/** `::1` of `[::1]`, which is how URLs and peers write IPv6; all else as it is. */
export function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
}

/** The reverse, for an IP address: what goes before the colon of a port. */
export function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}

/** The end of a connection that is ours. */
export interface LocalEnd {
  readonly localAddress?: string | undefined
  readonly localPort?: number | undefined
}

/**
 * What the URLs in an answer begin with: the address that the request came in on, which is the one that
 * the control point can reach. Never the Host header, which anybody can write.
 */
export function baseUrl({ localAddress = '', localPort = 0 }: LocalEnd): string {
  return `http://${bracketed(plainAddress(localAddress))}:${localPort}`
}
