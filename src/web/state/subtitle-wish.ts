import { useRef } from 'preact/hooks'
import { subtitlesUnasked } from '../logic/subtitle-choice.ts'
import type { MediaFile } from './media-dialog.ts'
import { chosenSubtitles, language } from './preferences.ts'

/** The subtitles that a film begins with. */
export interface FirstSubtitles {
  /** Of the track; `null` as long as none fits. */
  index: number | null
  /** Somebody has chosen: whatever becomes known later is not shown unasked. */
  isChosen: boolean
}

/**
 * Those that fit, also when it becomes known only while the film plays that there are any. They stay the same as
 * others come or choices change: a track that becomes the default is loaded again.
 */
export function useFirstSubtitles(media: MediaFile): FirstSubtitles {
  const { current: first } = useRef<FirstSubtitles>({ index: null, isChosen: false })
  if (first.index === null && !first.isChosen) first.index = indexFor(media)
  return first
}

/** The place of the subtitles that a film begins with; `null` for none. */
export function subtitlesFor({ subtitles, audioLanguage }: MediaFile): number | null {
  return subtitlesUnasked(subtitles, audioLanguage, {
    reader: language.value,
    last: chosenSubtitles(),
  })
}

function indexFor(media: MediaFile): number | null {
  const place = subtitlesFor(media)
  return place === null ? null : (media.subtitles[place]?.index ?? null)
}
