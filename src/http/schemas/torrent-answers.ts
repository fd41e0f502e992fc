import { z } from 'zod'
import { count, limits, peerCounts, speed } from './answer-parts.ts'

export const duration = z
  .object({ secs: count, nanos: z.int().min(0).max(999_999_999) })
  .meta({ id: 'Duration' })

export const liveStats = z
  .object({
    snapshot: z.object({
      downloaded_and_checked_bytes: count,
      fetched_bytes: count,
      uploaded_bytes: count,
      downloaded_and_checked_pieces: count,
      total_piece_download_ms: count,
      peer_stats: peerCounts,
    }),
    average_piece_download_time: duration.nullable(),
    download_speed: speed,
    upload_speed: speed,
    time_remaining: z.object({ duration, human_readable: z.string() }).nullable(),
  })
  .meta({ id: 'LiveStats' })

export const torrentStats = z
  .object({
    state: z.enum(['initializing', 'live', 'paused', 'error']),
    initializing_paused: z.boolean().optional(),
    resolving: z.boolean().optional(),
    queued: z.boolean().optional().describe('It waits for its turn'),
    file_progress: z.array(count),
    error: z.string().nullable(),
    progress_bytes: count,
    uploaded_bytes: count,
    total_bytes: count,
    finished: z.boolean(),
    live: liveStats.nullable(),
  })
  .meta({ id: 'TorrentStats' })

const summary = {
  id: count.optional(),
  info_hash: z.string().regex(/^[0-9a-f]{40}$/),
  name: z.string(),
  output_folder: z.string(),
  total_pieces: count,
  paused: z.boolean().optional(),
  resolving: z.boolean().optional(),
  keep: z.boolean().optional(),
  added_at: count.optional().describe('Milliseconds since 1970'),
}

export const torrentItem = z
  .object({ ...summary, stats: torrentStats.optional() })
  .meta({ id: 'TorrentItem' })

export const torrentList = z.object({ torrents: z.array(torrentItem) })

export const torrentFile = z
  .object({
    name: z.string(),
    components: z.array(z.string()),
    length: count,
    included: z.boolean(),
    attributes: z.object({
      symlink: z.boolean(),
      hidden: z.boolean(),
      padding: z.boolean(),
      executable: z.boolean(),
    }),
    error: z.string().optional().describe('Why the file cannot be used'),
  })
  .meta({ id: 'TorrentFile' })

export const torrentDetails = z
  .object({
    ...summary,
    seeding: z
      .object({ ratio: z.number().nullable(), minutes: z.number().nullable() })
      .optional()
      .describe('When it is paused: 0 for never, null for what the settings say'),
    files: z.array(torrentFile),
  })
  .meta({ id: 'TorrentDetails' })

export const addedTorrent = z
  .object({
    id: count.nullable(),
    details: torrentDetails,
    output_folder: z.string(),
    seen_peers: z.array(z.string()).nullable(),
    already_there: z
      .boolean()
      .optional()
      .describe('Whether it was there before; absent where it was only looked at'),
  })
  .meta({ id: 'AddedTorrent' })

export const deleted = z.object({
  not_deleted: z
    .array(z.object({ path: z.string(), reason: z.string() }))
    .optional()
    .describe('What had to be left'),
})

export const torrentLimits = limits
  .extend({ max_connections: count.nullable() })
  .meta({ id: 'TorrentLimits' })

export const trackers = z
  .object({
    trackers: z.array(
      z.object({
        url: z.string(),
        state: z.enum(['working', 'waiting', 'failed']),
        message: z.string().nullable(),
        seeders: count.nullable(),
        leechers: count.nullable(),
        last_announce: count.nullable().describe('Milliseconds since 1970'),
        next_announce: count.nullable().describe('Milliseconds since 1970'),
      }),
    ),
  })
  .meta({ id: 'Trackers' })

export const addedPeers = z.object({ added: count })

export const peerStats = z
  .object({
    peers: z.record(
      z.string(),
      z.object({
        counters: z.object({
          incoming_connections: count,
          fetched_bytes: count,
          uploaded_bytes: count,
          total_time_connecting_ms: count,
          connection_attempts: count,
          connections: count,
          errors: count,
          fetched_chunks: count,
          downloaded_and_checked_pieces: count,
          total_piece_download_ms: count,
          times_stolen_from_me: count,
          times_i_stole: count,
        }),
        state: z.enum(['queued', 'connecting', 'live', 'dead', 'not needed']),
        conn_kind: z.enum(['tcp', 'utp', 'socks']).nullable(),
        client_name: z.string().nullable(),
        flags: z.string(),
        download_bps: count,
        upload_bps: count,
        progress: z.number().min(0).max(1).nullable(),
      }),
    ),
  })
  .meta({ id: 'PeerStats' })
