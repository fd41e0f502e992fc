import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { MediaFile } from '../../state/media-dialog.ts'
import { chooseSubtitles } from '../../state/preferences.ts'
import type { FirstSubtitles } from '../../state/subtitle-wish.ts'
import { subtitleLabel } from '../../text/subtitle-label.ts'
import { t } from '../../text/text.ts'

interface SubtitleChoiceProps {
  readonly video: { readonly current: HTMLVideoElement | null }
  readonly media: MediaFile
  readonly first: FirstSubtitles
}

/** Which subtitles are shown; the browser's own menu is hard to find on some. */
export function SubtitleChoice({ video, media, first }: SubtitleChoiceProps): JSX.Element {
  const [chosen, setChosen] = useState<string | null>(null)
  const choose = (value: string): void => {
    setChosen(value)
    first.isChosen = true
    const wanted = media.subtitles.findIndex(({ index }) => String(index) === value)
    const tracks = video.current?.textTracks ?? []
    for (const [place, track] of [...tracks].entries()) {
      track.mode = place === wanted ? 'showing' : 'disabled'
    }
    // The next episode begins alike.
    const { language = 'none' } = media.subtitles[wanted] ?? {}
    if (language !== null) chooseSubtitles(language)
  }
  return (
    <label class="field inline">
      {t('subtitles')}
      <select
        value={chosen ?? String(first.index ?? '')}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      >
        <option value="">{t('subtitles.none')}</option>
        {media.subtitles.map((track) => (
          <option key={track.index} value={String(track.index)}>
            {subtitleLabel(track)}
          </option>
        ))}
      </select>
    </label>
  )
}
