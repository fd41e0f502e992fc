import type { LookupAddress } from 'node:dns'
import type { Agent, IncomingMessage } from 'node:http'
import { withoutBrackets } from '../../ip-address.ts'
import { parseUrl } from '../../parse-url.ts'
import type { Binding } from '../binding/binding.ts'
import { addressKind } from './address-kind.ts'
import { basicAuthorization } from './basic-authorization.ts'
import { decodeBody } from './body-coding.ts'
import { Cookies } from './cookies.ts'
import { HttpClientError, inWords } from './http-client-error.ts'
import { type Destination, requestHead } from './http-request.ts'
import type { NameLookup } from './name-lookup.ts'
import { orAborted } from './or-aborted.ts'

const MAX_REDIRECTS = 5
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const MAX_URL_CHARACTERS = 8_192
/** One request on the way to an answer. */
export interface Hop {
  readonly url: URL
  /** An address that the URL's host has. */
  readonly kind: 'public' | 'private'
  /** Some request before has gone to a public address. */
  readonly isFromPublic: boolean
}

export interface HttpGet {
  /** http or https; `user:pass@` becomes Basic authorization. */
  readonly url: URL
  /** Of the body, as it comes and decompressed. */
  readonly maxBytes: number
  /** For everything, redirects and the body included. */
  readonly timeoutMs: number
  /** Asked for each address before it is connected to, of redirects too. */
  readonly mayAsk: (hop: Hop) => boolean
  readonly signal?: AbortSignal
}

/** Part of what is there, as it comes. */
export interface HttpRangeGet extends Pick<HttpGet, 'url' | 'mayAsk'> {
  /** Bytes, both ends inclusive. */
  readonly range: { readonly start: number; readonly end: number }
  /** Keeps sockets for the next request; each of its sockets was allowed when it was opened. */
  readonly agent: (url: URL) => Agent
  /** Ends everything, the body included. */
  readonly signal: AbortSignal
}

/** The head of an answer; whoever gets it reads the body, or destroys it. */
export interface HttpHead {
  /** After redirects. */
  readonly url: URL
  readonly response: IncomingMessage
}

export type HttpAnswer =
  | { readonly kind: 'body'; readonly status: number; readonly body: Uint8Array }
  /** A redirect out of HTTP, such as to a magnet. */
  | { readonly kind: 'redirect'; readonly location: string }

/**
 * GETs for strangers' URLs: on any port, with limits, and to no address that `mayAsk` does not
 * allow, whatever the name is resolved to meanwhile. Sockets are closed with the answer.
 */
export class HttpClient {
  readonly #names: NameLookup
  readonly #binding: Binding | null

  /** @param binding - What its sockets are held to; `null` for nothing. */
  constructor(names: NameLookup, binding: Binding | null = null) {
    this.#names = names
    this.#binding = binding
  }

  /** Follows up to 5 redirects. Rejects with HttpClientError, or the signal's reason. */
  async get(get: HttpGet): Promise<HttpAnswer> {
    const ending = new AbortController()
    const abort = (): void => ending.abort(get.signal?.reason)
    get.signal?.addEventListener('abort', abort, { once: true })
    if (get.signal?.aborted) abort()
    const timer = setTimeout(() => {
      ending.abort(
        new HttpClientError(`timeout: no whole answer within ${get.timeoutMs / 1_000} s`),
      )
    }, get.timeoutMs)
    try {
      const head = await this.#follow(get, ending.signal, ENCODED)
      if (!('response' in head)) return head
      const body = await readBody(head.response, get.maxBytes)
      // A body without a length ends with its socket, for whatever reason.
      ending.signal.throwIfAborted()
      return { kind: 'body', status: head.response.statusCode ?? 0, body }
    } catch (error) {
      throw ending.signal.aborted ? ending.signal.reason : inWords(error)
    } finally {
      clearTimeout(timer)
      get.signal?.removeEventListener('abort', abort)
    }
  }

  /** The head of the answer to a range request. Follows redirects, and rejects, as `get` does. */
  async getRange(get: HttpRangeGet): Promise<HttpHead> {
    const { range, agent, signal } = get
    const headers = { Range: `bytes=${range.start}-${range.end}`, 'Accept-Encoding': 'identity' }
    try {
      const head = await this.#follow(get, signal, { headers, agent })
      if ('response' in head) return head
      throw new HttpClientError('it redirects out of HTTP')
    } catch (error) {
      throw signal.aborted ? signal.reason : inWords(error)
    }
  }

