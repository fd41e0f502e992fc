/** Kinds of files that renderers spell differently; m2ts has packets of 192 bytes, ts of 188. */
export type SpelledFormat =
  | 'mkv'
  | 'avi'
  | 'divx'
  | 'ts'
  | 'm2ts'
  | 'mp4'
  | 'mov'
  | 'flac'
  | 'wav'
  | 'm4a'
  | 'srt'

export type ContainerFormat =
  | 'mkv'
  | 'mp4'
  | 'ts'
  | 'ps'
  | 'avi'
  | 'mov'
  | 'wmv'
  | 'webm'
  | 'flv'
  | '3gp'

export type VideoCodec =
  | 'h264'
  | 'hevc'
  | 'vp8'
  | 'vp9'
  | 'av1'
  | 'mpeg2'
  | 'mpeg4'
  | 'vc1'
  | 'mjpeg'

export type AudioCodec =
  | 'aac'
  | 'heaac'
  | 'ac3'
  | 'eac3'
  | 'ac4'
  | 'dts'
  | 'dtshd'
  | 'truehd'
  | 'mp3'
  | 'mp2'
  | 'pcm'
  | 'flac'
  | 'alac'
  | 'ape'
  | 'dsd'
  | 'opus'
  | 'vorbis'
  | 'wma'

export type ImageFormat = 'jpeg' | 'png' | 'gif' | 'webp' | 'bitmap' | 'tiff'

export type SubtitleFormat = 'srt' | 'ass' | 'sub' | 'smi' | 'vtt' | 'txt'

/**
 * What a renderer plays as it is; in doubt the smaller set. A person is told in folders what is probably in the way of a film,
 * and an image that is not shown has its conversions before it. Nothing is ever hidden.
 */
export interface Playable {
  readonly containers: readonly ContainerFormat[]
  readonly video: readonly VideoCodec[]
  /** In a film; of a renderer without a screen, in music. */
  readonly audio: readonly AudioCodec[]
  readonly images: readonly ImageFormat[]
  /** As files beside a film. */
  readonly subtitles: readonly SubtitleFormat[]
  /** Lines of the largest picture. */
  readonly maxLines: number
  /** H.264 of 8 bits always; this is of HEVC, VP9 and AV1. */
  readonly bitDepth: 8 | 10
  /** Whether of several sound tracks only the first is ever heard. */
  readonly firstAudioOnly: boolean
}

/** How a renderer is told of a subtitle file; all forms may be sent side by side. */
export interface CaptionForms {
  /** A `res` of type text/srt in the item. */
  readonly res: boolean
  /** `sec:CaptionInfoEx` in the item. */
  readonly captionInfoEx: boolean
  /** `pv:subtitleFileUri` and `pv:subtitleFileType` on the film's `res`. */
  readonly pvAttributes: boolean
  /** The CaptionInfo.sec header in answers with the film: when the request asks for it, or always. */
  readonly header: 'asked' | 'always' | 'never'
  /** Whether UTF-8 begins with a byte order mark. */
  readonly byteOrderMark: boolean
  /** BCP 47, the most wanted first, where it takes one; empty: as the whole server. */
  readonly languages: readonly string[]
}

/**
 * What one renderer is, plays and needs, as plain data. Where nothing is said otherwise, a rule of the
 * table changes single fields of `DEFAULT_PROFILE`.
 */
export interface RendererProfile {
  /** Of the rule: `samsung-2021`. */
  readonly id: string
  /** For people: `Samsung TV (2021 and later)`. */
  readonly name: string
  readonly plays: Playable

  /** Its spelling of MIME types in DIDL-Lite, GetProtocolInfo and Content-Type; others are ours. */
  readonly mimeTypes: Readonly<Partial<Record<SpelledFormat, string>>>
  /** `full`: the fourth field of protocolInfo with flags. `none`: `*`, here and in the header. */
  readonly contentFeatures: 'full' | 'none'
  /** Whether DLNA.ORG_PN is sent where it is known. */
  readonly profileNames: boolean
  /** A `res` with this profile name is followed by one of the same URL with each of the others. */
  readonly alsoAs: Readonly<Record<string, readonly string[]>>
  /** What DLNA.ORG_CI says of converted media: some refuse 1. */
  readonly convertedFlag: 0 | 1

