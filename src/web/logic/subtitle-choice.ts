import type { SubtitleTrack } from '../api/library-types.ts'

export interface SubtitleWish {
  /** The page's, by its tag of two letters. */
  readonly reader: string
  /** What was chosen last: a language, `none`, or `null` where nothing was. */
  readonly last: string | null
}

/**
 * Which subtitles are shown before anybody chooses, by their place: in the language that was chosen last; else in
 * the reader's, where the film speaks another; else those beside the film that name none, as somebody has put them there.
 */
export function subtitlesUnasked(
  tracks: readonly SubtitleTrack[],
  audioLanguage: string | null,
  { reader, last }: SubtitleWish,
): number | null {
  if (last === 'none') return null
  const chosen = placeOf(tracks, ({ language }) => language === last && last !== null)
  if (chosen !== null) return chosen
  if (audioLanguage === reader) return null
  return (
    placeOf(tracks, ({ language }) => language === reader) ??
    placeOf(tracks, ({ language, name }) => language === null && name !== null)
  )
}

function placeOf(
  tracks: readonly SubtitleTrack[],
  isWanted: (track: SubtitleTrack) => boolean,
): number | null {
  const place = tracks.findIndex(isWanted)
  return place === -1 ? null : place
}
