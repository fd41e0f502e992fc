import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import { transferMode } from '../media/dlna.ts'
import { mediaTypeOf, mimeTypeOf } from '../media/media-type.ts'
import type { InfoHash } from '../torrents/metainfo/info-hash.ts'
import type { TorrentFile } from '../torrents/metainfo/torrent-file.ts'
import type { ByteRange } from '../torrents/pieces/byte-range.ts'
import { DEFAULT_PROFILE, type RendererProfile } from '../upnp/renderers/renderer-profile.ts'
import { featuresFor } from '../upnp/renderers/resource-info.ts'
import { spelledType } from '../upnp/renderers/spelled-type.ts'
import { ApiError } from './api-error.ts'
import { type DlnaRequest, parseDlnaRequest } from './dlna-request.ts'
import { parseRangeHeader } from './range-header.ts'

/** What an answer is made of: nothing of it changes while the torrent is there. */
export interface MediaFacts {
  readonly infoHash: InfoHash
  readonly addedAt: Date
  readonly file: Pick<TorrentFile, 'index' | 'components' | 'length'>
  /** How long it plays; absent where that is not known. */
  readonly durationMs?: number | null | undefined
}

/** The head of an answer with media, and which bytes of the file follow it. */
export interface MediaAnswer {
  readonly status: 200 | 206
  readonly headers: OutgoingHttpHeaders
  /** `null` for an empty file. */
  readonly range: ByteRange | null
}

/**
 * Decides on the answer to a GET or HEAD from the request's headers alone (RFC 9110, 13 and 14;
 * DLNA guidelines 7.4), for one renderer. Throws what `parseDlnaRequest` does, and ApiError 416.
 */
export function answerMedia(
  facts: MediaFacts,
  request: IncomingHttpHeaders,
  renderer: RendererProfile = DEFAULT_PROFILE,
): MediaAnswer {
  const { length } = facts.file
  const dlna = parseDlnaRequest(request)
  const headers = { ...mediaHeaders(facts, dlna, renderer), ...whenAsked(facts, dlna) }
  const rangeHeader = appliesTo(facts, request['if-range']) ? request.range : undefined
  const requested = parseRangeHeader(rangeHeader, length)
  switch (requested.kind) {
    case 'unsatisfiable':
      throw new ApiError(416, `bad range: the file has ${length} bytes`, {
        headers: { ...headers, 'Content-Range': `bytes */${length}` },
      })
    case 'partial': {
      const { start, end } = requested.range
      headers['Content-Length'] = end - start + 1
      headers['Content-Range'] = `bytes ${start}-${end}/${length}`
      return { status: 206, headers, range: requested.range }
    }
    case 'whole':
      headers['Content-Length'] = length
      return { status: 200, headers, range: length === 0 ? null : { start: 0, end: length - 1 } }
  }
}

function mediaHeaders(
  facts: MediaFacts,
  dlna: DlnaRequest,
  renderer: RendererProfile,
): OutgoingHttpHeaders {
  const name = facts.file.components.at(-1) ?? ''
  const type = mediaTypeOf(name)
  return {
    'Content-Type': spelledType(renderer, mimeTypeOf(name), name),
    'Accept-Ranges': 'bytes',
    ETag: entityTag(facts),
    'Last-Modified': facts.addedAt.toUTCString(),
    'transferMode.dlna.org': transferMode(type, dlna.transferMode),
    'contentFeatures.dlna.org': featuresFor(renderer, type),
    'realTimeInfo.dlna.org': 'DLNA.ORG_TLAG=*',
    EXT: '',
    Connection: 'close',
    ...(type === null ? INERT : {}),
  }
}

/** The header of Samsung's is what their progress bar is drawn by. */
function whenAsked(
  { file: { length }, durationMs }: MediaFacts,
  { asksSeekRange, asksMediaInfo }: DlnaRequest,
): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {}
  if (asksSeekRange && length > 0) {
    headers['availableSeekRange.dlna.org'] = `1 bytes=0-${length - 1}`
  }
  if (asksMediaInfo && durationMs != null && durationMs > 0) {
    headers['MediaInfo.sec'] = `SEC_Duration=${Math.round(durationMs)};`
  }
  return headers
}

/** A torrent may hold a web page; opened from here it must not act in our name. */
const INERT = { 'Content-Security-Policy': 'sandbox', 'X-Content-Type-Options': 'nosniff' }

/** Strong: the info hash fixes every byte. */
function entityTag({ infoHash, file }: MediaFacts): string {
  return `"${infoHash}-${file.index}"`
}

/** If-Range (RFC 9110, 13.1.5): the strong tag, or exactly the date that we sent. */
function appliesTo(facts: MediaFacts, ifRange: string | string[] | undefined): boolean {
  if (ifRange === undefined) return true
  return ifRange === entityTag(facts) || ifRange === facts.addedAt.toUTCString()
}
