import { z } from 'zod'
import { count, limits, peerCounts, speed } from './answer-parts.ts'

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

const limitsInForce = limits
  .extend({ alternative: z.boolean() })
  .meta({ id: 'LimitsInForce', description: 'Those that hold now; of the time of day, or not' })

export const sessionLimits = limits
  .extend({ in_force: limitsInForce })
  .meta({ id: 'SessionLimits' })

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
