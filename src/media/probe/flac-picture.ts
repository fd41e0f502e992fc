import type { EmbeddedCover } from './media-facts.ts'

/**
 * Where in a picture block the image lies (RFC 9639, 8.8); `null` where it is none of a kind that is shown.
 *
 * @param block - Its beginning, up to the image: type, lengths, MIME type, description, size and colours.
 * @param start - Offset of the block, to which the answer's is added; bytes.
 */
export function flacPicture(block: Buffer, start: number): EmbeddedCover | null {
  if (block.length < 8) return null
  const mimeEnd = 8 + block.readUInt32BE(4)
  if (mimeEnd + 4 > block.length) return null
  const picture = mimeEnd + 4 + block.readUInt32BE(mimeEnd) + 20
  if (picture > block.length) return null
  const mimeType = block.toString('latin1', 8, mimeEnd)
  if (!/^image\/(jpeg|png|gif|webp)$/.test(mimeType)) return null
  return { offset: start + picture, length: block.readUInt32BE(picture - 4), mimeType }
}
