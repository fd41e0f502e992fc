import { z } from 'zod'

/** Integers are written without a fraction: clients with typed languages refuse one. */
export const count = z.int().min(0)

export const moment = count.describe('Milliseconds since 1970')

export const nothing = z.object({})

export const speed = z
  .object({ mbps: z.number().min(0), human_readable: z.string() })
  .meta({ id: 'Speed', description: 'In spite of its name, mbps is MiB per second' })

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

export const limits = z
  .object({ upload_bps: count.nullable(), download_bps: count.nullable() })
  .meta({ id: 'Limits' })
