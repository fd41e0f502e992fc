import type { IncomingMessage } from 'node:http'
import { plainAddress } from '../../ip-address.ts'
import { ApiError } from '../messages/api-error.ts'
import { everyAddress } from '../messages/forwarded.ts'
import type { GuardOptions } from './access-rules.ts'
import { isSparedPassword } from './change-guard.ts'
import { hostStanding } from './host-names.ts'
import { requirePassword } from './password.ts'

/**
 * `anybody`: tells nothing of anybody's. `network`: for who is on our networks; control points know no
 * passwords. `reader`: the same, or with --auth-reading the password.
 */
export type Audience = 'anybody' | 'network' | 'reader'

/** Methods that change nothing (RFC 9110, 9.2.1). */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/**
 * Whom a request may come from to be looked at. Of what changes something only this much: its own
 * guard asks for more.
 */
export function audienceOf({ method = '', url = '' }: IncomingMessage): Audience {
  const [, path = ''] = /^(?:[a-z]+:\/\/[^/?]*)?([^?]*)/i.exec(url) ?? []
  const known = path.toLowerCase()
  // What browsers ask before they ask (CORS); it never has a password.
  if (method === 'OPTIONS') return 'anybody'
  if (known === '/healthz' && SAFE_METHODS.has(method)) return 'anybody'
  if (known === '/rootdesc.xml' || known.startsWith('/upnp/')) return 'network'
  return SAFE_METHODS.has(method) ? 'reader' : 'network'
}

/** Lets somebody read. Throws ApiError 401, 403 or 429. */
export function guardReading(
  request: IncomingMessage,
  audience: Audience,
  options: GuardOptions,
): void {
  if (audience === 'anybody' || isSparedPassword(request, options)) return
  const isPasswordNeeded = audience === 'reader' && options.authReading
  const stranger = strangerIn(request, options)
  if (stranger === null && !isPasswordNeeded) return
  if (options.auth !== null) {
    requirePassword(request, options.auth, options)
    return
  }
  const message =
    stranger === null
      ? 'reading needs a password, and this server has none (--auth)'
      : `${stranger || 'this address'} is in no private network: --allow-address or a password (--auth) lets it in`
  throw new ApiError(403, message, { kind: 'unauthorized' })
}

/** The first address that is on none of our networks, of those that may have asked. */
export function strangerIn(request: IncomingMessage, options: GuardOptions): string | null {
  const { remoteAddress, localAddress } = request.socket
  // This machine by its own public address.
  const own = remoteAddress === localAddress ? plainAddress(remoteAddress ?? '') : null
  const { lan, allowedAddresses } = options
  const stranger = everyAddress(request).find(
    (address) => address !== own && !lan.includes(address) && !allowedAddresses.includes(address),
  )
  return stranger ?? null
}

/**
 * Refuses a name that is not ours: that is how a web page reaches us by DNS rebinding, and a page can
 * forge any header that a proxy would send. The right password excuses it, as no such page knows it.
 * HTTP/1.0 may come without a Host; no web page can send that. What tells nothing of anybody's has any name. Throws ApiError 400, 401 or 429.
 */
export function guardHost(
  request: IncomingMessage,
  audience: Audience,
  options: GuardOptions,
): void {
  const { host } = request.headers
  const [, target] = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i.exec(request.url ?? '') ?? []
  if (isRepeated(request, 'host')) throw refusal('there is more than one Host header')
  if (host === undefined && request.httpVersion !== '1.0') {
    throw refusal('the Host header is missing')
  }
  // Whoever watches over servers calls them by whatever name they have.
  if (audience === 'anybody') return
  const names = [target, host].filter((name) => name !== undefined)
  const foreign = names.find((name) => hostStanding(name, options) === 'foreign')
  if (foreign === undefined) return
  if (options.auth !== null && request.headers.authorization !== undefined) {
    requirePassword(request, options.auth, options)
    return
  }
  throw new ApiError(400, `${foreign} is not our name (--allow-host)`, {
    code: 'foreign_host',
    headers: { Connection: 'close' },
  })
}

function refusal(message: string): ApiError {
  return new ApiError(400, message, { headers: { Connection: 'close' } })
}

/** Node keeps the first of them; whoever is between us and the client may have kept another. */
function isRepeated({ rawHeaders }: IncomingMessage, name: string): boolean {
  const isName = (text: string, i: number): boolean => i % 2 === 0 && text.toLowerCase() === name
  return rawHeaders.filter(isName).length > 1
}
