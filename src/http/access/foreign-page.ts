import type { IncomingMessage } from 'node:http'
import { parseUrl } from '../../parse-url.ts'
import { ApiError } from '../messages/api-error.ts'
import { originOf } from '../messages/forwarded.ts'

/** Refuses what a web page of somebody else's has a browser send. Throws ApiError 403. */
export function refuseForeignPage(request: IncomingMessage, trustProxy: boolean): void {
  if (!isForeign(request, trustProxy)) return
  const message = 'another web page must not change anything here'
  throw new ApiError(403, message, { kind: 'unauthorized', code: 'foreign_page' })
}

/** Browsers say whose page a request comes from; what is no browser says nothing (Fetch, 3.2). */
function isForeign(request: IncomingMessage, trustProxy: boolean): boolean {
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  if (site === 'cross-site' || site === 'same-site') return true
  if (origin === undefined) return false
  const url = parseUrl(origin)
  if (url === null) return true
  const { protocol, host } = url
  // The Host that a proxy made up is as much ours as the one that it was asked for.
  const ours = [request.headers.host, originOf(request, trustProxy).authority]
  return !ours.some((authority) => hostOf(protocol, authority) === host)
}

/** As URLs write it: in lower case, without the port that the scheme has anyway. */
function hostOf(protocol: string, authority: string | undefined): string | null {
  const url = `${protocol}//${authority}`
  return parseUrl(url)?.host ?? null
}
