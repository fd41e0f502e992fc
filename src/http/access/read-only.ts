import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApiError } from '../messages/api-error.ts'

const ALLOWED_METHODS = 'GET, HEAD'

/**
 * For what can only be read: answers OPTIONS, and says so. False: it is a GET or HEAD, and still to be answered.
 *
 * @param what - Named where it is refused: `streams`.
 * @throws ApiError 405 for any other method.
 */
export function answeredAsReadOnly(
  { method }: IncomingMessage,
  response: ServerResponse,
  what: string,
): boolean {
  if (method === 'GET' || method === 'HEAD') return false
  if (method === 'OPTIONS') {
    response.writeHead(200, { Allow: ALLOWED_METHODS, 'Content-Length': 0 }).end()
    return true
  }
  throw new ApiError(405, `${method} is not for ${what}`, { headers: { Allow: ALLOWED_METHODS } })
}
