import { z } from 'zod'
import { count } from './answer-parts.ts'
import { API_ERROR_CODES } from './api-error-codes.ts'

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
