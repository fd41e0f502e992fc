import { extname } from 'node:path/posix'
import { knownMimeTypes } from '../../media/media-type.ts'
import type { RendererProfile, SpelledFormat } from './renderer-profile.ts'

/** The formats by the MIME types that we have for them; a type of several formats is told below. */
const FORMATS: Readonly<Record<string, SpelledFormat>> = {
  'video/x-matroska': 'mkv',
  'video/x-msvideo': 'avi',
  'video/vnd.dlna.mpeg-tts': 'm2ts',
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
  'audio/x-flac': 'flac',
  'audio/x-wav': 'wav',
  'audio/mp4': 'm4a',
  'text/srt': 'srt',
}

/** Transport streams, which share their type with program streams. */
const TS_EXTENSIONS: ReadonlySet<string> = new Set(['.ts', '.tp', '.trp', '.m2t'])
const TS_TYPE = 'video/mpeg'

/**
 * The MIME type of a file as a renderer spells it: the same in DIDL-Lite, GetProtocolInfo and
 * Content-Type.
 *
 * @param mimeType - As we spell it.
 * @param path - For its extension.
 */
export function spelledType(
  { mimeTypes }: RendererProfile,
  mimeType: string,
  path: string,
): string {
  const extension = extname(path).toLowerCase()
  if (mimeType === TS_TYPE) return (TS_EXTENSIONS.has(extension) && mimeTypes.ts) || mimeType
  if (extension === '.divx' && mimeTypes.divx !== undefined) return mimeTypes.divx
  return spelledDefault(mimeTypes, mimeType)
}

/** What a file is to renderers that spell its type differently; `null` where none of them does. */
export function spelledFormat(mimeType: string, path: string): SpelledFormat | null {
  const extension = extname(path).toLowerCase()
  if (mimeType === TS_TYPE) return TS_EXTENSIONS.has(extension) ? 'ts' : null
  return extension === '.divx' ? 'divx' : (FORMATS[mimeType] ?? null)
}

/** All types that we can send, as a renderer spells them. */
export function spelledTypes({ mimeTypes }: RendererProfile): readonly string[] {
  const spelled = knownMimeTypes().map((type) => spelledDefault(mimeTypes, type))
  const others = [mimeTypes.ts, mimeTypes.divx].filter((type) => type !== undefined)
  return [...new Set([...spelled, ...others])]
}

function spelledDefault(mimeTypes: RendererProfile['mimeTypes'], mimeType: string): string {
  const format = FORMATS[mimeType]
  return (format !== undefined && mimeTypes[format]) || mimeType
}
