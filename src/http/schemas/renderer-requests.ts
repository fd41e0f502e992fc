import { z } from 'zod'

/** Longer than any film. */
const LONGEST_SECONDS = 1_000_000

const position = z
  .number({ error: 'expected seconds from the beginning' })
  .min(0)
  .max(LONGEST_SECONDS)

export const playedFile = z.object({
  torrent: z
    .union([z.int().min(0), z.string().min(1).max(64)])
    .describe('Id or info hash of a torrent'),
  file: z.int({ error: 'expected the number of a file' }).min(0).describe('Number of the file'),
  subtitle: z
    .int({ error: 'expected the number of a subtitle, or null' })
    .min(0)
    .nullable()
    .optional()
    .describe('Number among those that GET /library lists; null for none, the best when absent'),
})

export const playBody = playedFile.extend({
  position: position.optional().describe('Where to begin; seconds'),
})

export const nextBody = playedFile

export const seekBody = z.object({ position: position.describe('Seconds') })

export const volumeBody = z.object({
  volume: z.number({ error: 'expected 0 to 100' }).min(0).max(100).describe('0 to 100'),
})

export const muteBody = z.object({ muted: z.boolean({ error: 'expected true or false' }) })
