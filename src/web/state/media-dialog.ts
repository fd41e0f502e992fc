import { signal } from '@preact/signals'
import type { SubtitleTrack } from '../api/library-types.ts'

/** A file that can be played somewhere. */
export interface MediaFile {
  readonly infoHash: string
  readonly fileIndex: number
  readonly title: string
  /** Absolute, as this browser reaches it. */
  readonly streamUrl: string
  readonly durationS: number | null
  readonly resumeS: number | null
  readonly subtitles: readonly SubtitleTrack[]
  /** Of its first sound; `null` where nobody knows. */
  readonly audioLanguage: string | null
}

export type MediaDialog =
  | { readonly kind: 'play-on'; readonly media: MediaFile }
  | { readonly kind: 'share'; readonly media: MediaFile }

/** What is asked about a file now; one thing at a time. */
export const mediaDialog = signal<MediaDialog | null>(null)
