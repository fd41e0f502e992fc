import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { ApiError } from './api-error.ts'
import { isFromThisMachine, originOf } from './forwarded.ts'
import { namesUs } from './host-names.ts'

export interface Credentials {
  readonly user: string
  readonly password: string
}

export interface GuardOptions {
  /** Without a password only this machine may change anything. */
  readonly auth: Credentials | null
  readonly trustProxy: boolean
  /** In lower case. */
  readonly ownNames: ReadonlySet<string>
}

const CHALLENGE = { 'WWW-Authenticate': 'Basic realm="API", charset="UTF-8"' }

/**
 * Lets a request change something if no foreign web page sent it, and if it comes from this machine
 * and calls us by our name, or brings the password. Throws ApiError 400, 401 or 403.
 */
export function guardChange(request: IncomingMessage, options: GuardOptions): void {
  const { host } = request.headers
  if (host === undefined) throw new ApiError(400, 'a change needs a Host header')
  if (isForeign(request, options.trustProxy)) {
    throw new ApiError(403, 'another web page must not change anything here', {
      kind: 'unauthorized',
    })
  }
  if (isFromThisMachine(request) && namesUs(host, options.ownNames)) return
  if (options.auth === null) {
    const message =
      'only this machine may change anything, unless the server has a password (--auth)'
    throw new ApiError(403, message, { kind: 'unauthorized' })
  }
  if (!isAuthorized(request.headers.authorization, options.auth)) {
    throw new ApiError(401, 'a user and a password are needed', {
      kind: 'unauthorized',
      headers: CHALLENGE,
    })
  }
}

/** Browsers say whose page a request comes from; what is no browser says nothing (Fetch, 3.2). */
function isForeign(request: IncomingMessage, trustProxy: boolean): boolean {
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  if (site === 'cross-site' || site === 'same-site') return true
  if (origin === undefined) return false
  if (!URL.canParse(origin)) return true
  const { protocol, host } = new URL(origin)
  // The Host that a proxy made up is as much ours as the one that it was asked for.
  const ours = [request.headers.host, originOf(request, trustProxy).authority]
  return !ours.some((authority) => hostOf(protocol, authority) === host)
}

/** As URLs write it: in lower case, without the port that the scheme has anyway. */
function hostOf(protocol: string, authority: string | undefined): string | null {
  const url = `${protocol}//${authority}`
  return URL.canParse(url) ? new URL(url).host : null
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
