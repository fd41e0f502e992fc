/** Messages of BEP 3 that a seeder which speaks no extension has to know. */
export type WireMessage =
  | { readonly kind: 'interested' }
  | { readonly kind: 'request'; readonly block: BlockAddress }
  | { readonly kind: 'cancel'; readonly block: BlockAddress }
  | { readonly kind: 'extended'; readonly body: Buffer }
  | { readonly kind: 'other' }

export interface BlockAddress {
  readonly piece: number
  /** In bytes from the start of the piece. */
  readonly offset: number
  /** In bytes. */
  readonly length: number
}

/** In bytes; BEP 3. */
export const HANDSHAKE_LENGTH = 68

const PROTOCOL = '\u0013BitTorrent protocol'
const BITFIELD = 5

/** A handshake without any reserved bit but, where there is metadata, that of extensions (BEP 10). */
export function encodeHandshake(infoHash: string, peerId: string, isExtended: boolean): Buffer {
  const reserved = Buffer.alloc(8)
  if (isExtended) reserved[5] = 0x10
  return Buffer.concat([
    Buffer.from(PROTOCOL, 'latin1'),
    reserved,
    Buffer.from(infoHash, 'hex'),
    Buffer.from(peerId, 'latin1'),
  ])
}

/** The info hash of a handshake, or null if it is none (an encrypted one, for instance). */
export function decodeHandshake(bytes: Buffer): string | null {
  if (bytes.toString('latin1', 0, 20) !== PROTOCOL) return null
  return bytes.toString('hex', 28, 48)
}

export const UNCHOKE: Buffer = Buffer.from([0, 0, 0, 1, 1])
export const CHOKE: Buffer = Buffer.from([0, 0, 0, 1, 0])

/** The bitfield of somebody who has everything. */
export function encodeFullBitfield(pieceCount: number): Buffer {
  const length = Math.ceil(pieceCount / 8)
  const message = Buffer.alloc(5 + length, 0xff)
  message.writeUInt32BE(1 + length, 0)
  message[4] = BITFIELD
  const spareBits = length * 8 - pieceCount
  message[4 + length] = (0xff << spareBits) & 0xff
  return message
}

/** What stands before the bytes of a block. */
export function encodePieceHeader(block: BlockAddress): Buffer {
  const header = Buffer.allocUnsafe(13)
  header.writeUInt32BE(9 + block.length, 0)
  header[4] = 7
  header.writeUInt32BE(block.piece, 5)
  header.writeUInt32BE(block.offset, 9)
  return header
}

/** Reads one message; `body` starts at the message id and is never empty. */
export function decodeMessage(body: Buffer): WireMessage {
  switch (body[0]) {
    case 2:
      return { kind: 'interested' }
    case 6:
      return { kind: 'request', block: decodeAddress(body) }
    case 8:
      return { kind: 'cancel', block: decodeAddress(body) }
    case 20:
      return { kind: 'extended', body }
    default:
      return { kind: 'other' }
  }
}

function decodeAddress(body: Buffer): BlockAddress {
  return { piece: body.readUInt32BE(1), offset: body.readUInt32BE(5), length: body.readUInt32BE(9) }
}
