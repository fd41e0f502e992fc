import {
  type BencodeValue,
  decodeMessage,
  isBytes,
  isDictionary,
} from '../metainfo/bencode/bencode-value.ts'

/** What a peer tells of itself and of the extensions that it takes (BEP 10), as far as we use it. */
export interface ExtendedHandshake {
  /** Message id by the name of an extension, 1 to 255; 0 turns it off. Without a prototype. */
  readonly m: Readonly<Record<string, number>>
  /** Requests that may stand open. */
  readonly reqq?: number
  /** Bytes of the info dictionary (BEP 9). */
  readonly metadata_size?: number
  /** The client's name. */
  readonly v?: string
  /** Where the peer listens, 1 to 65535. */
  readonly p?: number
}

const LIMITS = { maxBytes: 16 * 1024, maxDepth: 3, maxItems: 400 }
const MAX_EXTENSIONS = 50
const MAX_NAME_BYTES = 50
const MAX_CLIENT_BYTES = 100
/** What others ask for at most is 2,000 or so. */
const MAX_REQQ = 65_535
const MAX_METADATA_BYTES = 64 * 1024 * 1024

/**
 * `null` where it is none, or gives an extension something else than a number. Other fields of the
 * wrong type, or out of range, are left out.
 */
export function parseExtendedHandshake(payload: Uint8Array): ExtendedHandshake | null {
  const fields = decodeMessage(payload, LIMITS)
  if (!isDictionary(fields)) return null
  const m = extensionsOf(fields.get('m'))
  if (m === null) return null
  return {
    m,
    ...numberBetween('reqq', fields.get('reqq'), 1, MAX_REQQ),
    ...numberBetween('metadata_size', fields.get('metadata_size'), 1, MAX_METADATA_BYTES),
    ...numberBetween('p', fields.get('p'), 1, 65_535),
    ...clientOf(fields.get('v')),
  }
}

function extensionsOf(value: BencodeValue | undefined): Readonly<Record<string, number>> | null {
  const extensions: Record<string, number> = Object.create(null)
  if (!isDictionary(value)) return extensions
  let count = 0
  for (const [name, id] of value) {
    if (typeof id !== 'number') return null
    if (id < 0 || id > 255 || name.length > MAX_NAME_BYTES) continue
    if (count++ === MAX_EXTENSIONS) break
    extensions[name] = id
  }
  return extensions
}

function numberBetween<K extends 'reqq' | 'metadata_size' | 'p'>(
  key: K,
  value: BencodeValue | undefined,
  least: number,
  most: number,
): Partial<Record<K, number>> {
  const isRight = typeof value === 'number' && value >= least && value <= most
  return (isRight ? { [key]: value } : {}) as Partial<Record<K, number>>
}

function clientOf(value: BencodeValue | undefined): { v?: string } {
  if (!isBytes(value) || value.length > MAX_CLIENT_BYTES) return {}
  return { v: Buffer.from(value).toString('utf8') }
}
