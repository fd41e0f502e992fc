import { isIPv6 } from 'node:net'
import { ipv6Digits } from './ipv6-ranges.ts'

/** Both ends inclusive: numbers of IPv4, 32 hexadecimal digits of IPv6. */
export type BlockedRange =
  | { readonly family: 4; readonly start: number; readonly end: number }
  | { readonly family: 6; readonly start: string; readonly end: string }

const MAX_LINE_CHARACTERS = 4_096
/** `some: name:1.2.3.0-1.2.3.255`, most lines of most lists. */
const IPV4_LINE = /(?:^|:)\s*(\d{1,3}(?:\.\d{1,3}){3})(?:\s*-\s*(\d{1,3}(?:\.\d{1,3}){3}))?\s*$/
/** `001.002.003.000 - 001.002.003.255 , 000 , name` (eMule's ipfilter.dat). */
const FILTER_LINE = /^([^,]*),\s*(\d{1,3})\s*(?:,.*)?$/
/** In eMule's lists, whoever has more is let in. */
const HIGHEST_BLOCKED_LEVEL = 127

/**
 * A line of a blocklist: PeerGuardian text ("p2p"), eMule's ipfilter.dat, or a range, a network
 * (`10.0.0.0/8`) or an address alone, IPv4 or IPv6. `null` for a comment and for nonsense.
 */
export function parseBlocklistLine(line: string): BlockedRange | null {
  if (line.startsWith('#') || line.length > MAX_LINE_CHARACTERS) return null
  const text = line.trimEnd()
  const [, first, last = first] = IPV4_LINE.exec(text) ?? []
  if (first !== undefined && last !== undefined) return ipv4Range(first, last)
  const [, addresses, level] = FILTER_LINE.exec(text) ?? []
  if (addresses === undefined) return networkOf(text) ?? ipv6Range(text)
  return Number(level) > HIGHEST_BLOCKED_LEVEL ? null : parseBlocklistLine(addresses)
}

/** NaN for what is no IPv4 address; leading zeros are none of octal numbers here. */
export function ipv4Number(address: string): number {
  let value = 0
  for (const part of address.split('.')) {
    const byte = Number(part)
    value = byte > 255 ? Number.NaN : value * 256 + byte
  }
  return value
}

function ipv4Range(first: string, last: string): BlockedRange | null {
  const [start, end] = [ipv4Number(first), ipv4Number(last)]
  return start <= end ? { family: 4, start, end } : null
}

/** All that begin with the same bits (RFC 4632), whatever stands behind these. */
function networkOf(text: string): BlockedRange | null {
  const [, before = '', bits] = /^(.*)\/(\d{1,3})$/.exec(text) ?? []
  if (bits === undefined) return null
  const [, ipv4] = /(?:^|:)\s*(\d{1,3}(?:\.\d{1,3}){3})$/.exec(before) ?? []
  if (ipv4 !== undefined) {
    const size = 2 ** (32 - Number(bits))
    const start = Math.floor(ipv4Number(ipv4) / size) * size
    if (Number(bits) > 32 || Number.isNaN(start)) return null
    return { family: 4, start, end: start + size - 1 }
  }
  // A name before it could not be told from the address.
  const address = before.trim()
  if (!isIPv6(address) || Number(bits) > 128) return null
  const digits = BigInt(`0x${ipv6Digits(address)}`)
  const rest = (1n << BigInt(128 - Number(bits))) - 1n
  return { family: 6, start: hex(digits & ~rest), end: hex(digits | rest) }
}

function hex(value: bigint): string {
  return value.toString(16).padStart(32, '0')
}

function ipv6Range(text: string): BlockedRange | null {
  const dash = text.lastIndexOf('-')
  const last = text.slice(dash + 1).trim()
  if (dash < 0) {
    if (!isIPv6(last)) return null
    const digits = ipv6Digits(last)
    return { family: 6, start: digits, end: digits }
  }
  if (!isIPv6(last)) return null
  const end = ipv6Digits(last)
  const start = closestStart(text.slice(0, dash).trim(), end)
  return start === null ? null : { family: 6, start, end }
}

/**
 * Names end in a colon as well, and may look like a part of the address (`bad:2001:db8::`): of all that
 * may be meant, what has most in common with the end.
 */
function closestStart(text: string, end: string): string | null {
  let closest: string | null = null
  let most = -1
  for (let at = 0; at >= 0; ) {
    const candidate = text.slice(at).trim()
    const start = isIPv6(candidate) ? ipv6Digits(candidate) : null
    const common = start === null || start > end ? -1 : commonDigits(start, end)
    if (common > most && (at === 0 || common >= GROUP_DIGITS)) {
      closest = start
      most = common
    }
    const colon = text.indexOf(':', at)
    at = colon < 0 ? -1 : colon + 1
  }
  return closest
}

const GROUP_DIGITS = 4

function commonDigits(one: string, other: string): number {
  let count = 0
  while (count < one.length && one[count] === other[count]) count++
  return count
}
