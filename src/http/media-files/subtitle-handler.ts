import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname } from 'node:path/posix'
import type { SubtitleCatalog, SubtitleSearch } from '../../library/subtitles/subtitle-catalog.ts'
import { type SubtitleText, SubtitleTexts } from '../../library/subtitles/subtitle-texts.ts'
import type { Logger } from '../../log.ts'
import { SUBTITLE_FEATURES, transferMode } from '../../media/dlna.ts'
import { mediaTypeOf } from '../../media/media-type.ts'
import { inPreferredOrder } from '../../media/subtitles/language.ts'
import {
  type SubtitleReference,
  type SubtitleTarget,
  subtitlePath,
} from '../../media/subtitles/subtitle-path.ts'
import type { SubtitleFormat } from '../../media/subtitles/write-subtitles.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'
import type { CaptionForms } from '../../upnp/renderers/renderer-profile.ts'
import type { Renderers } from '../../upnp/renderers/renderers.ts'
import { answeredAsReadOnly } from '../access/read-only.ts'
import type { SignedPaths } from '../access/signed-paths.ts'
import { ApiError, internalError, sendError, toApiError } from '../messages/api-error.ts'
import { originOf } from '../messages/forwarded.ts'
import { rendererRequest } from '../messages/renderer-request.ts'
import type { SessionPort, TorrentPort } from '../messages/session-port.ts'
import { findTorrent } from '../messages/torrent-id.ts'
import { sendBuffer } from './buffer-answer.ts'

export interface SubtitleHandlerOptions {
  readonly session: SessionPort
  readonly catalog: SubtitleCatalog
  readonly trustProxy: boolean
  readonly signedPaths: SignedPaths
  readonly renderers: Renderers
  readonly log: Logger
}

/** A file of subtitles that is still arriving is worth another try. */
const RETRY_AFTER_SECONDS = 5

/** Answers requests for subtitles, converted to what was asked for. */
export class SubtitleHandler {
  readonly #options: SubtitleHandlerOptions
  readonly #texts: SubtitleTexts

  constructor(options: SubtitleHandlerOptions) {
    this.#options = options
    this.#texts = new SubtitleTexts({ catalog: options.catalog })
  }

