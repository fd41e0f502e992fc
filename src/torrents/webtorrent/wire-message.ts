import { BLOCK_LENGTH } from '../pieces/block.ts'

/** What peers say to each other once they have shaken hands (BEP 3, 6, 10), without its length. */
export type WireMessage =
  | { readonly kind: 'choke' | 'unchoke' | 'interested' | 'uninterested' }
  | { readonly kind: 'have-all' | 'have-none' }
  | { readonly kind: 'have' | 'suggest' | 'allowed-fast'; readonly piece: number }
  | { readonly kind: 'bitfield'; readonly pieces: Uint8Array }
  | BlockMessage
  | {
      readonly kind: 'piece'
      readonly piece: number
      readonly offset: number
      readonly data: Uint8Array
    }
  | { readonly kind: 'port'; readonly port: number }
  | { readonly kind: 'extended'; readonly extension: number; readonly payload: Uint8Array }
  /** Well-formed, and nothing to us: of an unknown kind, or about a piece that the torrent has not. */
  | { readonly kind: 'nothing' }

interface BlockMessage {
  readonly kind: 'request' | 'cancel' | 'reject'
  readonly piece: number
  readonly offset: number
  readonly length: number
}

/** Pieces of a torrent whose metadata is not known yet, twenty bytes of metadata each. */
export const MAX_UNKNOWN_PIECES = (64 * 1024 * 1024) / 20
/** Of ut_metadata, ut_pex and the extended handshake; a piece of metadata has 16 KiB. */
export const MAX_EXTENDED_BYTES = 128 * 1024
/** Of a kind that we do not know, which is read over. */
const MAX_UNKNOWN_BYTES = 16 * 1024

const PIECE_HEADER_BYTES = 9
/** Longer than what we ask for by far; libtorrent and others send no longer blocks either. */
const MAX_BLOCK_BYTES = 8 * BLOCK_LENGTH

const PIECE_ID = 7
const NOTHING = { kind: 'nothing' } as const

type Parser = (body: DataView, bytes: Uint8Array, pieces: number | null) => WireMessage | null

interface Kind {
  /** Bytes of the message with its id, at least and at most. */
  readonly shortest: number
  readonly longest: number
  readonly parse: Parser
}

const KINDS: ReadonlyMap<number, Kind> = new Map([
  [0, bare('choke')],
  [1, bare('unchoke')],
  [2, bare('interested')],
  [3, bare('uninterested')],
  [4, aboutPiece('have')],
  [5, { shortest: 1, longest: 1 + Math.ceil(MAX_UNKNOWN_PIECES / 8), parse: bitfield }],
  [6, aboutBlock('request')],
  [
    PIECE_ID,
    { shortest: PIECE_HEADER_BYTES, longest: PIECE_HEADER_BYTES + MAX_BLOCK_BYTES, parse: block },
  ],
  [8, aboutBlock('cancel')],
  [9, { shortest: 3, longest: 3, parse: (body) => ({ kind: 'port', port: body.getUint16(1) }) }],
  [0x0d, aboutPiece('suggest')],
  [0x0e, bare('have-all')],
  [0x0f, bare('have-none')],
  [0x10, aboutBlock('reject')],
  [0x11, aboutPiece('allowed-fast')],
  [20, { shortest: 2, longest: MAX_EXTENDED_BYTES, parse: extended }],
])

/**
 * Reads a message that is whole: id and body. `pieces` is what the torrent has, `null` while its
 * metadata is not known. `null` where no honest peer would send it.
 */
export function parseWireMessage(bytes: Uint8Array, pieces: number | null): WireMessage | null {
  const kind = KINDS.get(bytes[0] ?? -1)
  if (kind === undefined) return NOTHING
  if (bytes.length < kind.shortest || bytes.length > kind.longest) return null
  return kind.parse(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), bytes, pieces)
}

/** Bytes that a message with this id may have, the id among them. */
export function longestMessage(id: number, pieces: number | null): number {
  if (id === 5 && pieces !== null) return 1 + Math.ceil(pieces / 8)
  return KINDS.get(id)?.longest ?? MAX_UNKNOWN_BYTES
}

function bare(
  kind: 'choke' | 'unchoke' | 'interested' | 'uninterested' | 'have-all' | 'have-none',
): Kind {
  return { shortest: 1, longest: 1, parse: () => ({ kind }) }
}

function aboutPiece(kind: 'have' | 'suggest' | 'allowed-fast'): Kind {
  const parse: Parser = (body, _bytes, pieces) => {
    const piece = body.getUint32(1)
    return exists(piece, pieces) ? { kind, piece } : NOTHING
  }
  return { shortest: 5, longest: 5, parse }
}

function aboutBlock(kind: BlockMessage['kind']): Kind {
  const parse: Parser = (body, _bytes, pieces) => {
    const piece = body.getUint32(1)
    if (kind !== 'request' && !exists(piece, pieces)) return NOTHING
    return { kind, piece, offset: body.getUint32(5), length: body.getUint32(9) }
  }
  return { shortest: 13, longest: 13, parse }
}

function block(body: DataView, bytes: Uint8Array, pieces: number | null): WireMessage {
  const piece = body.getUint32(1)
  if (!exists(piece, pieces)) return NOTHING
  return {
    kind: 'piece',
    piece,
    offset: body.getUint32(5),
    data: bytes.subarray(PIECE_HEADER_BYTES),
  }
}

/** With a byte for each eight pieces, neither more nor fewer; the bits behind the last are cleared. */
function bitfield(_body: DataView, bytes: Uint8Array, pieces: number | null): WireMessage | null {
  // Peers keep it, and what it lies in may be far larger.
  const bits = new Uint8Array(bytes.subarray(1))
  if (pieces === null) return { kind: 'bitfield', pieces: bits }
  if (bits.length !== Math.ceil(pieces / 8)) return null
  const last = bits.length - 1
  if (pieces % 8 !== 0) bits[last] = (bits[last] ?? 0) & (0xff00 >> (pieces % 8))
  return { kind: 'bitfield', pieces: bits }
}

function extended(_body: DataView, bytes: Uint8Array): WireMessage {
  return { kind: 'extended', extension: bytes[1] ?? 0, payload: bytes.subarray(2) }
}

function exists(piece: number, pieces: number | null): boolean {
  return piece < (pieces ?? MAX_UNKNOWN_PIECES)
}
