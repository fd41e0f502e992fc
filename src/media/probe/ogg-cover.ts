import { flacPicture } from './flac-picture.ts'
import type { EmbeddedCover } from './media-facts.ts'
import { vorbisFields } from './vorbis-comment.ts'

/** Ogg pages (RFC 3533, 6): header, lengths of segments, segments. */
const PAGE_HEAD_BYTES = 27
const SEGMENTS_AT = 26
const SERIAL_AT = 14
const LARGEST_SEGMENT = 255
/** The picture is looked for among the tags that begin within; bytes. */
const LOOKED_THROUGH_BYTES = 64 * 1024
/** How much longer pages are than what is in them, at most, with all usual programs. */
const PAGES_SHARE = 1.02
const PAGES_BYTES = 8 * 1024
const LARGEST_PICTURE_CHARACTERS = 24 * 1024 * 1024
/** Of a picture block in base64: what comes before the image. */
const PICTURE_HEAD_CHARACTERS = 1_024
/** Vorbis (I, 5.2) and Opus (RFC 7845, 5.2) spell the same tags behind different words. */
const TAG_HEADS = ['\x03vorbis', 'OpusTags'] as const
const PICTURE_TAG = /^METADATA_BLOCK_PICTURE=/i
const PICTURE_TAG_LENGTH = 'METADATA_BLOCK_PICTURE='.length

/** The first picture among the tags of Vorbis or Opus in Ogg. Reads the beginning of the tags alone. */
export async function oggCover(
  length: number,
  read: (position: number, length: number) => Promise<Buffer>,
): Promise<EmbeddedCover | null> {
  const first = pageAt(await read(0, PAGE_HEAD_BYTES + LARGEST_SEGMENT), 0)
  if (first === null) return null
  const offset = first.end
  const head = contentsOf(await read(offset, LOOKED_THROUGH_BYTES), LOOKED_THROUGH_BYTES)
  const tag = pictureTag(head)
  if (tag === null) return null
  const pages = Math.ceil((tag.start + tag.length) * PAGES_SHARE) + PAGES_BYTES
  const block = head.toString('latin1', tag.start, tag.start + PICTURE_HEAD_CHARACTERS)
  const picture = flacPicture(Buffer.from(block, 'base64'), 0)
  if (picture === null) return null
  return {
    ...{ offset, length: Math.min(pages, length - offset), form: 'ogg' },
    mimeType: picture.mimeType,
  }
}

/** The image in the pages that such a cover points at; `null` where it is not whole. */
export function oggPicture(pages: Uint8Array): Uint8Array | null {
  const bytes = Buffer.from(pages.buffer, pages.byteOffset, pages.byteLength)
  const contents = contentsOf(bytes, bytes.length)
  const tag = pictureTag(contents)
  if (tag === null || tag.start + tag.length > contents.length) return null
  const block = Buffer.from(
    contents.toString('latin1', tag.start, tag.start + tag.length),
    'base64',
  )
  const picture = flacPicture(block, 0)
  if (picture === null || picture.offset + picture.length > block.length) return null
  return block.subarray(picture.offset, picture.offset + picture.length)
}

interface Page {
  /** Offset of its segments. */
  readonly start: number
  /** Exclusive. */
  readonly end: number
  readonly serial: number
}

function pageAt(bytes: Buffer, offset: number): Page | null {
  if (offset + PAGE_HEAD_BYTES > bytes.length) return null
  if (bytes.toString('latin1', offset, offset + 4) !== 'OggS') return null
  const segments = bytes.readUInt8(offset + SEGMENTS_AT)
  const start = offset + PAGE_HEAD_BYTES + segments
  if (start > bytes.length) return null
  const lengths = bytes.subarray(start - segments, start)
  const end = start + lengths.reduce((sum, segment) => sum + segment, 0)
  return { start, end, serial: bytes.readUInt32LE(offset + SERIAL_AT) }
}

/** What is in pages, one after another, as far as they go and are of one stream. */
function contentsOf(bytes: Buffer, most: number): Buffer {
  const parts: Buffer[] = []
  let length = 0
  let page = pageAt(bytes, 0)
  const serial = page?.serial
  while (page !== null && page.serial === serial && length < most) {
    const part = bytes.subarray(page.start, page.end)
    parts.push(part)
    length += part.length
    page = pageAt(bytes, page.end)
  }
  return Buffer.concat(parts)
}

/** Where the base64 of the first picture lies in the packet of tags; it may go on behind what is there. */
function pictureTag(packet: Buffer): { readonly start: number; readonly length: number } | null {
  const head = TAG_HEADS.find((word) => packet.toString('latin1', 0, word.length) === word)
  if (head === undefined) return null
  for (const { start, length } of vorbisFields(packet, head.length)) {
    if (!PICTURE_TAG.test(packet.toString('latin1', start, start + PICTURE_TAG_LENGTH))) continue
    const characters = length - PICTURE_TAG_LENGTH
    if (characters <= 0 || characters > LARGEST_PICTURE_CHARACTERS) return null
    return { start: start + PICTURE_TAG_LENGTH, length: characters }
  }
  return null
}
