/** What is known of a file, and asked of a browser before it tries to play it. */
export interface MediaFacts {
  readonly mime: string | null
  readonly video?: { readonly codec: string | null; readonly bit_depth?: number | null } | null
  readonly audio: readonly { readonly codec: string | null }[]
}

/** `name` is what people call the thing that the browser lacks. */
export type Playability =
  | { readonly kind: 'plays' }
  /** The picture plays, none of the sound does. */
  | { readonly kind: 'silent'; readonly name: string }
  | {
      readonly kind: 'cannot'
      readonly what: 'container' | 'video' | 'audio'
      readonly name: string
    }

/** HTMLMediaElement.canPlayType, with "maybe" and "probably" as true. */
export type CanPlay = (type: string) => boolean

interface Codec {
  readonly name: string
  /** For canPlayType; `null` where no browser plays it. */
  readonly type: string | null
}

/** By MediaInfo's names in lower case. */
const VIDEO: Readonly<Record<string, Codec>> = {
  avc: { name: 'H.264', type: 'video/mp4; codecs="avc1.640028"' },
  hevc: { name: 'H.265 (HEVC)', type: 'video/mp4; codecs="hvc1.1.6.L120.90"' },
  av1: { name: 'AV1', type: 'video/mp4; codecs="av01.0.08M.08"' },
  vp9: { name: 'VP9', type: 'video/webm; codecs="vp9"' },
  vp8: { name: 'VP8', type: 'video/webm; codecs="vp8"' },
  'mpeg-4 visual': { name: 'MPEG-4 (DivX, Xvid)', type: 'video/mp4; codecs="mp4v.20.9"' },
  'mpeg video': { name: 'MPEG-2', type: null },
  'vc-1': { name: 'VC-1', type: null },
}

const TEN_BITS: Readonly<Record<string, Codec>> = {
  avc: { name: 'H.264 (10 bit)', type: 'video/mp4; codecs="avc1.6E0028"' },
  hevc: { name: 'H.265 (HEVC, 10 bit)', type: 'video/mp4; codecs="hvc1.2.4.L120.90"' },
}

const AUDIO: Readonly<Record<string, Codec>> = {
  aac: { name: 'AAC', type: 'audio/mp4; codecs="mp4a.40.2"' },
  'ac-3': { name: 'Dolby Digital (AC-3)', type: 'audio/mp4; codecs="ac-3"' },
  'e-ac-3': { name: 'Dolby Digital Plus (E-AC-3)', type: 'audio/mp4; codecs="ec-3"' },
  dts: { name: 'DTS', type: 'audio/mp4; codecs="dtsc"' },
  'mlp fba': { name: 'Dolby TrueHD', type: null },
  flac: { name: 'FLAC', type: 'audio/mp4; codecs="flac"' },
  opus: { name: 'Opus', type: 'audio/webm; codecs="opus"' },
  vorbis: { name: 'Vorbis', type: 'audio/webm; codecs="vorbis"' },
  'mpeg audio': { name: 'MP3', type: 'audio/mpeg' },
}

/** Played by many browsers that do not say so. */
const TRIED_ANYWAY = new Set(['video/x-matroska', 'audio/x-matroska', 'video/quicktime'])

const CONTAINER_NAMES: Readonly<Record<string, string>> = {
  'video/x-msvideo': 'AVI',
  'video/x-ms-wmv': 'WMV',
  'video/mp2t': 'MPEG-TS',
  'video/vnd.dlna.mpeg-tts': 'MPEG-TS',
  'video/mpeg': 'MPEG',
  'video/x-flv': 'FLV',
  'video/x-matroska': 'MKV',
}

/** Whether a browser plays a file; unknown facts speak for it, as trying tells. */
export function playability(facts: MediaFacts, canPlay: CanPlay): Playability {
  const { mime } = facts
  if (mime !== null && !TRIED_ANYWAY.has(mime) && !canPlay(mime)) {
    return { kind: 'cannot', what: 'container', name: containerName(facts) }
  }
  const video = videoCodec(facts)
  if (video !== null && !isPlayed(video, canPlay)) {
    return { kind: 'cannot', what: 'video', name: video.name }
  }
  const sounds = facts.audio.map(({ codec }) => knownCodec(AUDIO, codec))
  const [first] = sounds
  const isSilent = sounds.every((sound) => sound !== null && !isPlayed(sound, canPlay))
  if (first === undefined || first === null || !isSilent) return { kind: 'plays' }
  const isFilm = mime?.startsWith('video/') ?? video !== null
  return isFilm
    ? { kind: 'silent', name: first.name }
    : { kind: 'cannot', what: 'audio', name: first.name }
}

/** What people call a container. */
function containerName({ mime }: Pick<MediaFacts, 'mime'>): string {
  return CONTAINER_NAMES[mime ?? ''] ?? mime ?? '?'
}

/** What people call the codec of a track. */
export function codecName(kind: 'audio' | 'video', codec: string): string {
  return knownCodec(kind === 'audio' ? AUDIO : VIDEO, codec)?.name ?? codec
}

function videoCodec({ video }: MediaFacts): Codec | null {
  const codec = video?.codec ?? null
  if ((video?.bit_depth ?? 8) <= 8) return knownCodec(VIDEO, codec)
  return knownCodec(TEN_BITS, codec) ?? knownCodec(VIDEO, codec)
}

function knownCodec(codecs: Readonly<Record<string, Codec>>, name: string | null): Codec | null {
  if (name === null) return null
  const key = name.toLowerCase()
  return codecs[key] ?? Object.entries(codecs).find(([known]) => key.startsWith(known))?.[1] ?? null
}

function isPlayed({ type }: Codec, canPlay: CanPlay): boolean {
  return type !== null && canPlay(type)
}
