import { extname } from 'node:path/posix'
import { mediaTypeOf, mimeTypeOf } from '../../media/media-type.ts'
import { decodedSegment } from '../messages/media-target.ts'

/** What renderers put in the place of a film's extension, in search of what belongs to it. */
const BESIDE_FILMS: ReadonlySet<string> = new Set(
  [
    'idx nfo tbn edl txt xml cue ifo json thm bif xmp',
    // Pages and playlists.
    'htm html m3u m3u8 pls pdf',
    // Subtitles as Kodi looks for them, and archives of them.
    'utf utf8 utf-8 rt text aqt jss lrc psb ttxt pjs mpl dks usf sup mks zip rar',
  ].flatMap((extensions) => extensions.split(' ').map((extension) => `.${extension}`)),
)

/**
 * The extension of a stream's URL, dot included and in lower case, where it is that of another file
 * than the one that the URL names by its number; `null` where it names that file. Whoever asks for
 * `film.srt` instead of `film.mkv` wants the subtitles, and would take the film for them. A name without an
 * extension, or with one that means nothing, is decoration.
 */
export function foreignExtension(requestTarget: string, fileName: string): string | null {
  // Of a path without a name it is the number of the file.
  const [, encoded = ''] = /^[^?]*\/([^/?]+)(?:\?.*)?$/.exec(requestTarget) ?? []
  const lastSegment = decodedSegment(encoded)
  const extension = extname(lastSegment).toLowerCase()
  const own = extname(fileName).toLowerCase()
  if (extension === '' || extension === own) return null
  if (BESIDE_FILMS.has(extension)) return extension
  const asked = mediaTypeOf(lastSegment)
  if (asked === null || mimeTypeOf(fileName) === asked.mimeType) return null
  const type = mediaTypeOf(fileName)
  // Of a file that we do not know any name for its picture or sound may be right.
  if (type === null) return asked.kind === 'subtitle' || asked.kind === 'image' ? extension : null
  // Links to `film.mkv` end in `.mp4` where a player takes nothing else.
  const isPlayed = type.kind === 'video' || type.kind === 'audio'
  return isPlayed && asked.kind === type.kind ? null : extension
}