  /** `ours`: the order asked for is ignored, because it is the same fixed one for every folder. */
  readonly sortOrder: 'asked' | 'ours'
  /** Whether dc:date is sent; it is a day, without a time, for everybody. */
  readonly date: boolean
  /** Whether titles have only ASCII characters. */
  readonly asciiTitles: boolean
  /** Whether titles of items have a dot, without which subtitles are not looked for. */
  readonly titleDot: boolean
  /** Whether pieces of music are numbered in their titles, because they are sorted by them. */
  readonly numberedTitles: boolean
  /** What stands in titles for characters that it cannot show. */
  readonly titleCharacters: Readonly<Record<string, string>>
  /** Whether only the plain classes are known: videoItem, musicTrack, photo, storageFolder. */
  readonly plainClasses: boolean
  /** Whether quotes are escaped as well in the text of `Result`. */
  readonly strictEscapes: boolean
  /** Whether ids change with SystemUpdateID, because what is known of an id is never asked again. */
  readonly versionedIds: boolean

  /** Whether the device description has Samsung's capabilities (DCM10) and their namespace. */
  readonly samsungCapabilities: boolean
  /** What X_GetFeatureList names: a folder for each kind of media, or the root for each. */
  readonly featureFolders: 'categories' | 'root'
  /** Whether the device description pretends to be Windows Media Connect. */
  readonly windowsMediaConnect: boolean
  /** Whether items have sec:dcmInfo with the place to go on from; who names it in a Filter gets it too. */
  readonly dcmInfo: boolean
  /** Of X_SetBookmark's PosSecond and of BM in sec:dcmInfo. */
  readonly bookmarkUnit: 'seconds' | 'milliseconds'

  readonly captions: CaptionForms
  /** Profiles of the pictures in albumArtURI, one for each: at most 160x160 or 640x480 pixels. Many take the first. */
  readonly albumArt: readonly ('JPEG_TN' | 'JPEG_SM')[]
  /** Whether an item has its picture as a `res` as well, because albumArtURI is not looked at. */
  readonly pictureRes: boolean

  /** What SetAVTransportURI brings besides the URL. */
  readonly pushMetadata: 'full' | 'none'
}

/** Nobody's needs hurt, everybody's form of subtitles sent: for renderers that no rule knows. */
export const DEFAULT_PROFILE: RendererProfile = {
  id: 'default',
  name: 'unknown renderer',
  plays: {
    containers: ['mkv', 'mp4', 'ts', 'avi'],
    video: ['h264'],
    audio: ['aac', 'ac3', 'mp3'],
    images: ['jpeg', 'png'],
    subtitles: ['srt'],
    maxLines: 1080,
    bitDepth: 8,
    firstAudioOnly: true,
  },
  mimeTypes: {},
  contentFeatures: 'full',
  profileNames: true,
  alsoAs: {},
  convertedFlag: 1,
  sortOrder: 'asked',
  date: true,
  asciiTitles: false,
  titleDot: false,
  numberedTitles: false,
  titleCharacters: {},
  plainClasses: false,
  strictEscapes: false,
  versionedIds: false,
  samsungCapabilities: true,
  featureFolders: 'root',
  windowsMediaConnect: false,
  dcmInfo: false,
  bookmarkUnit: 'seconds',
  captions: {
    res: true,
    captionInfoEx: true,
    pvAttributes: true,
    header: 'asked',
    byteOrderMark: false,
    languages: [],
  },
  albumArt: ['JPEG_TN', 'JPEG_SM'],
  pictureRes: false,
  pushMetadata: 'full',
}
