import { isIP } from 'node:net'
import { plainAddress, withoutBrackets } from '../../ip-address.ts'
import { parseUrl } from '../../parse-url.ts'

/** The headers of SUBSCRIBE and UNSUBSCRIBE, as Node gives them. */
export interface EventHeaders {
  readonly nt?: string | undefined
  readonly sid?: string | undefined
  readonly callback?: string | undefined
  readonly timeout?: string | undefined
}

export interface RefusedRequest {
  readonly kind: 'refused'
  /** 400: headers that exclude each other; 412: what is missing or not acceptable. */
  readonly status: 400 | 412
  readonly reason: string
}

export type SubscribeRequest =
  | {
      readonly kind: 'subscribe'
      /** To be tried in this order; at least one. */
      readonly callbackUrls: readonly URL[]
      readonly timeoutSeconds: number
    }
  | { readonly kind: 'renew'; readonly sid: string; readonly timeoutSeconds: number }
  | RefusedRequest

export type UnsubscribeRequest =
  | { readonly kind: 'unsubscribe'; readonly sid: string }
  | RefusedRequest

/** What DLNA asks every server to grant (guideline 7.2.22.1). */
const DEFAULT_TIMEOUT_SECONDS = 300
const MAX_TIMEOUT_SECONDS = 1_800
const MAX_CALLBACK_URLS = 4

/**
 * Reads SUBSCRIBE (UPnP Device Architecture 1.0, 4.1.1 and 4.1.2).
 *
 * @param peerAddress - Where the request came from: events go nowhere else (CVE-2020-12695,
 *   CallStranger).
 */
export function parseSubscribe(headers: EventHeaders, peerAddress: string): SubscribeRequest {
  const { nt, sid, callback } = headers
  const timeoutSeconds = parseTimeout(headers.timeout)
  if (sid !== undefined) {
    const request = parseSid(headers)
    return request.kind === 'refused'
      ? request
      : { kind: 'renew', sid: request.sid, timeoutSeconds }
  }
  if (nt !== 'upnp:event') return refused(412, 'NT is not upnp:event')
  const callbackUrls = parseCallback(callback ?? '', peerAddress)
  if (callbackUrls.length === 0) return refused(412, 'no CALLBACK at the address of the subscriber')
  return { kind: 'subscribe', callbackUrls, timeoutSeconds }
}

/** Reads UNSUBSCRIBE (UPnP Device Architecture 1.0, 4.1.3). */
export function parseUnsubscribe(headers: EventHeaders): UnsubscribeRequest {
  return headers.sid === undefined ? refused(412, 'no SID') : parseSid(headers)
}

function parseSid({ nt, sid = '', callback }: EventHeaders): UnsubscribeRequest {
  if (nt !== undefined || callback !== undefined) return refused(400, 'SID with NT or CALLBACK')
  return { kind: 'unsubscribe', sid: sid.trim() }
}

/** `Second-300`, `Second-infinite` or `infinite`; what is missing or odd gets the default. */
function parseTimeout(value = ''): number {
  const requested = value.trim().toLowerCase()
  if (/^(second-)?infinite$/.test(requested)) return MAX_TIMEOUT_SECONDS
  const seconds = Number(/^second-(\d+)$/.exec(requested)?.[1] ?? 0)
  return seconds === 0 ? DEFAULT_TIMEOUT_SECONDS : Math.min(seconds, MAX_TIMEOUT_SECONDS)
}

/** Of `<http://10.0.0.7:4711/event><…>`, those that lead to the subscriber itself. */
function parseCallback(value: string, peerAddress: string): readonly URL[] {
  const peer = plainAddress(peerAddress)
  return [...value.matchAll(/<([^<>]*)>/g)]
    .flatMap(([, text = '']) => parseUrl(text) ?? [])
    .filter((url) => url.protocol === 'http:' && literalAddress(url) === peer)
    .slice(0, MAX_CALLBACK_URLS)
}

/** `null` for a name: resolving it could lead anywhere. */
export function literalAddress({ hostname }: URL): string | null {
  const address = withoutBrackets(hostname)
  return isIP(address) === 0 ? null : plainAddress(address)
}

function refused(status: RefusedRequest['status'], reason: string): RefusedRequest {
  return { kind: 'refused', status, reason }
}
