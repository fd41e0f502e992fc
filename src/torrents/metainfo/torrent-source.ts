import { isIP } from 'node:net'
import { withoutBrackets } from '../../ip-address.ts'
import { parseUrl } from '../../parse-url.ts'
import { withoutLogin } from '../../without-login.ts'
import type { Binding } from '../binding/binding.ts'
import { addressKind } from '../http-client/address-kind.ts'
import { HttpClient } from '../http-client/http-client.ts'
import { NameLookup, namesOf } from '../http-client/name-lookup.ts'
import { TorrentError } from '../torrent-error.ts'
import { type InfoHash, parseInfoHash } from './info-hash.ts'
import { type Magnet, parseMagnet } from './magnet.ts'
import { isMagnet, unwrapLink } from './magnet-parameters.ts'

/** Where a torrent comes from. */
export type TorrentSource =
  | { readonly kind: 'magnet'; readonly magnet: Magnet }
  | { readonly kind: 'info-hash'; readonly infoHash: InfoHash }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'torrent-file'; readonly bytes: Uint8Array }

/** No torrent file that is read has more. */
export const MAX_TORRENT_FILE_BYTES = 64 * 1024 * 1024
const WEB_URL = /^https?:\/\//i
const FETCH_TIMEOUT_MS = 30_000
/** As long as a magnet may be, with something around it. */
const MAX_MAGNET_BODY_BYTES = 128 * 1024

/** True for text that names a torrent, and for nothing that is a torrent file or a path. */
export function namesTorrent(text: string): boolean {
  const link = unwrapLink(text)
  return isMagnet(link) || WEB_URL.test(link) || parseInfoHash(link) !== null
}

/**
 * Tells a magnet URI, an http(s) URL and an info hash apart, with or without quotes or angle
 * brackets around it. Throws TorrentError `invalid-torrent` for anything else, and for a magnet
 * without a hash.
 */
export function parseTorrentSource(text: string): TorrentSource {
  const link = unwrapLink(text)
  if (isMagnet(link)) return { kind: 'magnet', magnet: parseMagnet(link) }
  if (WEB_URL.test(link)) {
    if (parseUrl(link) === null)
      throw new TorrentError('invalid-torrent', `bad URL: ${withoutLogin(link)}`)
    return { kind: 'url', url: link }
  }
  const infoHash = parseInfoHash(link)
  if (infoHash !== null) return { kind: 'info-hash', infoHash }
  throw new TorrentError(
    'invalid-torrent',
    `neither a magnet URI, an http(s) URL nor an info hash: ${withoutLogin(link).slice(0, 200)}`,
  )
}

/** What is fetched from a URL: some lead to a magnet in place of a torrent file. */
export type FetchedTorrent = Extract<TorrentSource, { kind: 'torrent-file' | 'magnet' }>

export interface FetchTorrentOptions {
  /** Ask in private networks as well, as whoever owns this machine may; true when absent. */
  readonly mayUsePrivate?: boolean
  /**
   * What BitTorrent traffic is held to: what is fetched from the internet goes by it; what the owner names in
   * our own networks does not, and leads nowhere else. Nothing for `null` or absent.
   */
  readonly binding?: Binding | null | undefined
  readonly signal?: AbortSignal | undefined
  /** For everything; 30 s when absent. */
  readonly timeoutMs?: number
}

const client = new HttpClient(new NameLookup())

/**
 * Downloads a .torrent file, at most 64 MiB, or the magnet that is there in its place. Rejects with
 * TorrentError `fetch-failed`, `invalid-torrent` for a magnet without a hash, or the signal's reason.
 */
export async function fetchTorrent(
  url: string,
  options: FetchTorrentOptions = {},
): Promise<FetchedTorrent> {
  const fetched = await fetchLink(url, options)
  if (fetched instanceof Uint8Array) return { kind: 'torrent-file', bytes: fetched }
  return { kind: 'magnet', magnet: parseMagnet(fetched) }
}

/** The bytes of the torrent file, or the text of the magnet that is there in its place. */
async function fetchLink(url: string, options: FetchTorrentOptions): Promise<Uint8Array | string> {
  const { binding = null, mayUsePrivate = true, signal, timeoutMs = FETCH_TIMEOUT_MS } = options
  const staysHere = binding !== null && mayUsePrivate && isOfOurNetworks(new URL(url))
  const asking = binding === null || staysHere ? client : boundClient(binding)
  try {
    const answer = await asking.get({
      ...{ url: new URL(url), maxBytes: MAX_TORRENT_FILE_BYTES, timeoutMs },
      ...(signal === undefined ? {} : { signal }),
      // Who is asked by a stranger in the internet leads nobody into our networks.
      mayAsk: ({ kind, isFromPublic }) =>
        kind === 'public' ? !staysHere : mayUsePrivate && !isFromPublic,
    })
    if (answer.kind === 'redirect') return redirectedTo(answer.location)
    if (answer.status !== 200) throw new Error(`it answered ${answer.status}`)
    return magnetIn(answer.body) ?? answer.body
  } catch (error) {
    signal?.throwIfAborted()
    throw fetchFailed(url, error)
  }
}

const boundClients = new WeakMap<Binding, HttpClient>()

function boundClient(binding: Binding): HttpClient {
  const known = boundClients.get(binding)
  if (known !== undefined) return known
  const made = new HttpClient(namesOf(binding), binding)
  boundClients.set(binding, made)
  return made
}

/** Names below which no public DNS has any, and addresses that only we reach. */
const LOCAL_NAME = /^[^.]+$|\.(lan|home\.arpa|local|internal|localhost)\.?$/i

function isOfOurNetworks({ hostname }: URL): boolean {
  const host = withoutBrackets(hostname)
  return isIP(host) === 0 ? LOCAL_NAME.test(host) : addressKind(host) === 'private'
}

/** The same, where nothing but a torrent file is of use. */
export async function fetchTorrentFile(
  url: string,
  options: FetchTorrentOptions = {},
): Promise<Uint8Array> {
  const fetched = await fetchLink(url, options)
  if (fetched instanceof Uint8Array) return fetched
  throw fetchFailed(url, new Error('it is a magnet'))
}

/** Fetches torrent files, what is in the internet through `binding`. */
export function torrentFileFetcher(binding: Binding | null): typeof fetchTorrentFile {
  return (url, options) => fetchTorrentFile(url, { ...options, binding })
}

function redirectedTo(location: string): string {
  if (isMagnet(location)) return location
  throw new Error(`it redirects to neither http nor a magnet`)
}

/** A body that is a magnet, with white space or quotes around it. */
function magnetIn(body: Uint8Array): string | null {
  if (body.length > MAX_MAGNET_BODY_BYTES) return null
  const text = unwrapLink(
    Buffer.from(body)
      .toString('utf8')
      .replace(/^\ufeff/, ''),
  )
  return isMagnet(text) ? text : null
}

function fetchFailed(url: string, cause: unknown): TorrentError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const message = `cannot fetch ${withoutLogin(url)}: ${reason}`
  return new TorrentError('fetch-failed', message, { cause })
}
