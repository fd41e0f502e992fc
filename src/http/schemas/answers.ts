import { z } from 'zod'
import { API_ERROR_CODES } from './api-error-codes.ts'

// What the API answers. Integers are written without a fraction: clients with typed languages refuse one.

const count = z.int().min(0)

export const root = z.object({
  apis: z.record(z.string(), z.string()),
  server: z.string(),
  version: z.string(),
  implementation: z.string(),
  implementation_version: z.string(),
})

export const health = z.object({ status: z.enum(['ok', 'failing']), reason: z.string().optional() })

export const speed = z
  .object({ mbps: z.number().min(0), human_readable: z.string() })
  .meta({ id: 'Speed', description: 'In spite of its name, mbps is MiB per second' })

export const duration = z
  .object({ secs: count, nanos: z.int().min(0).max(999_999_999) })
  .meta({ id: 'Duration' })

export const peerCounts = z
  .object({
    queued: count,
    connecting: count,
    live: count,
    live_tcp: count,
    live_utp: count,
    live_socks: count,
    live_seeders: count,
    seen: count,
    dead: count,
    not_needed: count,
    steals: count,
  })
  .meta({ id: 'AggregatePeerStats' })

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
  queued: z.boolean().optional(),
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
  })
  .meta({ id: 'AddedTorrent' })

export const nothing = z.object({})
export const deleted = z.object({
  not_deleted: z
    .array(z.object({ path: z.string(), reason: z.string() }))
    .optional()
    .describe('What had to be left'),
})

export const addresses = z.object({ addresses: z.array(z.url()) })

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

const dials = z.object({ attempts: count, successes: count, errors: count })
const families = z.object({ v4: dials, v6: dials })

export const sessionStats = z
  .object({
    counters: z.object({
      fetched_bytes: count,
      uploaded_bytes: count,
      blocked_incoming: count,
      blocked_outgoing: count,
    }),
    download_speed: speed,
    upload_speed: speed,
    peers: peerCounts,
    uptime_seconds: count,
    connections: z.object({ tcp: families, utp: families, socks: families }),
  })
  .meta({ id: 'SessionStats' })

export const limits = z
  .object({ upload_bps: count.nullable(), download_bps: count.nullable() })
  .meta({ id: 'Limits' })

export const torrentLimits = limits
  .extend({ max_connections: count.nullable() })
  .meta({ id: 'TorrentLimits' })

export const dhtStats = z
  .object({
    id: z.string(),
    outstanding_requests: count,
    routing_table_size: count,
    routing_table_size_v6: count,
  })
  .meta({ id: 'DhtStats' })

const routingTable = z.object({
  id: z.string(),
  size: count,
  buckets: z.object({ data: z.array(z.unknown()), size: count, max_size: count }),
})

export const dhtTable = z.object({ v4: routingTable, v6: routingTable }).meta({ id: 'DhtTable' })

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

export const apiError = z
  .object({
    error_kind: z.enum(['torrent_not_found', 'dht_disabled', 'unauthorized', 'internal_error']),
    human_readable: z.string(),
    code: z.enum(API_ERROR_CODES).describe('What went wrong; it stays where the message changes'),
    status: z.int(),
    status_text: z.string(),
    id: z.union([count, z.string()]).optional(),
  })
  .meta({ id: 'Error' })

const stall = z.object({
  since_ms: count.describe('Milliseconds since 1970'),
  reason: z.enum(['no_peer_has_it', 'peers_slow', 'disk', 'client_paused', 'paused']),
})

export const streams = z
  .object({
    streams: z.array(
      z.object({
        id: count,
        torrent_id: count,
        info_hash: z.string(),
        torrent_name: z.string(),
        file_idx: count,
        file_name: z.string(),
        // Only the owner is told.
        client: z.object({ address: z.string(), user_agent: z.string().nullable() }).nullable(),
        position: count,
        length: count,
        window: z.object({ first_piece: count, last_piece: count }).nullable(),
        buffered_ahead_bytes: count,
        speed_bps: count,
        stalls: z.object({ count, total_ms: count, current: stall.nullable() }),
        started_at: count.describe('Milliseconds since 1970'),
      }),
    ),
  })
  .meta({ id: 'Streams' })

const playedFile = z.object({ info_hash: z.string(), file_idx: count, title: z.string() })

export const renderers = z
  .object({
    renderers: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        model: z.string().nullable(),
        manufacturer: z.string().nullable(),
        address: z.string(),
        icon: z.string().nullable(),
        last_seen: count,
        problem: z.string().nullable(),
        problem_code: z.enum(API_ERROR_CODES).nullable(),
        playback: z.object({
          state: z.enum(['stopped', 'playing', 'paused', 'transitioning', 'unknown']),
          info_hash: z.string().nullable(),
          file_idx: count.nullable(),
          title: z.string().nullable(),
          position_s: z.number().min(0).nullable(),
          duration_s: z.number().min(0).nullable(),
          volume: z.int().min(0).max(100).nullable(),
          muted: z.boolean().nullable(),
          next: playedFile.nullable(),
        }),
      }),
    ),
  })
  .meta({ id: 'Renderers' })
