import { z } from 'zod'
import { isPeerAddress } from '../../peer-address.ts'

/** `true` or 1, `false` or 0. */
const flag = z
  .enum(['true', 'false', '1', '0'], {
    error: ({ input }) => `expected true or false, not ${JSON.stringify(input)}`,
  })
  .transform((text) => text === 'true' || text === '1')

/** Of GET /stream_logs: `recent` has what was said before come first. */
export const logQuery = z.object({ recent: flag.optional() })

const wholeNumber = (unit: string) =>
  z
    .string()
    .regex(/^\d{1,20}$/, {
      error: ({ input }) => `${JSON.stringify(input)} is not a number of ${unit}`,
    })
    .transform(Number)

/** A comma list of whole numbers, at least one. */
const fileIndices = z.string().transform((text, context) => {
  const indices: number[] = []
  for (const part of text.split(',')) {
    const index = Number(part.trim())
    if (!/^\s*\d+\s*$/.test(part) || !Number.isSafeInteger(index)) {
      context.addIssue(`failed to parse ${JSON.stringify(part)} as integer`)
      return z.NEVER
    }
    indices.push(index)
  }
  return indices
})

/** A comma list of `ip:port`, IPv6 addresses in brackets. */
const addresses = z.string().transform((text, context) => {
  const parts = text.split(',').map((part) => part.trim())
  const given = parts.filter((part) => part !== '')
  for (const part of given) {
    if (isPeerAddress(part)) continue
    context.addIssue(`${JSON.stringify(part)} is not ip:port`)
    return z.NEVER
  }
  return given
})

const timeout = wholeNumber('milliseconds')
  .optional()
  .describe('How long the metadata is waited for; 600000 when absent, at most 3600000')

const initialPeers = addresses
  .optional()
  .describe('Peers to begin with: ip:port, with commas between')

export const listQuery = z.object({
  with_stats: flag.optional().describe('With the statistics of each torrent'),
})

export const addQuery = z.object({
  overwrite: flag
    .optional()
    .describe('Takes over files that are there already, once they are checked'),
  output_folder: z.string().optional().describe('Below the data folder'),
  sub_folder: z
    .string()
    .optional()
    .describe('Below the data folder; not together with output_folder'),
  only_files: fileIndices
    .optional()
    .describe('Numbers of the files to download, with commas between'),
  only_files_regex: z
    .string()
    .optional()
    .describe('Downloads files whose path this finds (RE2 syntax); not together with only_files'),
  peer_connect_timeout: wholeNumber('seconds')
    .optional()
    .describe('For connecting to a peer; seconds'),
  peer_read_write_timeout: wholeNumber('seconds')
    .optional()
    .describe('A peer that is silent for so long is dropped; seconds'),
  initial_peers: initialPeers,
  is_url: flag.optional().describe('The body is text, or is not; otherwise that is guessed'),
  list_only: flag.optional().describe('Tells what is in the torrent and adds nothing'),
  timeout_ms: timeout,
  wait: flag.optional().describe('false answers at once, before the metadata of a magnet is there'),
  paused: flag.optional().describe('Adds it without starting it'),
})

export const resolveQuery = z.object({ timeout_ms: timeout, initial_peers: initialPeers })

export const createQuery = z.object({
  name: z
    .string()
    .min(1)
    .optional()
    .describe('Of a folder, its own when absent; a single file keeps its name'),
  trackers: z.array(z.string()).optional().describe('May be given more than once'),
  output: z
    .enum(['magnet', 'torrent'], {
      error: ({ input }) => `expected magnet or torrent, not ${JSON.stringify(input)}`,
    })
    .optional()
    .describe('What is answered: a magnet (text) when absent, or the torrent file'),
})

export const peerStatsQuery = z.object({
  state: z
    .enum(['live', 'all'], {
      error: ({ input }) => `expected live or all, not ${JSON.stringify(input)}`,
    })
    .optional()
    .describe('Which peers: those that are connected (live) when absent'),
})

export const onlyFilesBody = z.object({
  only_files: z
    .array(z.int().min(0), { error: 'expected a list of file numbers' })
    .max(1_000_000)
    .describe('Numbers of the files to download'),
})

/** Bytes per second. */
const rate = z
  .int({ error: 'expected a whole number, or null' })
  .min(1, { error: 'expected a number above 0, or null for no limit' })
  .max(2 ** 32 - 1)
  .nullable()

export const limitsBody = z.object({
  upload_bps: rate.optional().describe('Bytes per second; null or absent: no limit'),
  download_bps: rate.optional().describe('Bytes per second; null or absent: no limit'),
})

/** Of one torrent. */
export const torrentLimitsBody = limitsBody.extend({
  max_connections: z
    .int({ error: 'expected a whole number, or null' })
    .min(1, { error: 'expected a number above 0, or null' })
    .max(65_535)
    .nullable()
    .optional()
    .describe('Peers at once; null: as of all torrents; absent: as it is'),
})

export const keepBody = z.object({
  keep: z
    .boolean({ error: 'expected true or false' })
    .describe('Nothing of it is freed to make room'),
})

const goal = z
  .number({ error: 'expected a number, or null' })
  .min(0, { error: 'expected 0 or more, or null' })
  .nullable()

export const seedingBody = z.object({
  ratio: goal
    .optional()
    .describe('Bytes sent for each byte of it; 0: no limit, null: what the settings say'),
  minutes: goal
    .optional()
    .describe('Since it was finished; 0: no limit, null: what the settings say'),
})
