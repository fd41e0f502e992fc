import { extname } from 'node:path/posix'
import mimeTypes from 'mime-types'

export type MediaKind = 'video' | 'audio' | 'image' | 'subtitle'

export interface MediaType {
  readonly mimeType: string
  readonly kind: MediaKind
}

/**
 * What DLNA devices know a file as, where that differs from the registry of mime-types or is
 * missing there. Transport streams are `video/mpeg` with 188-byte packets and
 * `video/vnd.dlna.mpeg-tts` with the 192-byte packets of Blu-ray and AVCHD.
 */
const SPELLINGS: Readonly<Record<MediaKind, Readonly<Record<string, string>>>> = {
  video: {
    'video/x-matroska': 'mkv mk3d',
    'video/x-msvideo': 'avi divx xvid',
    'video/mp4': 'mp4 m4v mpg4 f4v',
    'video/quicktime': 'mov qt',
    'video/mpeg': 'mpg mpeg mpe mpv m1v m2v vob evo ts tp trp m2t mod tod',
    'video/vnd.dlna.mpeg-tts': 'm2ts mts',
    'video/webm': 'webm',
    'video/ogg': 'ogv ogm',
    'video/x-flv': 'flv',
    'video/x-ms-wmv': 'wmv',
    'video/x-ms-asf': 'asf',
    'video/3gpp': '3gp 3gpp',
    'video/3gpp2': '3g2 3gp2',
    'video/vnd.rn-realvideo': 'rm rmvb rv',
    'video/x-dv': 'dv',
    'video/x-mxf': 'mxf',
    'video/x-nut': 'nut',
    'video/x-y4m': 'y4m',
  },
  audio: {
    'audio/mpeg': 'mp3 mp2 mpa mpga m2a m3a',
    'audio/mp4': 'm4a m4b m4r mp4a',
    'audio/aac': 'aac adts',
    'audio/x-flac': 'flac',
    'audio/x-wav': 'wav wave',
    'audio/ogg': 'ogg oga spx opus',
    'audio/webm': 'weba',
    'audio/x-matroska': 'mka',
    'audio/x-ms-wma': 'wma',
    'audio/x-aiff': 'aif aiff aifc',
    'audio/ac3': 'ac3',
    'audio/eac3': 'eac3 ec3',
    'audio/vnd.dts': 'dts dtshd',
    'audio/x-ape': 'ape',
    'audio/x-wavpack': 'wv',
    'audio/x-tta': 'tta',
    'audio/x-musepack': 'mpc mpp',
    'audio/x-dsf': 'dsf',
    'audio/x-dff': 'dff',
    'audio/amr': 'amr awb',
    'audio/x-pn-realaudio': 'ra',
  },
  image: {
    'image/jpeg': 'jpg jpeg jpe jfif',
    'image/png': 'png',
    'image/gif': 'gif',
    'image/webp': 'webp',
    'image/bmp': 'bmp',
    'image/tiff': 'tif tiff',
    'image/heic': 'heic',
    'image/heif': 'heif',
    'image/avif': 'avif',
  },
  subtitle: {
    'text/srt': 'srt',
    'text/vtt': 'vtt',
    'text/x-ssa': 'ass ssa',
    'text/x-microdvd': 'sub',
    'application/smil': 'smi sami',
    'application/ttml+xml': 'ttml dfxp',
  },
}

/** Called `audio/*` or `video/*` by the registry, but playlists, fragments or subtitles. */
const NOT_PLAYABLE: ReadonlySet<string> = new Set(
  'm3u mxu m4u asx wax wvx wmx ram rmp m4s mks jpm jpgm'.split(' '),
)

const KNOWN: ReadonlyMap<string, MediaType> = new Map(
  Object.entries(SPELLINGS).flatMap(([kind, spellings]) =>
    Object.entries(spellings).flatMap(([mimeType, extensions]) =>
      extensions
        .split(' ')
        .map((extension) => [extension, { mimeType, kind: kind as MediaKind }] as const),
    ),
  ),
)

/** By extension, in any case; `null` for what no media player plays or shows, archives included. */
export function mediaTypeOf(path: string): MediaType | null {
  const extension = extensionOf(path)
  const known = KNOWN.get(extension)
  if (known !== undefined) return known
  const mimeType = registered(extension)
  if (mimeType === null || NOT_PLAYABLE.has(extension)) return null
  if (mimeType.startsWith('video/')) return { mimeType, kind: 'video' }
  if (mimeType.startsWith('audio/')) return { mimeType, kind: 'audio' }
  return null
}

/** The Content-Type of a file, media or not. Never empty: `application/octet-stream`. */
export function mimeTypeOf(path: string): string {
  const extension = extensionOf(path)
  return KNOWN.get(extension)?.mimeType ?? registered(extension) ?? 'application/octet-stream'
}

/** Every MIME type of the table above, once, in its order. */
export function knownMimeTypes(): readonly string[] {
  return [...new Set([...KNOWN.values()].map((type) => type.mimeType))]
}

/** A name without a dot has no extension, even where it is the word `mp4`. */
function extensionOf(path: string): string {
  return extname(path).slice(1).toLowerCase()
}

function registered(extension: string): string | null {
  return (extension !== '' && mimeTypes.lookup(extension)) || null
}
