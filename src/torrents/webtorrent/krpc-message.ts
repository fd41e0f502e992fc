import {
  type BencodeDictionary,
  type BencodeValue,
  decodeMessage,
  isBytes,
  isDictionary,
} from '../metainfo/bencode/bencode-value.ts'

/** What a node of the DHT asks (BEP 5). */
export type KrpcQuestion =
  | { readonly method: 'ping' }
  | { readonly method: 'find_node'; readonly target: Buffer }
  | { readonly method: 'get_peers'; readonly infoHash: Buffer }
  | {
      readonly method: 'announce_peer'
      readonly infoHash: Buffer
      readonly token: Buffer
      /** `null` for the port that the message came from. */
      readonly port: number | null
    }

/** A message between nodes, by what it is. */
export type KrpcMessage =
  | {
      readonly kind: 'query'
      readonly transaction: Buffer
      readonly id: Buffer
      /** It answers no queries itself (BEP 43). */
      readonly isReadOnly: boolean
      readonly question: KrpcQuestion
    }
  | {
      readonly kind: 'response'
      readonly transaction: Buffer
      readonly id: Buffer
      /** Of nodes, 26 bytes each. */
      readonly nodes: Buffer
      /** Of peers, 6 bytes each. */
      readonly values: readonly Buffer[]
      readonly token: Buffer | null
    }
  | { readonly kind: 'error'; readonly transaction: Buffer; readonly code: number }

/** Messages fit into a packet, of which the largest that get through have about 1,500 bytes. */
const LIMITS = { maxBytes: 4 * 1024, maxDepth: 3, maxItems: 400 }
const MAX_TRANSACTION_BYTES = 20
const ID_BYTES = 20
const MAX_TOKEN_BYTES = 64
/** Id, IPv4 address and port of a node. */
export const NODE_BYTES = ID_BYTES + 6
/** A bucket has 8, with some clients 20. */
const MAX_NODES = 50
const PEER_BYTES = 6
const MAX_VALUES = 100

/** Reads a datagram; `null` where it is no message of the DHT, or one that we do not answer. */
export function parseKrpc(bytes: Uint8Array): KrpcMessage | null {
  const fields = decodeMessage(bytes, LIMITS)
  if (!isDictionary(fields)) return null
  const transaction = bytesBetween(fields.get('t'), 1, MAX_TRANSACTION_BYTES)
  if (transaction === null) return null
  switch (textOf(fields.get('y'))) {
    case 'q':
      return parseQuery(fields, transaction)
    case 'r':
      return parseResponse(fields.get('r'), transaction)
    case 'e':
      return parseError(fields.get('e'), transaction)
    default:
      return null
  }
}

function parseQuery(fields: BencodeDictionary, transaction: Buffer): KrpcMessage | null {
  const values = fields.get('a')
  if (!isDictionary(values)) return null
  const id = bytesBetween(values.get('id'), ID_BYTES, ID_BYTES)
  const question = parseQuestion(textOf(fields.get('q')), values)
  if (id === null || question === null) return null
  return { kind: 'query', transaction, id, isReadOnly: fields.get('ro') === 1, question }
}

function parseQuestion(method: string, values: BencodeDictionary): KrpcQuestion | null {
  const hash = (key: string): Buffer | null => bytesBetween(values.get(key), ID_BYTES, ID_BYTES)
  switch (method) {
    case 'ping':
      return { method }
    case 'find_node': {
      const target = hash('target')
      return target === null ? null : { method, target }
    }
    case 'get_peers': {
      const infoHash = hash('info_hash')
      return infoHash === null ? null : { method, infoHash }
    }
    case 'announce_peer': {
      const infoHash = hash('info_hash')
      const token = bytesBetween(values.get('token'), 1, MAX_TOKEN_BYTES)
      const port = portOf(values)
      if (infoHash === null || token === null || port === undefined) return null
      return { method, infoHash, token, port }
    }
    // Storing what strangers like (BEP 44) is none of our business.
    default:
      return null
  }
}

/** `null` for that of the packet, `undefined` where there is none. */
function portOf(values: BencodeDictionary): number | null | undefined {
  const implied = values.get('implied_port')
  if (typeof implied === 'number' && implied !== 0) return null
  const port = values.get('port')
  const isPort = typeof port === 'number' && port >= 1 && port <= 65_535
  return isPort ? port : undefined
}

function parseResponse(values: BencodeValue | undefined, transaction: Buffer): KrpcMessage | null {
  if (!isDictionary(values)) return null
  const id = bytesBetween(values.get('id'), ID_BYTES, ID_BYTES)
  const nodes = nodesOf(values.get('nodes'))
  const peers = peersOf(values.get('values'))
  const token = values.get('token')
  const read = token === undefined ? null : bytesBetween(token, 1, MAX_TOKEN_BYTES)
  if (id === null || nodes === null || peers === null) return null
  if (token !== undefined && read === null) return null
  return { kind: 'response', transaction, id, nodes, values: peers, token: read }
}

function nodesOf(value: BencodeValue | undefined): Buffer | null {
  if (value === undefined) return Buffer.alloc(0)
  if (!isBytes(value) || value.length % NODE_BYTES !== 0) return null
  return Buffer.from(value.subarray(0, MAX_NODES * NODE_BYTES))
}

/** Those of IPv6 are left out (BEP 32). */
function peersOf(value: BencodeValue | undefined): Buffer[] | null {
  if (value === undefined) return []
  if (!Array.isArray(value)) return null
  const peers: Buffer[] = []
  for (const peer of value as readonly BencodeValue[]) {
    if (!isBytes(peer)) return null
    if (peer.length === PEER_BYTES && peers.length < MAX_VALUES) peers.push(Buffer.from(peer))
  }
  return peers
}

function parseError(value: BencodeValue | undefined, transaction: Buffer): KrpcMessage | null {
  if (!Array.isArray(value)) return null
  const [code] = value as readonly BencodeValue[]
  return { kind: 'error', transaction, code: typeof code === 'number' ? code : 0 }
}

/** A copy: the packet that it lies in must not be kept. */
function bytesBetween(value: BencodeValue | undefined, least: number, most: number): Buffer | null {
  if (!isBytes(value) || value.length < least || value.length > most) return null
  return Buffer.from(value)
}

function textOf(value: BencodeValue | undefined): string {
  return isBytes(value) && value.length <= MAX_TOKEN_BYTES
    ? Buffer.from(value).toString('latin1')
    : ''
}
