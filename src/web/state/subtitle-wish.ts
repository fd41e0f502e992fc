import { subtitlesUnasked } from '../logic/subtitle-choice.ts'
import type { MediaFile } from './media-dialog.ts'
import { chosenSubtitles, language } from './preferences.ts'

/** The place of the subtitles that a film begins with; `null` for none. */
export function subtitlesFor({ subtitles, audioLanguage }: MediaFile): number | null {
  return subtitlesUnasked(subtitles, audioLanguage, {
    reader: language.value,
    last: chosenSubtitles(),
  })
}
