import type { TimedCue } from '../cue.ts'
import type { SubtitleTraits } from '../sidecar-name.ts'

/** A track of subtitles inside a film. */
export interface SubtitleTrack extends SubtitleTraits {
  /** As the container counts its tracks; unique in the film. */
  readonly number: number
  /** `bitmap` ones are pictures (PGS, VobSub), which cannot be given out as text. */
  readonly kind: 'text' | 'bitmap'
  /** As the container spells it: `S_TEXT/UTF8`, `tx3g`. */
  readonly codec: string
  /** Empty where it has none. */
  readonly name: string
  readonly isDefault: boolean
}

/** What a film gave of one of its tracks. */
export interface TrackText {
  /** In the order of time. */
  readonly cues: readonly TimedCue[]
  /** False where parts of the film were not there. */
  readonly isComplete: boolean
}

/** A film that has been looked into. */
export interface SubtitledFilm {
  readonly tracks: readonly SubtitleTrack[]
  /** All that is there of a text track. An unknown number, or one of pictures, has no cues. */
  text(trackNumber: number, signal?: AbortSignal): Promise<TrackText>
}
