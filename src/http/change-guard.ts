import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { plainAddress } from '../ip-address.ts'
import { ApiError } from './api-error.ts'
import type { CrossOrigin } from './cors.ts'
import { refuseForeignPage } from './foreign-page.ts'
import { clientAddress, isFromThisMachine } from './forwarded.ts'
import { namesUs } from './host-names.ts'
import type { PasswordAttempts, Trier } from './password-attempts.ts'

export interface Credentials {
  readonly user: string
  readonly password: string
}

export interface GuardOptions {
  /** Without a password only this machine may change anything; with one, it needs it as well. */
  readonly auth: Credentials | null
  /** Spares this machine the password: wrong where a reverse proxy on it does not say for whom it asks. */
  readonly trustLoopback: boolean
  readonly trustProxy: boolean
  readonly attempts: PasswordAttempts
  /** Pages of others that may do what we let them; none when absent. */
  readonly crossOrigin?: CrossOrigin | null
  /** In lower case. */
  readonly ownNames: ReadonlySet<string>
}

const CHALLENGE = { 'WWW-Authenticate': 'Basic realm="API", charset="UTF-8"' }

/**
 * Lets a request change something if no foreign web page sent it, and if it brings the password; where
 * there is none, if it comes from this machine and calls us by our name. Throws ApiError 400, 401,
 * 403 or 429.
 */
export function guardChange(request: IncomingMessage, options: GuardOptions): void {
  const { host } = request.headers
  if (host === undefined) throw new ApiError(400, 'a change needs a Host header')
  const { origin } = request.headers
  const isAllowedPage = origin !== undefined && options.crossOrigin?.allows(origin) === true
  if (!isAllowedPage) refuseForeignPage(request, options.trustProxy)
  const isPasswordSpared = options.auth === null || options.trustLoopback
  if (isPasswordSpared && isFromThisMachine(request) && namesUs(host, options.ownNames)) return
  if (options.auth === null) {
    const message =
      'only this machine may change anything, unless the server has a password (--auth)'
    throw new ApiError(403, message, { kind: 'unauthorized' })
  }
  const connected = plainAddress(request.socket.remoteAddress ?? '')
  const trier = { address: clientAddress(request, options.trustProxy), connected }
  requirePassword(request.headers.authorization, trier, options.auth, options.attempts)
}

/** Throws ApiError 401, or 429 where an address has tried wrong ones too often. */
function requirePassword(
  authorization: string | undefined,
  trier: Trier,
  auth: Credentials,
  attempts: PasswordAttempts,
): void {
  // Who brings none has tried none: browsers ask without one first.
  if (authorization !== undefined) {
    const waitMs = attempts.waitMs(trier)
    if (waitMs > 0) {
      const headers = { 'Retry-After': Math.ceil(waitMs / 1_000) }
      const message = 'too many wrong passwords from this address'
      throw new ApiError(429, message, { kind: 'unauthorized', headers })
    }
    if (isAuthorized(authorization, auth)) {
      attempts.succeeded(trier)
      return
    }
    attempts.failed(trier)
  }
  const message = 'a user and a password are needed'
  throw new ApiError(401, message, { kind: 'unauthorized', headers: CHALLENGE })
}

/** Basic authentication (RFC 7617), compared in constant time. */
function isAuthorized(header: string | undefined, { user, password }: Credentials): boolean {
  const encoded = /^basic +(\S+)$/i.exec(header?.trim() ?? '')?.[1]
  if (encoded === undefined) return false
  const given = Buffer.from(encoded, 'base64')
  return timingSafeEqual(digest(given), digest(Buffer.from(`${user}:${password}`)))
}

function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
