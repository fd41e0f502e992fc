/** What the server answers, as far as the page reads it. Sizes are bytes, speeds bytes per second unless said otherwise. */

export interface Speed {
  /** MiB/s, in spite of its name. */
  readonly mbps: number
  readonly human_readable: string
}

export interface PeerCounts {
  readonly live: number
  readonly seen: number
  readonly live_seeders?: number
}

export interface LiveStats {
  readonly snapshot: {
    readonly downloaded_and_checked_bytes: number
    readonly fetched_bytes: number
    readonly uploaded_bytes: number
    readonly peer_stats: PeerCounts
  }
  readonly download_speed: Speed
  readonly upload_speed: Speed
  readonly time_remaining: { readonly duration: { readonly secs: number } } | null
}

export interface TorrentStats {
  readonly state: 'initializing' | 'live' | 'paused' | 'error'
  readonly resolving?: boolean
  /** It is to be at work, and waits for its turn. */
  readonly queued?: boolean
  /** Bytes that are there, per file; empty where nothing is known yet. */
  readonly file_progress: readonly number[]
  readonly error: string | null
  readonly progress_bytes: number
  readonly uploaded_bytes: number
  readonly total_bytes: number
  readonly finished: boolean
  readonly live: LiveStats | null
}

/** An entry of GET /torrents?with_stats=true. */
export interface TorrentItem {
  readonly id: number
  readonly info_hash: string
  readonly name: string | null
  readonly output_folder: string
  readonly total_pieces: number | null
  readonly resolving?: boolean
  readonly paused?: boolean
  /** Milliseconds since the epoch, or a date as text. */
  readonly added_at?: number | string
  readonly stats: TorrentStats
}

export interface FileDetails {
  readonly name: string
  readonly components: readonly string[]
  readonly length: number
  readonly included: boolean
  readonly attributes: { readonly padding: boolean }
  /** Why the file cannot be used. */
  readonly error?: string
}

/** GET /torrents/{id}. */
export interface TorrentDetails {
  readonly id: number | null
  readonly info_hash: string
  readonly name: string | null
  readonly output_folder: string
  readonly total_pieces?: number | null
  readonly files?: readonly FileDetails[] | null
  readonly keep?: boolean
  readonly seeding?: { readonly ratio: number | null; readonly minutes: number | null }
}

/** POST /torrents; `id` is null where it was only looked at (`list_only`). */
export interface AddedTorrent {
  readonly id: number | null
  readonly details: TorrentDetails
  readonly output_folder: string
}

export interface Peer {
  readonly counters: {
    readonly fetched_bytes: number
    readonly uploaded_bytes: number
    readonly incoming_connections?: number
  }
  readonly state: string
  readonly conn_kind: string | null
  readonly client_name?: string | null
  readonly flags?: string
  readonly download_bps?: number
  readonly upload_bps?: number
  /** From 0 to 1. */
  readonly progress?: number
}

export interface Tracker {
  readonly url: string
  readonly state: 'working' | 'waiting' | 'failed'
  readonly message: string | null
  readonly seeders: number | null
  readonly leechers: number | null
  /** Milliseconds since the epoch, like all times below. */
  readonly last_announce: number | string | null
  readonly next_announce: number | string | null
}

export interface Limits {
  /** `null`: no limit. */
  readonly upload_bps: number | null
  readonly download_bps: number | null
}

export interface SessionStats {
  readonly download_speed: Speed
  readonly upload_speed: Speed
  readonly uptime_seconds?: number
  readonly peers?: PeerCounts
}

export type StallReason = 'no_peer_has_it' | 'peers_slow' | 'disk' | 'client_paused' | 'paused'

export interface StreamInfo {
  readonly id: number | string
  readonly torrent_id: number
  readonly info_hash: string
  readonly torrent_name: string | null
  readonly file_idx: number
  readonly file_name: string
  readonly client: { readonly address: string | null; readonly user_agent: string | null } | null
  readonly position: number
  readonly length: number
  /** Inclusive at both ends. */
  readonly window: { readonly first_piece: number; readonly last_piece: number } | null
  readonly buffered_ahead_bytes: number
  readonly speed_bps: number
  readonly stalls: {
    readonly count: number
    readonly total_ms: number
    readonly current: { readonly since_ms: number; readonly reason: StallReason } | null
  }
  readonly started_at: number | string
}

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

export interface VideoFacts {
  readonly codec: string | null
  readonly profile?: string | null
  readonly bit_depth?: number | null
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

export interface ControlPoint {
  readonly address: string
  readonly user_agent: string | null
  readonly friendly_name: string | null
  readonly rule: RendererRule
  readonly why: string
  readonly why_code: 'chosen' | 'request' | 'description' | 'unknown'
  readonly last_seen: number | string | null
  readonly override: string | null
}

export interface RendererRule {
  readonly id: string
  readonly name: string
}

export interface Playback {
  readonly state: 'stopped' | 'playing' | 'paused' | 'transitioning' | 'unknown'
  readonly info_hash: string | null
  readonly file_idx: number | null
  readonly title: string | null
  readonly position_s: number | null
  readonly duration_s: number | null
  /** From 0 to 100. */
  readonly volume: number | null
  readonly muted: boolean | null
  readonly next: {
    readonly info_hash: string
    readonly file_idx: number
    readonly title: string
  } | null
}

export interface Renderer {
  readonly id: string
  readonly name: string
  readonly model: string | null
  readonly manufacturer: string | null
  readonly address: string
  readonly icon: string | null
  readonly last_seen: number | string
  readonly problem: string | null
  /** One of the codes of an API error; `null` where there is no problem. */
  readonly problem_code: string | null
  readonly playback: Playback
}

export type SettingValue = string | number | boolean | readonly string[] | null

export interface Setting {
  readonly name: string
  readonly kind: 'text' | 'number' | 'boolean' | 'list' | 'secret' | 'choice'
  readonly choices?: readonly string[]
  readonly value: SettingValue
  readonly unit: string | null
  /** One plain sentence. */
  readonly effect: string
  /** Whether it counts only after a restart. */
  readonly restart: boolean
}
