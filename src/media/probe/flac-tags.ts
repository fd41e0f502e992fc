import { flacPicture } from './flac-picture.ts'
import type { EmbeddedCover, MediaTags } from './media-facts.ts'
import { tagsFrom } from './report-tags.ts'
import { vorbisFields } from './vorbis-comment.ts'

/** Blocks of metadata; a file with more is not worth them. */
const MOST_BLOCKS = 64
/** Front of a picture block: type, lengths, MIME type, description, size and colours. */
const PICTURE_HEAD_BYTES = 512
const VORBIS_COMMENT = 4
const PICTURE = 6
const LONGEST_COMMENT_BYTES = 64 * 1024
const LONGEST_TAG = 200

export interface FlacTags {
  readonly title: string | null
  readonly tags: MediaTags
  readonly cover: EmbeddedCover | null
}

/** What the metadata blocks in front of the sound say, in whatever order they come (RFC 9639, 8). */
export async function readFlacTags(
  read: (position: number, length: number) => Promise<Buffer>,
): Promise<FlacTags> {
  let cover: EmbeddedCover | null = null
  let fields: ReadonlyMap<string, string> = new Map()
  let offset = 4
  for (let block = 0; block < MOST_BLOCKS; block++) {
    const header = await read(offset, 4)
    if (header.length < 4) break
    const start = offset + 4
    const length = header.readUIntBE(1, 3)
    const type = header.readUInt8(0)
    if ((type & 0x7f) === PICTURE) {
      cover ??= flacPicture(await read(start, Math.min(length, PICTURE_HEAD_BYTES)), start)
    }
    if ((type & 0x7f) === VORBIS_COMMENT) {
      fields = commentFields(await read(start, Math.min(length, LONGEST_COMMENT_BYTES)))
    }
    if ((type & 0x80) !== 0) break
    offset = start + length
  }
  return { ...tagsOf(fields), cover }
}

/** The first of each field, by its name in capitals. */
function commentFields(comment: Buffer): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const { start, length } of vorbisFields(comment)) {
    const text = comment.toString('utf8', start, start + length)
    const equals = text.indexOf('=')
    const name = text.slice(0, Math.max(0, equals)).toUpperCase()
    if (name !== '' && !fields.has(name)) fields.set(name, text.slice(equals + 1).trim())
  }
  return fields
}

function tagsOf(fields: ReadonlyMap<string, string>): Pick<FlacTags, 'title' | 'tags'> {
  const text = (name: string): string | null =>
    fields.get(name)?.slice(0, LONGEST_TAG).toWellFormed() || null
  const albumArtist = text('ALBUMARTIST') ?? text('ALBUM_ARTIST')
  const tags = tagsFrom({
    ...{ artist: text('ARTIST') ?? albumArtist, albumArtist, album: text('ALBUM') },
    ...{ genre: text('GENRE'), actor: null },
    ...{ track: text('TRACKNUMBER'), disc: text('DISCNUMBER') },
  })
  return { title: text('TITLE'), tags }
}
