// What is answered of torrents. Sizes are bytes, speeds bytes per second unless said otherwise. As far as the page reads it.

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
