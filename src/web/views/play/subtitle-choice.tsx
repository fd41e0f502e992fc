import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { MediaFile } from '../../state/media-dialog.ts'
import { chooseSubtitles } from '../../state/preferences.ts'
import { subtitleLabel } from '../../text/subtitle-label.ts'
import { t } from '../../text/text.ts'

interface SubtitleChoiceProps {
  readonly video: { readonly current: HTMLVideoElement | null }
  readonly media: MediaFile
  /** The place of those that are shown first. */
  readonly first: number | null
}

/** Which subtitles are shown; the browser's own menu is hard to find on some. */
export function SubtitleChoice({ video, media, first }: SubtitleChoiceProps): JSX.Element {
  const [chosen, setChosen] = useState(first === null ? '' : String(first))
  const choose = (value: string): void => {
    setChosen(value)
    const tracks = video.current?.textTracks ?? []
    for (const [place, track] of [...tracks].entries()) {
      track.mode = String(place) === value ? 'showing' : 'disabled'
    }
    // The next episode begins alike.
    const { language = 'none' } = media.subtitles[value === '' ? -1 : Number(value)] ?? {}
    if (language !== null) chooseSubtitles(language)
  }
  return (
    <label class="field inline">
      {t('subtitles')}
      <select value={chosen} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        <option value="">{t('subtitles.none')}</option>
        {media.subtitles.map((track, place) => (
          <option key={track.index} value={String(place)}>
            {subtitleLabel(track)}
          </option>
        ))}
      </select>
    </label>
  )
}
