import { type BencodeLimits, isDictionary, readBencode } from '../metainfo/bencode/bencode-value.ts'

/** An info dictionary is passed on in pieces of so many bytes; the last may be shorter (BEP 9). */
export const METADATA_PIECE_BYTES = 16 * 1024
/** 200,000 files with long names fit; so does what others send at most. */
export const MAX_METADATA_BYTES = 64 * 1024 * 1024

/** A message of ut_metadata (BEP 9). */
export type MetadataMessage = { readonly kind: 'request'; readonly piece: number } | MetadataAnswer

export type MetadataAnswer =
  | { readonly kind: 'reject'; readonly piece: number }
  | {
      readonly kind: 'data'
      readonly piece: number
      /** Bytes of the whole info dictionary, 1 to 64 Mi. */
      readonly totalSize: number
      /** As many as the piece has. A view of the message. */
      readonly data: Uint8Array
    }

const REQUEST = 0
const DATA = 1
const REJECT = 2
const LIMITS: BencodeLimits = { maxBytes: METADATA_PIECE_BYTES + 1_024, maxDepth: 2, maxItems: 40 }

/** `null` where it is none, is of an unknown type, or has a piece or a length that cannot be. */
export function parseMetadataMessage(message: Uint8Array): MetadataMessage | null {
  const read = readBencode(message, LIMITS)
  if (read === null || !isDictionary(read.value)) return null
  const type = read.value.get('msg_type')
  const piece = read.value.get('piece')
  if (typeof piece !== 'number' || piece < 0 || piece >= pieceCountOf(MAX_METADATA_BYTES)) {
    return null
  }
  if (type === REQUEST) return { kind: 'request', piece }
  if (type === REJECT) return { kind: 'reject', piece }
  const totalSize = read.value.get('total_size')
  if (type !== DATA || !isMetadataSize(totalSize)) return null
  const data = message.subarray(read.end)
  if (data.length !== pieceLengthOf(piece, totalSize)) return null
  return { kind: 'data', piece, totalSize, data }
}

/** True for 1 to 64 Mi. */
export function isMetadataSize(value: unknown): value is number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return false
  return value >= 1 && value <= MAX_METADATA_BYTES
}

/** @param size - Of the info dictionary, in bytes. */
export function pieceCountOf(size: number): number {
  return Math.ceil(size / METADATA_PIECE_BYTES)
}

/** Bytes; 0 or less where there is no such piece. */
export function pieceLengthOf(piece: number, size: number): number {
  return Math.min(METADATA_PIECE_BYTES, size - piece * METADATA_PIECE_BYTES)
}

/** Asks for a piece of the info dictionary (BEP 9). */
export function metadataRequest(piece: number): Uint8Array {
  return Buffer.from(`d8:msg_typei${REQUEST}e5:piecei${piece}ee`)
}

/** Says that we do not give a piece of the info dictionary (BEP 9). */
export function metadataReject(piece: number): Uint8Array {
  return Buffer.from(`d8:msg_typei${REJECT}e5:piecei${piece}ee`)
}

/** `piece` has to exist. */
export function metadataData(piece: number, infoBytes: Uint8Array): Uint8Array {
  const start = piece * METADATA_PIECE_BYTES
  const head = `d8:msg_typei${DATA}e5:piecei${piece}e10:total_sizei${infoBytes.length}ee`
  return Buffer.concat([Buffer.from(head), infoBytes.subarray(start, start + METADATA_PIECE_BYTES)])
}
