import {
  type BencodeDictionary,
  type BencodeLimits,
  decodeMessage,
  isBytes,
  isDictionary,
} from '../metainfo/bencode/bencode-value.ts'
import {
  type AddressFamily,
  COMPACT_BYTES,
  compactPeer,
  readCompactPeer,
} from '../swarm/compact-peers.ts'

/** Longer than 50 added and 50 dropped peers by far; who sends more means harm. */
export const MAX_PEX_BYTES = 64 * 1024
/** What is kept of one message; BEP 11 has 50. */
export const MAX_PEX_PEERS = 200

const LIMITS: BencodeLimits = { maxBytes: MAX_PEX_BYTES, maxDepth: 2, maxItems: 40 }

/** BEP 11: what `added.f` says of a peer. */
export const PexFlag = { seed: 0x02, utp: 0x04, reachable: 0x10 } as const

export interface PexPeer {
  /** `1.2.3.4:5` or `[::1]:5`. */
  readonly address: string
  /** Bits of `PexFlag`, and others. */
  readonly flags: number
}

export interface PexUpdate {
  readonly added: readonly PexPeer[]
  /** `ip:port`. */
  readonly dropped: readonly string[]
}

/**
 * The peers that a message adds (BEP 11), 200 at most. `null` where it is no such message. Odd bytes at
 * the end of a list and peers without a port are left out; what was dropped is nothing to us.
 */
export function parsePexAdded(message: Uint8Array): string[] | null {
  const fields = decodeMessage(message, LIMITS)
  if (!isDictionary(fields)) return null
  const peers = new Set<string>()
  readPeers(fields, 'added', 'ipv4', peers)
  readPeers(fields, 'added6', 'ipv6', peers)
  return [...peers]
}

function readPeers(
  fields: BencodeDictionary,
  key: string,
  family: AddressFamily,
  peers: Set<string>,
): void {
  const list = fields.get(key)
  if (!isBytes(list)) return
  const size = COMPACT_BYTES[family]
  for (let at = 0; at + size <= list.length && peers.size < MAX_PEX_PEERS; at += size) {
    const address = readCompactPeer(list.subarray(at, at + size), family)
    if (address !== null) peers.add(address)
  }
}

/** Addresses that are none are left out. */
export function encodePex({ added, dropped }: PexUpdate): Uint8Array {
  const [added4, added6] = byFamily(added)
  const [dropped4, dropped6] = byFamily(dropped.map((address) => ({ address, flags: 0 })))
  return Buffer.concat([
    Buffer.from('d'),
    ...field('added', added4.addresses),
    ...field('added.f', added4.flags),
    ...field('added6', added6.addresses),
    ...field('added6.f', added6.flags),
    ...field('dropped', dropped4.addresses),
    ...field('dropped6', dropped6.addresses),
    Buffer.from('e'),
  ])
}

interface Compact {
  readonly addresses: Uint8Array
  readonly flags: Uint8Array
}

function byFamily(peers: readonly PexPeer[]): [Compact, Compact] {
  const compacted = peers.map(({ address, flags }) => ({ bytes: compactPeer(address), flags }))
  const ofFamily = (family: AddressFamily): Compact => {
    const chosen = compacted.filter(({ bytes }) => bytes?.length === COMPACT_BYTES[family])
    return {
      addresses: Buffer.concat(chosen.map(({ bytes }) => bytes ?? new Uint8Array())),
      flags: Uint8Array.from(chosen, ({ flags }) => flags),
    }
  }
  return [ofFamily('ipv4'), ofFamily('ipv6')]
}

function field(name: string, bytes: Uint8Array): Uint8Array[] {
  return [Buffer.from(`${name.length}:${name}${bytes.length}:`), bytes]
}
