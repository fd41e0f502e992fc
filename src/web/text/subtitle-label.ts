import type { SubtitleTrack } from '../api/library-types.ts'
import { languageName, t } from './text.ts'

/** `German · film.ger.srt`: what a track is, as far as it says. */
export function subtitleLabel({ language, name }: SubtitleTrack): string {
  const said = [language === null ? null : languageName(language), name].filter(
    (part) => part !== null && part !== '',
  )
  return said.length === 0 ? t('subtitles.unnamed') : said.join(' · ')
}
