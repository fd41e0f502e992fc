import { mimeTypeOf } from '../../media-type.ts'
import type { ByteSource } from './byte-source.ts'
import { openMatroska } from './matroska-film.ts'
import { openMp4 } from './mp4-film.ts'
import type { SubtitledFilm } from './text-track.ts'

const MATROSKA: ReadonlySet<string> = new Set(['video/x-matroska', 'video/webm'])
const MP4: ReadonlySet<string> = new Set(['video/mp4', 'video/quicktime', 'video/3gpp'])

/** Whether films of this name may have tracks of subtitles that we read. */
export function mayHaveTracks(fileName: string): boolean {
  const mimeType = mimeTypeOf(fileName)
  return MATROSKA.has(mimeType) || MP4.has(mimeType)
}

/** Finds the tracks of subtitles in a film. `null` where it is of another kind, or its head is not there. */
export async function openFilm(
  source: ByteSource,
  fileName: string,
): Promise<SubtitledFilm | null> {
  const mimeType = mimeTypeOf(fileName)
  if (MATROSKA.has(mimeType)) return openMatroska(source)
  return MP4.has(mimeType) ? openMp4(source) : null
}