  /** Never rejects: what goes wrong is the answer. */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    target: SubtitleTarget,
  ): Promise<void> {
    try {
      if (answeredAsReadOnly(request, response, 'subtitles')) return
      const torrent = findTorrent(this.#options.session, target.torrent)
      requireMetadata(torrent)
      await this.#answer(request, response, { ...target, torrent })
    } catch (error) {
      const known = toApiError(error)
      const { url } = request
      if (known === null) this.#options.log.error({ err: error, url }, 'subtitles failed')
      if (!response.headersSent) sendError(response, known ?? internalError(error))
    }
  }

  /**
   * Answers with the best subtitles of a film, where they can be had in this format.
   *
   * @throws ApiError 404 where it has none, or they have no text.
   */
  async answerBest(
    request: IncomingMessage,
    response: ServerResponse,
    { torrent, file, format }: FilmTarget & { readonly format: SubtitleFormat },
  ): Promise<void> {
    const film = { torrent, file, languages: this.#captions(request).languages }
    const best = await this.#best(film, { arriving: true })
    if (best === null) throw new ApiError(404, `file ${file.index} has no subtitles`)
    await this.#answer(request, response, { torrent, reference: best.reference, format })
  }

  /** The sidecar of a film with this extension, dot included; `null` where there is none. */
  async sidecarNamed(
    { torrent, file }: FilmTarget,
    extension: string,
  ): Promise<TorrentFile | null> {
    await this.#options.catalog.look(torrent.files)
    for (const { reference } of this.#options.catalog.subtitlesOf(torrent, file)) {
      const sidecar = torrent.files[reference.fileIndex]
      const name = sidecar?.components.at(-1) ?? ''
      if (reference.kind === 'sidecar' && extname(name).toLowerCase() === extension) {
        return sidecar ?? null
      }
    }
    return null
  }

  /** The URL of a film's best subtitles, for CaptionInfo.sec; `null` where it has none. */
  async captionUrl(request: IncomingMessage, film: FilmTarget): Promise<string | null> {
    const { languages } = this.#captions(request)
    const best = await this.#best({ ...film, languages }, { arriving: false })
    if (best === null) return null
    const { trustProxy, signedPaths } = this.#options
    const { scheme, authority, prefix } = originOf(request, trustProxy)
    const path = subtitlePath(film.torrent.infoHash, best.reference, best)
    return `${scheme}://${authority}${prefix}${signedPaths.signerFor(request)(path)}`
  }

  /** Looks beside the film, and into it only where nothing is beside it. */
  async #best(
    { torrent, file, languages }: FilmTarget & Pick<CaptionForms, 'languages'>,
    search: SubtitleSearch,
  ): Promise<Best | null> {
    const { catalog, log } = this.#options
    await catalog.look(torrent.files)
    const best = (): Best | undefined =>
      inPreferredOrder(catalog.subtitlesOf(torrent, file, search), languages)[0]
    const known = best()
    if (known !== undefined) return known
    if (mediaTypeOf(file.components.at(-1) ?? '')?.kind !== 'video') return null
    if (search.arriving !== true && !torrent.hasWhole(file.index)) return null
    try {
      await this.#texts.tracksOf(torrent, file)
    } catch (error) {
      log.debug({ err: error, torrent: torrent.id, file: file.index }, 'no tracks can be read')
    }
    return best() ?? null
  }

  /** How whoever asks is told of subtitles. */
  #captions(request: IncomingMessage): CaptionForms {
    return this.#options.renderers.profileFor(rendererRequest(request)).captions
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    { torrent, reference, format }: Asked,
  ): Promise<void> {
    const { byteOrderMark } = this.#captions(request)
    const text = await this.#texts.get(torrent, reference, { format, byteOrderMark })
    if (text === null) throw new ApiError(404, 'there are no such subtitles in text')
    if (!text.isComplete && text.bytes.length === 0) {
      const headers = { 'Retry-After': RETRY_AFTER_SECONDS }
      throw new ApiError(503, 'the subtitles have not arrived yet', { headers })
    }
    const { infoHash, addedAt } = torrent
    const track = reference.kind === 'track' ? `-${reference.track}` : ''
    const mark = byteOrderMark ? '-bom' : ''
    const name = `${infoHash}-${reference.fileIndex}${track}-${format}${mark}`
    send(request, response, { text, format, name, addedAt })
  }
}

/** A film whose subtitles are wanted. */
export interface FilmTarget {
  readonly torrent: TorrentPort
  readonly file: TorrentFile
}

interface Best {
  readonly reference: SubtitleReference
  readonly language: string | null
}

interface Asked {
  readonly torrent: TorrentPort
  readonly reference: SubtitleReference
  readonly format: SubtitleFormat
}

interface Sent {
  readonly text: SubtitleText
  readonly format: SubtitleFormat
  /** Names the bytes of a complete text. */
  readonly name: string
  readonly addedAt: Date
}

/** HEAD needs the text as well: it is what Content-Length counts. */
function send(
  request: IncomingMessage,
  response: ServerResponse,
  { text: { bytes, isComplete }, format, name, addedAt }: Sent,
): void {
  const etag = isComplete ? `"${name}"` : `W/"${name}-${bytes.length}"`
  const type = mediaTypeOf(`subtitles.${format}`)
  const requestedMode = request.headers['transfermode.dlna.org']?.toString()
  const headers = {
    // LG and Samsung compare the whole value.
    'Content-Type': type?.mimeType ?? 'text/plain',
    'Accept-Ranges': 'bytes',
    ETag: etag,
    'Last-Modified': addedAt.toUTCString(),
    // What is there of a film that is still arriving is not all there will be.
    'Cache-Control': isComplete ? 'no-cache' : 'no-store',
    'transferMode.dlna.org': transferMode(type, requestedMode),
    'contentFeatures.dlna.org': SUBTITLE_FEATURES,
    // A receiver on another page's origin shows subtitles only with this (Chromecast).
    'Access-Control-Allow-Origin': '*',
    EXT: '',
    Connection: 'close',
  }
  sendBuffer(request, response, { bytes, headers, name: 'the file of subtitles' })
}

function requireMetadata(torrent: TorrentPort): void {
  if (torrent.state.kind !== 'resolving') return
  throw new ApiError(409, `the metadata of torrent ${torrent.id} is being resolved`)
}
