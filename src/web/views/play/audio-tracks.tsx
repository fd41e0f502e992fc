import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { AudioTrack } from '../../api/library-types.ts'
import { codecName } from '../../logic/playability.ts'
import { languageName, t } from '../../text/text.ts'

interface AudioTracksProps {
  readonly tracks: readonly (AudioTrack | { readonly codec: string | null })[]
  readonly resolution: string | null
  readonly video: { readonly current: HTMLVideoElement | null }
}

/** Few browsers let a page choose; they all have the same shape for it (HTML, AudioTrackList). */
interface AudioTrackList extends EventTarget {
  readonly length: number
  readonly [place: number]: { enabled: boolean }
}

/** Names the sounds of a film, and lets one be chosen where the browser can. */
export function AudioTracks({ tracks, resolution, video }: AudioTracksProps): JSX.Element | null {
  const [chosen, setChosen] = useState(0)
  const [canChoose, setCanChoose] = useState(false)
  useEffect(() => {
    const element = video.current
    const look = (): void => setCanChoose((audioTracksOf(element)?.length ?? 0) > 1)
    element?.addEventListener('loadedmetadata', look)
    return () => element?.removeEventListener('loadedmetadata', look)
  }, [video])
  const choose = (place: number): void => {
    const list = audioTracksOf(video.current)
    for (let index = 0; index < (list?.length ?? 0); index++) {
      const track = list?.[index]
      if (track !== undefined) track.enabled = index === place
    }
    setChosen(place)
  }
  if (tracks.length === 0 && resolution === null) return null
  return (
    <section class="tracks" aria-label={t('audio')}>
      {resolution !== null && <p class="muted">{resolution}</p>}
      {tracks.length > 0 && <h2>{t('audio')}</h2>}
      <ul>
        {tracks.map((track, place) => (
          <li key={place}>
            {canChoose ? (
              <label class="check">
                <input
                  type="radio"
                  name="audio"
                  checked={place === chosen}
                  onChange={() => choose(place)}
                />
                {trackName(track)}
              </label>
            ) : (
              trackName(track)
            )}
          </li>
        ))}
      </ul>
      {tracks.length > 1 && !canChoose && <p class="hint">{t('audio.fixed')}</p>}
    </section>
  )
}

function audioTracksOf(element: HTMLVideoElement | null): AudioTrackList | null {
  return (element as { audioTracks?: AudioTrackList } | null)?.audioTracks ?? null
}

function trackName(track: AudioTrack | { readonly codec: string | null }): string {
  const { codec } = track
  const full = 'language' in track ? track : null
  const channels = full?.channels ?? null
  return [
    full?.language ? languageName(full.language) : t('audio.unknown'),
    full?.title,
    codec === null ? null : codecName('audio', codec),
    channels === null ? null : (CHANNELS[channels] ?? t('audio.channels', { count: channels })),
  ]
    .filter(Boolean)
    .join(' · ')
}

/** As people write them. */
const CHANNELS: Readonly<Record<number, string>> = { 1: '1.0', 2: '2.0', 6: '5.1', 8: '7.1' }
