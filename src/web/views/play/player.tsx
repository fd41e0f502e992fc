import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { AudioTrack } from '../../api/api-types.ts'
import { serverUrl } from '../../api/request.ts'
import { type MediaFacts, type Playability, playability } from '../../logic/playability.ts'
import { routeHash } from '../../logic/routes.ts'
import type { MediaFile } from '../../state/media-dialog.ts'
import { languageName, t } from '../../text/text.ts'
import { AudioTracks } from './audio-tracks.tsx'
import { CannotPlay, type PlayFailure, SilentNote } from './cannot-play.tsx'
import { keepPosition } from './keep-position.ts'

export interface Playable {
  readonly media: MediaFile
  readonly facts: MediaFacts & {
    readonly audio: readonly (AudioTrack | { readonly codec: string | null })[]
    readonly resolution: string | null
  }
  /** Whether the server keeps where somebody stopped. */
  readonly isKept: boolean
}

interface PlayerProps {
  readonly playable: Playable
  readonly next: MediaFile | null
}

/** Plays in the browser, or says in plain words why it cannot. */
export function Player({ playable, next }: PlayerProps): JSX.Element {
  const { media, facts } = playable
  const [failure, setFailure] = useState<PlayFailure | null>(null)
  const [isTried, setTried] = useState(false)
  const able = playability(facts, canPlay)
  if (facts.mime?.startsWith('image/')) {
    return <img class="picture" src={media.streamUrl} alt={media.title} />
  }
  const problem = failure ?? (able.kind === 'cannot' && !isTried ? able : null)
  if (problem !== null) {
    return (
      <CannotPlay
        media={media}
        problem={problem}
        onTry={() => {
          setFailure(null)
          setTried(true)
        }}
      />
    )
  }
  return <Screen playable={playable} able={able} next={next} onFailure={setFailure} />
}

function canPlay(type: string): boolean {
  const name = type.startsWith('audio/') ? 'audio' : 'video'
  return document.createElement(name).canPlayType(type) !== ''
}

interface ScreenProps extends PlayerProps {
  readonly able: Playability
  readonly onFailure: (failure: PlayFailure) => void
}

function Screen({ playable, able, next, onFailure }: ScreenProps): JSX.Element {
  const { media, facts, isKept } = playable
  const video = useRef<HTMLVideoElement>(null)
  const begin = useRef(media.resumeS ?? 0)
  useEffect(() => {
    const element = video.current
    if (element === null || !isKept) return
    return keepPosition(element, media)
  }, [media.infoHash, media.fileIndex, isKept])
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: its subtitles are below, as far as there are any */}
      <video
        ref={video}
        class={facts.mime?.startsWith('audio/') ? 'player sound' : 'player'}
        controls
        playsInline
        autoplay
        preload="metadata"
        src={media.streamUrl}
        aria-label={media.title}
        onLoadedMetadata={({ currentTarget }) => {
          const { duration } = currentTarget
          if (begin.current > 0 && begin.current < duration - 5) {
            currentTarget.currentTime = begin.current
          }
        }}
        onError={({ currentTarget }) => onFailure(failureOf(currentTarget.error))}
        onEnded={() => {
          if (next === null) return
          location.hash = routeHash({
            kind: 'play',
            infoHash: next.infoHash,
            fileIndex: next.fileIndex,
          })
        }}
      >
        {media.subtitles.map(({ index, language, name, url_vtt: url }, place) => (
          <track
            key={index}
            kind="subtitles"
            src={serverUrl(url)}
            label={name ?? (language === null ? t('subtitles.unnamed') : languageName(language))}
            srcLang={language ?? undefined}
            default={place === 0}
          />
        ))}
      </video>
      {able.kind === 'silent' && <SilentNote name={able.name} media={media} />}
      {media.subtitles.length > 0 && <SubtitleChoice video={video} media={media} />}
      <AudioTracks tracks={facts.audio} resolution={facts.resolution} video={video} />
    </>
  )
}

function failureOf(error: MediaError | null): PlayFailure {
  if (error?.code === MediaError.MEDIA_ERR_NETWORK) return { kind: 'network' }
  if (error?.code === MediaError.MEDIA_ERR_DECODE) return { kind: 'decode' }
  return { kind: 'refused' }
}

interface SubtitleChoiceProps {
  readonly video: { readonly current: HTMLVideoElement | null }
  readonly media: MediaFile
}

/** Which subtitles are shown; the browser's own menu is hard to find on some. */
function SubtitleChoice({ video, media }: SubtitleChoiceProps): JSX.Element {
  const [chosen, setChosen] = useState('0')
  const choose = (value: string): void => {
    setChosen(value)
    const tracks = video.current?.textTracks ?? []
    for (const [place, track] of [...tracks].entries()) {
      track.mode = String(place) === value ? 'showing' : 'disabled'
    }
  }
  return (
    <label class="field inline">
      {t('subtitles')}
      <select value={chosen} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        <option value="">{t('subtitles.none')}</option>
        {media.subtitles.map(({ index, language, name }, place) => (
          <option key={index} value={String(place)}>
            {name ?? (language === null ? t('subtitles.unnamed') : languageName(language))}
          </option>
        ))}
      </select>
    </label>
  )
}
