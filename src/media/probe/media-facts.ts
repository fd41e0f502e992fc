import { z } from 'zod'

/** More tracks than these are no film but an attack on whoever lists them. */
const MOST_TRACKS = 64
const text = z.string().max(200)
const count = z.number().int().positive()

/**
 * What the bytes at the start of a file say that it is. `m2ts` is a transport stream of 192-byte
 * packets with time stamps, `m2ts-unstamped` one whose time stamps are zero.
 */
export const CONTAINERS = [
  ...['mp4', 'quicktime', '3gp', 'matroska', 'webm', 'avi', 'mpeg-ts', 'm2ts', 'm2ts-unstamped'],
  ...['mpeg-ps', 'asf', 'flv', 'mp3', 'adts', 'flac', 'ogg', 'wav', 'jpeg', 'png', 'other'],
] as const

const videoTrack = z.object({
  /** As MediaInfo spells it: `AVC`, `HEVC`, `MPEG Video`, `MPEG-4 Visual`, `VP9`, `AV1` ... */
  codec: text,
  /** `High`, `Main 10`, `Advanced Simple`; `null` where the codec has none or it is not known. */
  profile: text.nullable(),
  /** `4.1`, `High` ... */
  level: text.nullable(),
  bitDepth: count.max(64).nullable(),
  /** Pixels. */
  width: count.max(65_535).nullable(),
  height: count.max(65_535).nullable(),
  /** Frames per second. */
  frameRate: z.number().positive().max(1_000).nullable(),
  isInterlaced: z.boolean(),
})

const audioTrack = z.object({
  /** As MediaInfo spells it: `AAC`, `AC-3`, `E-AC-3`, `DTS`, `MPEG Audio`, `FLAC`, `PCM` ... */
  codec: text,
  /** `LC`, `HE-AAC`, `Layer 3`, `Pro` ... */
  profile: text.nullable(),
  channels: count.max(1_024).nullable(),
  /** Hz. */
  sampleRate: count.max(100_000_000).nullable(),
  /** Bits per second. */
  bitRate: count.nullable(),
  bitDepth: count.max(64).nullable(),
  /** As the file spells it, mostly ISO 639-1: `en`. */
  language: text.nullable(),
  title: text.nullable(),
  isDefault: z.boolean(),
})

const subtitleTrack = z.object({
  /** As the container counts its tracks; `null` where it does not, or where facts are older than this. */
  number: count.nullable().default(null),
  /** `UTF-8` (SubRip), `ASS`, `Timed Text`, `WebVTT`, `PGS`, `VobSub` ... */
  codec: text,
  form: z.enum(['text', 'bitmap']),
  language: text.nullable(),
  title: text.nullable(),
  isDefault: z.boolean(),
  isForced: z.boolean(),
})

/**
 * Where in the file a picture lies, as it is: its bytes are those of an image file. `ogg`: the pages that its tags are in;
 * see `coverBytes`.
 */
const cover = z.object({
  offset: z.number().int().nonnegative(),
  length: count,
  mimeType: text,
  form: z.literal('ogg').exactOptional(),
})

/** What the tags of a file say; what they do not name is left out. */
const tags = z.object({
  /** Who performs it. */
  artist: text.exactOptional(),
  /** Of the album, where the file names one. */
  albumArtist: text.exactOptional(),
  album: text.exactOptional(),
  genre: text.exactOptional(),
  actor: text.exactOptional(),
  /** Within its disc. */
  track: count.max(9_999).exactOptional(),
  disc: count.max(9_999).exactOptional(),
})

const common = {
  container: z.enum(CONTAINERS),
  title: text.nullable(),
  cover: cover.nullable(),
}
const timed = {
  /** Milliseconds, above 0; `null` where the file does not say it exactly. */
  durationMs: count.nullable(),
  /** Bits per second of the whole file; known where the duration is. */
  bitRate: count.nullable(),
  audio: z.array(audioTrack).max(MOST_TRACKS),
  /** Absent where facts are older than this. */
  tags: tags.exactOptional(),
}

export const mediaFactsSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('video'),
    ...common,
    ...timed,
    /** The first video track. */
    video: videoTrack,
    subtitles: z.array(subtitleTrack).max(MOST_TRACKS),
  }),
  z.object({ kind: z.literal('audio'), ...common, ...timed }),
  z.object({
    kind: z.literal('image'),
    ...common,
    codec: text,
    /** Pixels. */
    width: count.nullable(),
    height: count.nullable(),
    /** It is cut off, or no picture could be made of it. */
    isBroken: z.literal(true).exactOptional(),
  }),
])

/** What a file's own bytes say of it. Nothing here is guessed: what is not known is `null`. */
export type MediaFacts = Readonly<z.infer<typeof mediaFactsSchema>>
export type VideoFacts = Extract<MediaFacts, { kind: 'video' }>
export type AudioFacts = Extract<MediaFacts, { kind: 'audio' }>
export type ImageFacts = Extract<MediaFacts, { kind: 'image' }>
export type AudioTrack = AudioFacts['audio'][number]
export type MediaTags = Readonly<z.infer<typeof tags>>
export type EmbeddedCover = NonNullable<MediaFacts['cover']>
export type ContainerKind = MediaFacts['container']
