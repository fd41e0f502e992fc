import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { AudioTrack } from '../../api/library-types.ts'
import { serverUrl } from '../../api/request.ts'
import { type MediaFacts, type Playability, playability } from '../../logic/playability.ts'
import { routeHash } from '../../logic/routes.ts'
import type { MediaFile } from '../../state/media-dialog.ts'
import { useFirstSubtitles } from '../../state/subtitle-wish.ts'
import { subtitleLabel } from '../../text/subtitle-label.ts'
import { AudioTracks } from './audio-tracks.tsx'
import { CannotPlay, type PlayFailure, SilentNote } from './cannot-play.tsx'
import { keepPosition } from './keep-position.ts'
import { StallNote } from './stall-note.tsx'
import { SubtitleChoice } from './subtitle-choice.tsx'

export interface Playable {
  readonly media: MediaFile
  readonly facts: MediaFacts & {
    readonly audio: readonly (AudioTrack | { readonly codec: string | null })[]
    readonly resolution: string | null
  }
  /** Whether the server keeps where somebody stopped. */
  readonly isKept: boolean
  /** Of music, which has nothing else to be seen. */
  readonly poster: string | null
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
  const { media, facts, isKept, poster } = playable
  const isSound = facts.mime?.startsWith('audio/') === true
  const video = useRef<HTMLVideoElement>(null)
  const begin = useRef(media.resumeS ?? 0)
  const first = useFirstSubtitles(media)
  useEffect(() => {
    const element = video.current
    if (element === null || !isKept) return
    return keepPosition(element, media)
  }, [media.infoHash, media.fileIndex, isKept])
  return (
    <>
      {isSound && poster !== null && <img class="sleeve" src={serverUrl(poster)} alt="" />}
      {/* biome-ignore lint/a11y/useMediaCaption: its subtitles are below, as far as there are any */}
      <video
        ref={video}
        class={isSound ? 'player sound' : 'player'}
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
        {media.subtitles.map((track) => (
          <track
            key={track.index}
            kind="subtitles"
            src={serverUrl(track.url_vtt)}
            label={subtitleLabel(track)}
            srcLang={track.language ?? undefined}
            default={track.index === first.index}
          />
        ))}
      </video>
      <StallNote media={media} />
      {able.kind === 'silent' && <SilentNote name={able.name} media={media} />}
      {media.subtitles.length > 0 && <SubtitleChoice video={video} media={media} first={first} />}
      <AudioTracks tracks={facts.audio} resolution={facts.resolution} video={video} />
    </>
  )
}

function failureOf(error: MediaError | null): PlayFailure {
  if (error?.code === MediaError.MEDIA_ERR_NETWORK) return { kind: 'network' }
  if (error?.code === MediaError.MEDIA_ERR_DECODE) return { kind: 'decode' }
  return { kind: 'refused' }
}
