import type { EmbeddedCover, MediaTags } from './media-facts.ts'
import { tagsFrom } from './report-tags.ts'

/** ID3v2 (id3.org, v2.3 and v2.4, section 3): header, then frames, in front of the sound. */
const HEADER_BYTES = 10
const UNSYNCHRONISED = 0x80
const EXTENDED_HEADER = 0x40
const HAS_FOOTER = 0x10
/** A tag that says otherwise is none. */
const MOST_FRAMES = 200
const LONGEST_TEXT_BYTES = 400
const LONGEST_TAG = 200
/** Of a picture frame: encoding, type, MIME type and description. */
const PICTURE_HEAD_BYTES = 512

type Read = (position: number, length: number) => Promise<Uint8Array>

export interface Id3Facts {
  readonly title: string | null
  readonly tags: MediaTags
  readonly cover: EmbeddedCover | null
}

/** Bytes of the tag that the file begins with, header included; 0 where there is none. */
export function id3Length(head: Buffer): number {
  if (head.length < HEADER_BYTES || head.toString('latin1', 0, 3) !== 'ID3') return 0
  const footer = ((head[5] ?? 0) & HAS_FOOTER) === 0 ? 0 : HEADER_BYTES
  return HEADER_BYTES + synchsafe(head, 6) + footer
}

/** Texts, title and front cover of the tag that the file begins with. */
export async function readId3(read: Read): Promise<Id3Facts> {
  const texts = new Map<string, string | null>()
  let cover: EmbeddedCover | null = null
  for await (const { id, start, size } of framesOf(read)) {
    if (TEXTS.has(id)) {
      texts.set(id, textOf(Buffer.from(await read(start, Math.min(size, LONGEST_TEXT_BYTES)))))
    } else if (id === 'APIC') {
      const picture = Buffer.from(await read(start, Math.min(size, PICTURE_HEAD_BYTES)))
      cover ??= pictureOf(picture, start, size)
    }
  }
  return { title: texts.get('TIT2') ?? null, tags: tagsOf(texts), cover }
}

/** Text frames that are read (v2.4 frames, 4.2). */
const TEXTS: ReadonlySet<string> = new Set('TIT2 TPE1 TPE2 TALB TCON TRCK TPOS'.split(' '))
/** A genre by its number in ID3v1, with its name or without. */
const NUMBERED_GENRE = /^(?:\(\d+\)|\d+$)/

function tagsOf(texts: ReadonlyMap<string, string | null>): MediaTags {
  const text = (id: string): string | null => texts.get(id)?.slice(0, LONGEST_TAG) ?? null
  const genre = text('TCON')?.replace(NUMBERED_GENRE, '').trim() ?? ''
  return tagsFrom({
    artist: text('TPE1') ?? text('TPE2'),
    albumArtist: text('TPE2'),
    album: text('TALB'),
    genre: genre === '' ? null : genre,
    actor: null,
    track: text('TRCK'),
    disc: text('TPOS'),
  })
}

interface Frame {
  readonly id: string
  /** Offset of the contents, and their bytes. */
  readonly start: number
  readonly size: number
}

/** Frames that are stored as they are: no compression, nothing else. */
async function* framesOf(read: Read): AsyncGenerator<Frame> {
  const head = Buffer.from(await read(0, HEADER_BYTES))
  const end = id3Length(head)
  const [, , , version = 0, , flags = 0] = head
  // Where the whole tag is unsynchronised, its pictures are not bytes of the file.
  if (end === 0 || (flags & (UNSYNCHRONISED | EXTENDED_HEADER)) !== 0) return
  if (version !== 3 && version !== 4) return
  let offset = HEADER_BYTES
  for (let frame = 0; frame < MOST_FRAMES && offset + HEADER_BYTES < end; frame++) {
    const header = Buffer.from(await read(offset, HEADER_BYTES))
    if (header.length < HEADER_BYTES || header[0] === 0) return
    const size = version === 4 ? synchsafe(header, 4) : header.readUInt32BE(4)
    const start = offset + HEADER_BYTES
    if (size === 0 || start + size > end) return
    if (header[9] === 0) yield { id: header.toString('latin1', 0, 4), start, size }
    offset = start + size
  }
}

function synchsafe(bytes: Buffer, at: number): number {
  let value = 0
  for (let index = at; index < at + 4; index++) value = value * 128 + ((bytes[index] ?? 0) & 0x7f)
  return value
}

function textOf(frame: Buffer): string | null {
  const encoding = frame[0] ?? 0
  const bytes = frame.subarray(1)
  const label = ['latin1', 'utf-16', 'utf-16be', 'utf-8'][encoding] ?? 'utf-8'
  const text = new TextDecoder(label).decode(bytes).split('\0')[0]?.trim()
  return text === undefined || text === '' ? null : text
}

/** APIC: encoding, MIME type, picture type, description, picture (v2.4 frames, 4.14). */
function pictureOf(frame: Buffer, start: number, size: number): EmbeddedCover | null {
  const mimeEnd = frame.indexOf(0, 1)
  if (mimeEnd < 0) return null
  const isWide = frame[0] === 1 || frame[0] === 2
  let at = mimeEnd + 2
  if (isWide) while (at + 1 < frame.length && (frame[at] !== 0 || frame[at + 1] !== 0)) at += 2
  else at = frame.indexOf(0, at)
  if (at < 0 || at + 2 > frame.length) return null
  const offset = at + (isWide ? 2 : 1)
  const mimeType = frame.toString('latin1', 1, mimeEnd).toLowerCase()
  if (!/^image\/[\w.+-]{1,40}$/.test(mimeType) || offset >= size) return null
  return { offset: start + offset, length: size - offset, mimeType: spelled(mimeType) }
}

const spelled = (mimeType: string): string => (mimeType === 'image/jpg' ? 'image/jpeg' : mimeType)
