import type { PeerCounts, Speed } from './torrent-types.ts'

// What is answered of the server itself: its totals, its streams, its settings. As far as the page reads it.

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
