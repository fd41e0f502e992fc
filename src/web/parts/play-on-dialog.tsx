import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Renderer } from '../api/renderer-types.ts'
import { serverUrl } from '../api/request.ts'
import { clockTime } from '../logic/times.ts'
import { renderers } from '../state/live.ts'
import type { MediaFile } from '../state/media-dialog.ts'
import { isBusy, playAfter, playOn, searchRenderers } from '../state/remote.ts'
import { subtitlesFor } from '../state/subtitle-wish.ts'
import { subtitleLabel } from '../text/subtitle-label.ts'
import { t } from '../text/text.ts'
import { errorText } from '../text/told-error.ts'
import { Dialog } from './dialog.tsx'
import { Icon } from './icon.tsx'
import { Progress } from './progress.tsx'

interface PlayOnDialogProps {
  readonly media: MediaFile
  readonly onClose: () => void
}

/** Which TV, from where, with which subtitle. */
export function PlayOnDialog({ media, onClose }: PlayOnDialogProps): JSX.Element {
  const [fromStart, setFromStart] = useState(false)
  const [subtitle, setSubtitle] = useState<number | null>(() => {
    const place = subtitlesFor(media)
    return place === null ? null : (media.subtitles[place]?.index ?? null)
  })
  const [asked, setAsked] = useState<string | null>(null)
  const known = renderers.value ?? []
  const { resumeS } = media
  const play = async (renderer: Renderer): Promise<void> => {
    setAsked(renderer.id)
    const position = resumeS !== null && !fromStart ? resumeS : 0
    const isPlaying = await playOn(renderer, media, { position, subtitle })
    setAsked(null)
    if (isPlaying) onClose()
  }
  const queue = async (renderer: Renderer): Promise<void> => {
    setAsked(renderer.id)
    const isQueued = await playAfter(renderer, media)
    setAsked(null)
    if (isQueued) onClose()
  }
  return (
    <Dialog title={t('play.on.title', { title: media.title })} onClose={onClose}>
      {resumeS !== null && resumeS > 0 && (
        <label class="check">
          <input type="checkbox" checked={fromStart} onChange={() => setFromStart(!fromStart)} />
          {t('play.on.from.start', { time: clockTime(resumeS) })}
        </label>
      )}
      {media.subtitles.length > 0 && (
        <label class="field">
          {t('subtitles')}
          <select
            value={subtitle ?? ''}
            onChange={({ currentTarget: { value } }) =>
              setSubtitle(value === '' ? null : Number(value))
            }
          >
            <option value="">{t('subtitles.none')}</option>
            {media.subtitles.map((track) => (
              <option key={track.index} value={track.index}>
                {subtitleLabel(track)}
              </option>
            ))}
          </select>
        </label>
      )}
      {asked !== null && <Progress label={t('play.on.asking')} share={null} />}
      <ul class="choices">
        {known.map((renderer) => (
          <li key={renderer.id}>
            <button type="button" disabled={asked !== null} onClick={() => void play(renderer)}>
              {renderer.icon === null ? (
                <Icon name="tv" size={32} />
              ) : (
                <img src={serverUrl(renderer.icon)} alt="" width="32" height="32" />
              )}
              <span>
                <strong>{renderer.name}</strong>
                <span class="muted">
                  {renderer.problem === null
                    ? (renderer.model ?? renderer.address)
                    : errorText(renderer.problem_code, renderer.problem)}
                </span>
              </span>
            </button>
            {renderer.playback.title !== null && isBusy(renderer) && (
              <button
                type="button"
                class="narrow"
                disabled={asked !== null}
                aria-label={t('play.after.on', { name: renderer.name })}
                onClick={() => void queue(renderer)}
              >
                {t('play.after')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {known.length === 0 && <p class="hint">{t('play.on.none')}</p>}
      <button type="button" onClick={() => void searchRenderers()}>
        <Icon name="search" size={18} /> {t('tvs.search')}
      </button>
    </Dialog>
  )
}
