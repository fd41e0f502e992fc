import type { IncomingMessage, ServerResponse } from 'node:http'
import { Stream } from 'node:stream'
import type { Middleware } from 'koa'
import { ApiError } from '../messages/api-error.ts'
import { FairShares } from '../messages/fair-shares.ts'
import { clientAddress } from '../messages/forwarded.ts'

/** The system takes answers up to this size off our hands at once, whether they are read or not. */
const SMALL_BYTES = 16 * 1024
/** The parts of an answer of unknown length that are underway at a time. */
const PARTS_BYTES = 512 * 1024
/** What answers that are not yet taken may hold; the playlist of 100,000 files has some 15 MiB. */
const LIMITS = { perAddress: 16 * 1024 * 1024, inAll: 64 * 1024 * 1024 }
/** Who has not taken an answer by then never will; ms. Media have no such limit, they may be paused. */
const TAKING_TIMEOUT_MS = 60_000
const RETRY_AFTER_SECONDS = 5

/**
 * Bounds the memory of all answers except media, which somebody may ask for and never read: what is
 * whole, and what is written bit by bit.
 */
export function answerBudget(trustProxy: boolean): Middleware {
  const shares = new FairShares(LIMITS)
  return async ({ req, res, response }, next) => {
    await next()
    const { body } = response
    // Written once; the type that Koa chose for the object stays.
    if (isJson(body)) response.body = JSON.stringify(body)
    const bytes = response.length ?? (response.body instanceof Stream ? PARTS_BYTES : 0)
    if (bytes > SMALL_BYTES) hold(shares, bytes, req, res, trustProxy)
  }
}

/** Throws ApiError 503 where others hold all that there is. */
function hold(
  shares: FairShares,
  bytes: number,
  request: IncomingMessage,
  response: ServerResponse,
  trustProxy: boolean,
): void {
  const end = (): void => {
    request.socket.destroy()
  }
  const giveBack = shares.take(clientAddress(request, trustProxy), bytes, end)
  if (giveBack === null) {
    const headers = { 'Retry-After': RETRY_AFTER_SECONDS }
    throw new ApiError(503, 'too many answers are being sent', { headers })
  }
  const timer = setTimeout(end, TAKING_TIMEOUT_MS)
  response.once('close', () => {
    clearTimeout(timer)
    giveBack()
  })
}

/** What Koa would write as JSON. */
function isJson(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false
  return !Buffer.isBuffer(body) && !(body instanceof Stream)
}
