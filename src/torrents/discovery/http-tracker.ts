import type { Hop, HttpClient } from '../http-client/http-client.ts'
import type { Announce } from './announce.ts'
import { parseHttpAnswer, type TrackerAnswer } from './tracker-answer.ts'

/** Of the body after decompression: 150,000 compact peers. */
const MAX_ANSWER_BYTES = 1024 * 1024
const ANSWER_TIMEOUT_MS = 10_000
/** A slash or backslash in disguise, behind which a server may see another path. */
const HIDDEN_SEPARATOR = /%(?:2f|5c|00)|[\\;]/i

/**
 * Announces to an HTTP tracker (BEP 3, 7, 23). Rejects with an Error in words for people, or the
 * signal's reason. `timeoutMs` is for everything: 10 s when absent.
 */
export async function askHttpTracker(
  client: HttpClient,
  tracker: URL,
  announce: Announce,
  { signal, timeoutMs = ANSWER_TIMEOUT_MS }: { signal: AbortSignal; timeoutMs?: number },
): Promise<TrackerAnswer> {
  const url = announceUrl(tracker, announce)
  const answer = await client.get({
    ...{ url, timeoutMs, signal, maxBytes: MAX_ANSWER_BYTES },
    mayAsk: (hop) => mayAskTracker(hop, tracker, url),
  })
  if (answer.kind === 'redirect') throw new Error('it redirects to what is no tracker')
  if (answer.status !== 200) return refusalOf(answer.status, answer.body)
  return parseHttpAnswer(answer.body)
}

/** Its own query, where it has one, goes first. */
export function announceUrl(tracker: URL, announce: Announce): URL {
  const url = new URL(tracker)
  const parameters = [
    `info_hash=${percentEncoded(announce.infoHash)}`,
    `peer_id=${percentEncoded(announce.peerId)}`,
    `port=${announce.port}`,
    `uploaded=${announce.uploadedBytes}`,
    `downloaded=${announce.downloadedBytes}`,
    `left=${announce.leftBytes}`,
    `key=${announce.key.toString(16).padStart(8, '0').toUpperCase()}`,
    ...(announce.event === null ? [] : [`event=${announce.event}`]),
    `numwant=${announce.numWant}`,
    'compact=1',
    'no_peer_id=1',
    ...(announce.trackerId === null ? [] : [`trackerid=${percentEncoded(announce.trackerId)}`]),
  ]
  url.search = [
    ...(tracker.search.length > 1 ? [tracker.search.slice(1)] : []),
    ...parameters,
  ].join('&')
  return url
}

/**
 * Strangers write trackers into torrents. What is in our own networks is asked only for what looks
 * like an announce and carries nothing but our own parameters, so that nobody can make us press
 * buttons of a router (libtorrent's `ssrf_mitigation`).
 */
function mayAskTracker({ url, kind }: Hop, tracker: URL, announced: URL): boolean {
  if (kind === 'public') return true
  const hasOwnQuery = tracker.search.length > 1
  const isOurs = url.search === '' || (!hasOwnQuery && url.search === announced.search)
  return url.pathname.startsWith('/announce') && !HIDDEN_SEPARATOR.test(url.pathname) && isOurs
}

/** Some tell the reason in bencode along with a status that says nothing. */
function refusalOf(status: number, body: Uint8Array): TrackerAnswer {
  try {
    const answer = parseHttpAnswer(body)
    if (answer.kind === 'failure') return answer
  } catch {
    // The status says it all.
  }
  throw new Error(`it answered ${status}`)
}

/** RFC 3986: unreserved characters as they are, all other bytes as %xx. */
function percentEncoded(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    text += /[A-Za-z0-9._~-]/.test(character)
      ? character
      : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`
  }
  return text
}
