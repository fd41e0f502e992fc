// What is answered of films, series, music and pictures, and of their files. As far as the page reads it.

export interface AudioTrack {
  readonly language: string | null
  readonly codec: string | null
  readonly channels: number | null
  readonly title: string | null
}

export interface SubtitleTrack {
  readonly index: number
  readonly language: string | null
  readonly name: string | null
  readonly url_srt: string
  readonly url_vtt: string
}

export interface VideoFacts {
  readonly codec: string | null
  readonly profile?: string | null
  readonly bit_depth?: number | null
}

export interface LibraryFile {
  readonly file_idx: number
  readonly name: string
  readonly title: string | null
  readonly season: number | null
  readonly episode: number | null
  readonly length: number
  readonly mime: string | null
  readonly duration_s: number | null
  readonly resolution: string | null
  readonly audio: readonly AudioTrack[]
  readonly subtitles: readonly SubtitleTrack[]
  readonly resume_s: number | null
  readonly watched: boolean
  /** When it was watched last; milliseconds since the epoch. */
  readonly played_at?: number | null
  readonly stream_url: string
  readonly poster: string | null
  /** From 0 to 1. */
  readonly finished: number
  readonly selected: boolean
  readonly video?: VideoFacts | null
}

/** Of the event `files`: what has become known of a file, or how far it was watched meanwhile. */
export interface FileNews
  extends Pick<
    LibraryFile,
    | 'file_idx'
    | 'duration_s'
    | 'resolution'
    | 'audio'
    | 'resume_s'
    | 'watched'
    | 'played_at'
    | 'video'
  > {
  readonly info_hash: string
  readonly subtitle_count: number
}

/** Whose files are being looked into. */
export interface Probing {
  readonly info_hash: string
  readonly torrent_name: string
  readonly probed: number
  readonly total: number
}

export type LibraryKind = 'film' | 'series' | 'audio' | 'image' | 'other'

export interface LibraryItem {
  readonly id: string
  readonly kind: LibraryKind
  readonly title: string
  readonly year: number | null
  readonly torrent_id: number
  readonly info_hash: string
  readonly added_at: number | string
  readonly poster: string | null
  readonly files: readonly LibraryFile[]
}
