import { type InfoHash, parseInfoHash } from './info-hash.ts'
import { parseMagnet } from './magnet.ts'
import { isMagnet, unwrapLink } from './metainfo/magnet-parameters.ts'
import { TorrentError } from './torrent-error.ts'

/** Where a torrent comes from. */
export type TorrentSource =
  | { readonly kind: 'magnet'; readonly uri: string }
  | { readonly kind: 'info-hash'; readonly infoHash: InfoHash }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'torrent-file'; readonly bytes: Uint8Array }

/** No torrent file that is read has more. */
export const MAX_TORRENT_FILE_BYTES = 64 * 1024 * 1024
const WEB_URL = /^https?:\/\//i
const FETCH_TIMEOUT_MS = 30_000

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
  if (isMagnet(link)) {
    parseMagnet(link)
    return { kind: 'magnet', uri: link }
  }
  if (WEB_URL.test(link)) {
    if (!URL.canParse(link)) throw new TorrentError('invalid-torrent', `bad URL: ${link}`)
    return { kind: 'url', url: link }
  }
  const infoHash = parseInfoHash(link)
  if (infoHash !== null) return { kind: 'info-hash', infoHash }
  throw new TorrentError(
    'invalid-torrent',
    `neither a magnet URI, an http(s) URL nor an info hash: ${link.slice(0, 200)}`,
  )
}

/** Downloads a .torrent file, at most 64 MiB within 30 s. Throws TorrentError `fetch-failed`. */
export async function fetchTorrentFile(
  url: string,
  timeoutMs = FETCH_TIMEOUT_MS,
): Promise<Uint8Array> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
    if (!response.ok) throw new Error(`it answered ${response.status}`)
    const chunks: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length
      if (bytes > MAX_TORRENT_FILE_BYTES) throw new Error('it is too large for a torrent file')
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } catch (error) {
    throw fetchFailed(url, error)
  }
}

function fetchFailed(url: string, cause: unknown): TorrentError {
  const error = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  const reason = error instanceof Error ? error.message : String(error)
  return new TorrentError('fetch-failed', `cannot fetch ${url}: ${reason}`, { cause })
}
