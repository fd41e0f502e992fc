import { isIP, SocketAddress } from 'node:net'
import { endpointOf, parsePeerAddress } from '../../peer-address.ts'

const PORT_BYTES = 2
/** Bytes of one peer with its port (BEP 7, 11, 23). */
export const COMPACT_BYTES = { ipv4: 4 + PORT_BYTES, ipv6: 16 + PORT_BYTES } as const

export type AddressFamily = keyof typeof COMPACT_BYTES

/** `1.2.3.4:5` or `[::1]:5` of one peer; `null` where it is too short or has no port. */
export function readCompactPeer(bytes: Uint8Array, family: AddressFamily): string | null {
  const size = COMPACT_BYTES[family]
  if (bytes.length < size) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, size)
  const port = view.getUint16(size - PORT_BYTES)
  if (port === 0) return null
  if (family === 'ipv4') return endpointOf({ address: bytes.subarray(0, 4).join('.'), port })
  const groups = Array.from({ length: 8 }, (_, group) => view.getUint16(2 * group).toString(16))
  // In the shortest form, as sockets say it.
  const { address } = new SocketAddress({ address: groups.join(':'), family })
  return endpointOf({ address, port })
}

/** The reverse, 6 or 18 bytes; `null` where `address` is none. IPv4 mapped to IPv6 is IPv4. */
export function compactPeer(address: string): Uint8Array | null {
  const peer = parsePeerAddress(address)
  if (peer === null) return null
  const { address: host, port } = peer
  const bytes = isIP(host) === 4 ? host.split('.').map(Number) : ipv6Bytes(host)
  return bytes === null ? null : Uint8Array.from([...bytes, port >> 8, port & 0xff])
}

function ipv6Bytes(host: string): number[] | null {
  if (host.includes('%')) return null
  const dotted = /[\d.]+$/.exec(host)?.[0] ?? ''
  const ipv4 = dotted.includes('.') ? dotted.split('.').map(Number) : []
  const groups = ipv4.length > 0 ? host.slice(0, -dotted.length) : host
  const [before = '', after] = groups.split('::')
  const [head, tail] = [before, after ?? ''].map((part) =>
    part.split(':').filter((group) => group !== ''),
  )
  const bytesOf = (parts: readonly string[] = []): number[] =>
    parts.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff])
  const [first, last] = [bytesOf(head), [...bytesOf(tail), ...ipv4]]
  return [...first, ...new Array(16 - first.length - last.length).fill(0), ...last]
}
