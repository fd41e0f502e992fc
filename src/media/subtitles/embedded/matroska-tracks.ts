import { childrenOf, type Element, readUnsigned } from '../../container-index/ebml.ts'
import { parseLanguage } from '../language.ts'
import { parseTraits } from '../sidecar-name.ts'
import type { SubtitleTrack } from './text-track.ts'

const TRACK_ENTRY = 0xae
const TRACK_NUMBER = 0xd7
const TRACK_TYPE = 0x83
const CODEC_ID = 0x86
const NAME = 0x536e
const LANGUAGE = 0x22b59c
const LANGUAGE_BCP47 = 0x22b59d
const FLAG_DEFAULT = 0x88
const FLAG_FORCED = 0x55aa
const FLAG_HEARING_IMPAIRED = 0x55ab
const DEFAULT_DURATION = 0x23e383
const CONTENT_ENCODINGS = 0x6d80
const CONTENT_ENCODING = 0x6240
const CONTENT_ENCODING_ORDER = 0x5031
const CONTENT_ENCODING_SCOPE = 0x5032
const CONTENT_COMPRESSION = 0x5034
const CONTENT_COMP_ALGO = 0x4254
const CONTENT_COMP_SETTINGS = 0x4255
const CONTENT_ENCRYPTION = 0x5035

const SUBTITLE_TYPE = 0x11
const MOST_TRACKS = 128
const ZLIB = 0
const HEADER_STRIPPING = 3
/** Scope: what is inside of blocks. */
const BLOCK_CONTENTS = 1

export type SubtitleSyntax = 'plain' | 'ass' | 'vtt' | 'webm-vtt'

/** What has to be undone to a block, in this order. */
export type BlockEncoding =
  | { readonly kind: 'zlib' }
  | { readonly kind: 'stripped'; readonly header: Buffer }

export interface MatroskaTrack extends SubtitleTrack {
  readonly syntax: SubtitleSyntax
  readonly encodings: readonly BlockEncoding[]
  /** Of a frame; `null` where the track does not say. */
  readonly defaultDurationMs: number | null
}

/** Matroska's codec ids (RFC 9559; codec specifications 6.6) of text. */
const TEXT_CODECS: Readonly<Record<string, SubtitleSyntax>> = {
  'S_TEXT/UTF8': 'plain',
  'S_TEXT/ASCII': 'plain',
  'S_TEXT/ASS': 'ass',
  'S_TEXT/SSA': 'ass',
  S_ASS: 'ass',
  S_SSA: 'ass',
  'S_TEXT/WEBVTT': 'vtt',
  'D_WEBVTT/SUBTITLES': 'webm-vtt',
  'D_WEBVTT/CAPTIONS': 'webm-vtt',
}

/** The tracks of subtitles in the contents of a `Tracks` element (RFC 9559, 5.1.4). */
export function subtitleTracks(contents: Buffer): readonly MatroskaTrack[] {
  const tracks: MatroskaTrack[] = []
  for (const entry of childrenOf(contents, { start: 0, end: contents.length })) {
    const track = entry.id === TRACK_ENTRY ? trackOf(contents, entry) : null
    if (track !== null && tracks.length < MOST_TRACKS) tracks.push(track)
  }
  return tracks
}

function trackOf(contents: Buffer, entry: Element): MatroskaTrack | null {
  const fields = new Map<number, Element>()
  for (const child of childrenOf(contents, entry)) fields.set(child.id, child)
  const number = (id: number, fallback: number): number => {
    const field = fields.get(id)
    return field === undefined || field.end - field.start > 8
      ? fallback
      : readUnsigned(contents, field)
  }
  const text = (id: number): string => textOf(contents, fields.get(id))
  if (number(TRACK_TYPE, 0) !== SUBTITLE_TYPE || number(TRACK_NUMBER, 0) === 0) return null
  const codec = text(CODEC_ID)
  const syntax = TEXT_CODECS[codec]
  const encodings = encodingsOf(contents, fields.get(CONTENT_ENCODINGS))
  const traits = parseTraits(text(NAME))
  // RFC 9559, 5.1.4.1.19: English where the element is missing.
  const tag = text(LANGUAGE_BCP47) || text(LANGUAGE) || 'eng'
  return {
    number: number(TRACK_NUMBER, 0),
    kind: syntax === undefined || encodings === null ? 'bitmap' : 'text',
    codec,
    name: text(NAME),
    language: parseLanguage(tag) ?? traits.language,
    isDefault: number(FLAG_DEFAULT, 1) === 1,
    forced: number(FLAG_FORCED, 0) === 1 || traits.forced,
    hearingImpaired: number(FLAG_HEARING_IMPAIRED, 0) === 1 || traits.hearingImpaired,
    syntax: syntax ?? 'plain',
    encodings: encodings ?? [],
    // Nanoseconds (RFC 9559, 5.1.4.1.12).
    defaultDurationMs: number(DEFAULT_DURATION, 0) / 1_000_000 || null,
  }
}

/** The last one applied comes first. `null` where one cannot be undone (encryption, bzlib, LZO). */
function encodingsOf(
  contents: Buffer,
  parent: Element | undefined,
): readonly BlockEncoding[] | null {
  const found: { order: number; encoding: BlockEncoding }[] = []
  for (const element of parent === undefined ? [] : childrenOf(contents, parent)) {
    if (element.id !== CONTENT_ENCODING) continue
    const { order, scope, encoding } = encodingOf(contents, element)
    if ((scope & BLOCK_CONTENTS) === 0) continue
    if (encoding === null) return null
    found.push({ order, encoding })
  }
  return found.sort((a, b) => b.order - a.order).map(({ encoding }) => encoding)
}

function encodingOf(
  contents: Buffer,
  element: Element,
): { readonly order: number; readonly scope: number; readonly encoding: BlockEncoding | null } {
  let order = 0
  let scope = BLOCK_CONTENTS
  // Without the element: compression by zlib (RFC 9559, 5.1.4.1.31.7).
  let encoding: BlockEncoding | null = { kind: 'zlib' }
  let isEncrypted = false
  for (const child of childrenOf(contents, element)) {
    if (child.id === CONTENT_ENCODING_ORDER) order = readUnsigned(contents, child)
    if (child.id === CONTENT_ENCODING_SCOPE) scope = readUnsigned(contents, child)
    if (child.id === CONTENT_ENCRYPTION) isEncrypted = true
    if (child.id === CONTENT_COMPRESSION) encoding = compressionOf(contents, child)
  }
  return { order, scope, encoding: isEncrypted ? null : encoding }
}

function compressionOf(contents: Buffer, element: Element): BlockEncoding | null {
  let algorithm = ZLIB
  let header: Buffer = Buffer.alloc(0)
  for (const child of childrenOf(contents, element)) {
    if (child.id === CONTENT_COMP_ALGO) algorithm = readUnsigned(contents, child)
    if (child.id === CONTENT_COMP_SETTINGS) {
      header = Buffer.from(contents.subarray(child.start, child.end))
    }
  }
  if (algorithm === ZLIB) return { kind: 'zlib' }
  return algorithm === HEADER_STRIPPING ? { kind: 'stripped', header } : null
}

/** Strings may be padded with zeros at their end (RFC 8794, 7.4). */
function textOf(contents: Buffer, field: Element | undefined): string {
  if (field === undefined) return ''
  const [text = ''] = contents
    .toString('utf8', field.start, Math.min(field.end, field.start + 400))
    .split('\0')
  return text
}
