import { readFlacTags } from './flac-tags.ts'
import { readId3 } from './id3.ts'
import { matroskaCover } from './matroska-cover.ts'
import type { ContainerKind, EmbeddedCover, MediaTags } from './media-facts.ts'
import { oggCover } from './ogg-cover.ts'

type Read = (position: number, length: number) => Promise<Uint8Array>

/** Steps from one block, box or element to the next; a file with more is not worth them. */
const MOST_STEPS = 64
/** Larger pictures are no covers. */
const LARGEST_COVER_BYTES = 32 * 1024 * 1024
export interface TagFacts {
  readonly title: string | null
  readonly tags: MediaTags
  readonly cover: EmbeddedCover | null
}

const NO_TAGS = { title: null, tags: {} }

/**
 * What tags say and MediaInfo does not: where the cover lies, and what stands in front of it where that is large. Reads
 * headers, never a picture.
 */
export async function readTags(
  container: ContainerKind,
  length: number,
  read: Read,
): Promise<TagFacts> {
  const file: File = { length, read: async (at, count) => Buffer.from(await read(at, count)) }
  switch (container) {
    case 'mp3':
      return inside(await readId3(read), length)
    case 'flac':
      return inside(await readFlacTags(file.read), length)
    case 'matroska':
      return inside({ ...NO_TAGS, cover: await matroskaCover(length, file.read) }, length)
    case 'mp4':
      return inside({ ...NO_TAGS, cover: await mp4Cover(file) }, length)
    case 'ogg':
      return inside({ ...NO_TAGS, cover: await oggCover(length, file.read) }, length)
    default:
      return { ...NO_TAGS, cover: null }
  }
}

interface File {
  readonly length: number
  readonly read: (position: number, length: number) => Promise<Buffer>
}

function inside({ title, tags, cover }: TagFacts, length: number): TagFacts {
  const isInside =
    cover !== null &&
    cover.length > 0 &&
    cover.length <= LARGEST_COVER_BYTES &&
    cover.offset + cover.length <= length
  return {
    title: title?.slice(0, 200).toWellFormed() ?? null,
    tags,
    cover: isInside ? cover : null,
  }
}

interface Box {
  readonly type: string
  /** Offset of the contents. */
  readonly start: number
  /** Exclusive. */
  readonly end: number
}

/** `moov/udta/meta/ilst/covr/data` of iTunes' tags; `meta` has four bytes in front of its boxes. */
const COVER_PATH = ['moov', 'udta', 'meta', 'ilst', 'covr', 'data'] as const
const DATA_HEAD_BYTES = 8
const PICTURE_TYPES: ReadonlyMap<number, string> = new Map([
  [13, 'image/jpeg'],
  [14, 'image/png'],
])

async function mp4Cover(file: File): Promise<EmbeddedCover | null> {
  let within: Box = { type: '', start: 0, end: file.length }
  for (const type of COVER_PATH) {
    const found = await findBox(file, within, type)
    if (found === null) return null
    within = type === 'meta' ? { ...found, start: found.start + 4 } : found
  }
  const head = await file.read(within.start, DATA_HEAD_BYTES)
  const mimeType =
    head.length < DATA_HEAD_BYTES ? undefined : PICTURE_TYPES.get(head.readUInt32BE(0))
  if (mimeType === undefined) return null
  const offset = within.start + DATA_HEAD_BYTES
  return { offset, length: within.end - offset, mimeType }
}

async function findBox(file: File, within: Box, type: string): Promise<Box | null> {
  let offset = within.start
  for (let step = 0; step < MOST_STEPS && offset + 8 <= within.end; step++) {
    const head = await file.read(offset, 16)
    if (head.length < 8) return null
    const short = head.readUInt32BE(0)
    if (short === 1 && head.length < 16) return null
    const size = short === 1 ? Number(head.readBigUInt64BE(8)) : short || within.end - offset
    const end = offset + size
    if (size < 8 || end > within.end) return null
    const found = head.toString('latin1', 4, 8)
    if (found === type) return { type, start: offset + (short === 1 ? 16 : 8), end }
    offset = end
  }
  return null
}
