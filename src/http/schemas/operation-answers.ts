import { z } from 'zod'
import { count, moment } from './answer-parts.ts'

export const root = z.object({
  apis: z.record(z.string(), z.string()),
  server: z.string(),
  version: z.string(),
  implementation: z.string(),
  implementation_version: z.string(),
})

export const health = z.object({ status: z.enum(['ok', 'failing']), reason: z.string().optional() })

export const addresses = z.object({ addresses: z.array(z.url()) })

const stall = z.object({
  since_ms: moment,
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
        started_at: moment,
      }),
    ),
  })
  .meta({ id: 'Streams' })
