import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { plainAddress } from '../../ip-address.ts'
import { ApiError } from '../messages/api-error.ts'
import { clientAddress } from '../messages/forwarded.ts'
import type { Credentials, GuardOptions } from './access-rules.ts'
import type { Trier } from './password-attempts.ts'

const CHALLENGE = { 'WWW-Authenticate': 'Basic realm="API", charset="UTF-8"' }

/** Throws ApiError 401, or 429 where an address has tried wrong ones too often. */
export function requirePassword(
  request: IncomingMessage,
  auth: Credentials,
  { attempts, trustProxy }: Pick<GuardOptions, 'attempts' | 'trustProxy'>,
): void {
  const { authorization } = request.headers
  const trier = trierOf(request, trustProxy)
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
    attempts.failed(trier, userOf(authorization))
  }
  const message = 'a user and a password are needed'
  throw new ApiError(401, message, { kind: 'unauthorized', headers: CHALLENGE })
}

/** Who tries a password by a request. */
export function trierOf(request: IncomingMessage, trustProxy: boolean): Trier {
  return {
    address: clientAddress(request, trustProxy),
    connected: plainAddress(request.socket.remoteAddress ?? ''),
    agent: request.headers['user-agent'],
  }
}

/** Basic authentication (RFC 7617), compared in constant time. */
function isAuthorized(header: string, { user, password }: Credentials): boolean {
  const given = basicBytes(header)
  if (given === null) return false
  return timingSafeEqual(digest(given), digest(Buffer.from(`${user}:${password}`)))
}

function basicBytes(header: string): Buffer | null {
  const encoded = /^basic +(\S+)$/i.exec(header.trim())?.[1]
  return encoded === undefined ? null : Buffer.from(encoded, 'base64')
}

const MAX_USER_CHARACTERS = 64

/** The name that somebody gave, for the log; `null` where there is none. */
export function userOf(header: string): string | null {
  const text = basicBytes(header)?.toString() ?? ''
  const colon = text.indexOf(':')
  return colon > 0 ? text.slice(0, Math.min(colon, MAX_USER_CHARACTERS)) : null
}

function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
