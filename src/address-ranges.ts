import { BlockList, isIP, isIPv6 } from 'node:net'
import { plainAddress } from './ip-address.ts'

/** An IP address, or all that begin with the same bits (CIDR, RFC 4632). */
export interface AddressRange {
  /** In its one spelling. */
  readonly address: string
  /** Bits that count. */
  readonly prefixLength: number
}

/** Reads `192.168.1.7`, `10.0.0.0/8` or `fd00::/8`; `null` for what is none of these. */
export function parseAddressRange(text: string): AddressRange | null {
  const [, address = '', bits] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? []
  if (isIP(address) === 0) return null
  const plain = plainAddress(address)
  const width = isIPv6(plain) ? 128 : 32
  // An IPv4 range that is written as IPv6 counts its bits from there.
  const mapped = isIPv6(address) && width === 32 ? 96 : 0
  const prefixLength = bits === undefined ? width : Number(bits) - mapped
  return prefixLength < 0 || prefixLength > width ? null : { address: plain, prefixLength }
}

/** IP addresses of some networks. */
export class AddressRanges {
  readonly #list = new BlockList()

  constructor(ranges: readonly AddressRange[] = []) {
    for (const { address, prefixLength } of ranges) {
      this.#list.addSubnet(address, prefixLength, isIPv6(address) ? 'ipv6' : 'ipv4')
    }
  }

  /** In any spelling, also IPv4 as a dual-stack socket gives it. */
  includes(address: string): boolean {
    const plain = plainAddress(address)
    if (isIP(plain) === 0) return false
    return this.#list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
  }
}

/** The ranges of a list that is known to be right. Throws RangeError where it is not. */
export function addressRanges(...texts: readonly string[]): AddressRanges {
  return new AddressRanges(
    texts.map((text) => {
      const range = parseAddressRange(text)
      if (range === null) throw new RangeError(`${text} is no range of addresses`)
      return range
    }),
  )
}