  async #follow(
    get: Pick<HttpGet, 'url' | 'mayAsk'>,
    signal: AbortSignal,
    { headers, agent }: HowToAsk,
  ): Promise<HttpHead | Extract<HttpAnswer, { kind: 'redirect' }>> {
    const cookies = new Cookies()
    let { url } = get
    let authorization: { readonly origin: string; readonly header: string } | null = null
    let isFromPublic = false
    for (let redirects = 0; ; redirects++) {
      const header = basicAuthorization(url)
      // A password goes to nobody but whom it was given for.
      if (header !== null) authorization = { origin: url.origin, header }
      const hop = await this.#allowedAddresses(get, url, isFromPublic, signal)
      isFromPublic ||= hop.isPublic
      const cookie = cookies.headerFor(url)
      const response = await requestHead(
        url,
        { ...hop, binding: this.#binding, signal, agent: agent(url) },
        {
          ...headers,
          ...(authorization?.origin === url.origin ? { Authorization: authorization.header } : {}),
          ...(cookie === null ? {} : { Cookie: cookie }),
        },
      )
      const status = response.statusCode ?? 0
      const { location } = response.headers
      if (location === undefined || !REDIRECTS.has(status)) return { url, response }
      response.destroy()
      cookies.take(url, response.headers['set-cookie'] ?? [])
      const next = nextUrl(location, url)
      if (next === null) return { kind: 'redirect', location }
      if (redirects === MAX_REDIRECTS) throw new HttpClientError('it redirects too often')
      url = next
    }
  }

  async #allowedAddresses(
    get: Pick<HttpGet, 'mayAsk'>,
    url: URL,
    isFromPublic: boolean,
    signal: AbortSignal,
  ): Promise<Destination & { readonly isPublic: boolean }> {
    const host = withoutBrackets(url.hostname)
    const found = await orAborted(this.#names.addresses(host), signal)
    const addresses = found.filter(({ address }) => {
      const kind = addressKind(address)
      return kind !== 'unusable' && get.mayAsk({ url, kind, isFromPublic })
    })
    if (addresses.length === 0) throw new HttpClientError(refusal(found))
    const isPublic = addresses.some(({ address }) => addressKind(address) === 'public')
    if (this.#binding === null) return { addresses, isPublic }
    return { isPublic, ...(await reachable(addresses, this.#binding)) }
  }
}

/** Those of one family that may be sent to. Throws HttpClientError where there are none. */
async function reachable(
  addresses: readonly LookupAddress[],
  binding: Binding,
): Promise<Required<Destination>> {
  let localAddress = ''
  let fault: unknown = null
  const allowed: LookupAddress[] = []
  for (const one of addresses) {
    try {
      const source = await binding.sourceTo(one.address)
      localAddress ||= source
      if (source === localAddress) allowed.push(one)
    } catch (error) {
      fault ??= error
    }
  }
  if (allowed.length === 0) throw inWords(fault)
  return { addresses: allowed, localAddress }
}

interface HowToAsk {
  readonly headers: Readonly<Record<string, string>>
  readonly agent: (url: URL) => Agent | false
}

/** A body that may come compressed, over a socket of its own. */
const ENCODED: HowToAsk = {
  headers: { 'Accept-Encoding': 'gzip, deflate' },
  agent: () => false,
}

function refusal(found: readonly LookupAddress[]): string {
  if (found.length === 0) return 'its name has no address'
  const isPrivate = found.some(({ address }) => addressKind(address) === 'private')
  return isPrivate ? 'it is in a private network' : 'its address cannot be used'
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const tooLong = new HttpClientError(`it is too large: more than ${maxBytes} bytes`)
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) {
    response.destroy()
    throw tooLong
  }
  const chunks: Uint8Array[] = []
  let bytes = 0
  // Leaving the loop destroys the response, and its socket with it.
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > maxBytes) throw tooLong
    chunks.push(chunk)
  }
  const encoding = response.headers['content-encoding'] ?? ''
  return await decodeBody(Buffer.concat(chunks), encoding, maxBytes)
}

/** `null` where it leads out of HTTP. Throws HttpClientError where it leads nowhere. */
function nextUrl(location: string, base: URL): URL | null {
  if (location.length > MAX_URL_CHARACTERS) throw new HttpClientError('it redirects too far')
  // Node reads headers as Latin-1; servers write them in UTF-8.
  const text = Buffer.from(location, 'latin1').toString('utf8')
  const next = parseUrl(text, base)
  if (next === null) throw new HttpClientError('it redirects to what is no URL')
  return next.protocol === 'http:' || next.protocol === 'https:' ? next : null
}
