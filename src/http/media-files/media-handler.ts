import type { IncomingMessage, ServerResponse } from 'node:http'
import { type FactsSource, fittingFacts, NO_FACTS } from '../../library/facts/facts-source.ts'
import type { Logger } from '../../log.ts'
import { mediaTypeOf } from '../../media/media-type.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'
import type { ByteRange } from '../../torrents/pieces/byte-range.ts'
import { TorrentError } from '../../torrents/torrent-error.ts'
import type { RendererProfile } from '../../upnp/renderers/renderer-profile.ts'
import type { Renderers } from '../../upnp/renderers/renderers.ts'
import type { Traffic } from '../../upnp/traffic/traffic.ts'
import { answeredAsReadOnly } from '../access/read-only.ts'
import { ApiError, internalError, sendError, toApiError } from '../messages/api-error.ts'
import { FairShares } from '../messages/fair-shares.ts'
import { clientAddress } from '../messages/forwarded.ts'
import type { MediaTarget } from '../messages/media-target.ts'
import { rendererRequest } from '../messages/renderer-request.ts'
import type { SessionPort, StreamPort, TorrentPort } from '../messages/session-port.ts'
import { findTorrent, parseFileIndex } from '../messages/torrent-id.ts'
import { AttendedStream } from './attended-stream.ts'
import { BodyBuffers } from './body-buffers.ts'
import { foreignExtension } from './foreign-name.ts'
import { IndexAhead } from './index-ahead.ts'
import { answerMedia, type MediaAnswer } from './media-answer.ts'
import { sendBody } from './media-body.ts'
import type { OpenStreams } from './open-streams.ts'
import { StreamLog } from './stream-log.ts'
import type { FilmTarget, SubtitleHandler } from './subtitle-handler.ts'
import { watchExchange } from './watched-exchange.ts'

/**
 * A renderer has one or two open, a person who tries things out some more. Each costs some 200 KiB
 * with its buffer; when all are taken, who has the most makes room.
 */
const STREAM_LIMITS = { perAddress: 64, inAll: 256 }

export interface MediaHandlerOptions {
  readonly session: SessionPort
  readonly renderers: Renderers
  readonly traffic: Traffic
  readonly subtitles: SubtitleHandler
  /** What the bytes of files say; nothing when absent. */
  readonly facts?: Pick<FactsSource, 'factsOf'> | undefined
  /** Where the streams that are being sent are listed. */
  readonly streams: OpenStreams
  readonly trustProxy: boolean
  readonly log: Logger
}

/**
 * Answers requests for files outside Koa, whose way with errors and bodies takes headers away that
 * renderers need. One writer for all such answers: HEAD differs from GET only in the missing body,
 * for which no stream is opened.
 */
export class MediaHandler {
  readonly #session: SessionPort
  readonly #subtitles: SubtitleHandler
  readonly #facts: Pick<FactsSource, 'factsOf'>
  /** Streams that are being sent. */
  readonly #streams = new FairShares(STREAM_LIMITS)
  readonly #renderers: Renderers
  readonly #traffic: Traffic
  readonly #open: OpenStreams
  readonly #trustProxy: boolean
  readonly #log: Logger
  readonly #indexAhead = new IndexAhead()
  readonly #buffers = new BodyBuffers()
  readonly #streamLog: StreamLog

  constructor({ session, facts = NO_FACTS, renderers, ...rest }: MediaHandlerOptions) {
    const { traffic, subtitles, streams, trustProxy, log } = rest
    this.#open = streams
    this.#session = session
    this.#facts = facts
    this.#renderers = renderers
    this.#traffic = traffic
    this.#subtitles = subtitles
    this.#trustProxy = trustProxy
    this.#log = log
    this.#streamLog = new StreamLog(log, trustProxy, () => performance.now())
  }

  /** Never rejects: what goes wrong is the answer. */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    target: MediaTarget,
  ): Promise<void> {
    watchExchange(this.#traffic, 'media', request, response)
    try {
      if (answeredAsReadOnly(request, response, 'streams')) return
      await this.#answer(request, response, target)
    } catch (error) {
      this.#refuse(request, response, error)
    }
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    target: MediaTarget,
  ): Promise<void> {
    const torrent = findTorrent(this.#session, target.torrent)
    const named = fileOf(torrent, parseFileIndex(target.file))
    const file = await this.#fileAskedFor(request, response, { torrent, file: named })
    if (file === null) return
    const { infoHash, addedAt } = torrent
    const type = mediaTypeOf(file.components.at(-1) ?? '')
    const facts = fittingFacts(type?.kind, this.#facts.factsOf(infoHash, file.index))
    const renderer = this.#renderers.profileFor(rendererRequest(request))
    const entity = { infoHash, addedAt, file, facts }
    const answer = answerMedia(entity, request.headers, renderer)
    if (wantsCaptionInfo(request, renderer)) {
      const url = await this.#subtitles.captionUrl(request, { torrent, file })
      if (url !== null) answer.headers['CaptionInfo.sec'] = url
    }
    if (answer.range !== null) {
      // A torrent added in this very moment has no place for its files yet.
      if (torrent.state.kind === 'initializing') await torrent.ready()
      torrent.requireStreamable(file.index, answer.range.start)
    }
    if (request.method === 'HEAD' || answer.range === null) {
      response.writeHead(answer.status, answer.headers).end()
      return
    }
    if (response.destroyed) return
    const address = clientAddress(request, this.#trustProxy)
    const giveBack = this.#streams.take(address, 1, () => request.socket.destroy())
    if (giveBack === null) {
      const headers = { 'Retry-After': RETRY_AFTER_SECONDS }
      throw new ApiError(503, 'too many streams are open', { headers })
    }
    try {
      await this.#send(request, response, { torrent, file, answer, range: answer.range })
    } finally {
      giveBack()
    }
  }

  /**
   * The file that the URL names, or the one beside it that its extension asks for. `null` where the
   * answer has been given: subtitles, converted.
   */
  async #fileAskedFor(
    request: IncomingMessage,
    response: ServerResponse,
    film: FilmTarget,
  ): Promise<TorrentFile | null> {
    const name = film.file.components.at(-1) ?? ''
    const extension = foreignExtension(request.url ?? '', name)
    if (extension === null) return film.file
    if (extension === '.srt' || extension === '.vtt') {
      const format = extension === '.srt' ? 'srt' : 'vtt'
      await this.#subtitles.answerBest(request, response, { ...film, format })
      return null
    }
    const sidecar = await this.#subtitles.sidecarNamed(film, extension)
    if (sidecar !== null) return sidecar
    throw new ApiError(404, `file ${film.file.index} is no ${extension}`)
  }

  async #send(
    request: IncomingMessage,
    response: ServerResponse,
    { torrent, file, answer, range: { start, end } }: OpenedMedia,
  ): Promise<void> {
    const opened = torrent.stream(file.index, { start })
    const watched = start === 0 ? this.#indexAhead.watch(opened, torrent, file) : opened
    const client = {
      address: clientAddress(request, this.#trustProxy),
      userAgent: request.headers['user-agent'] ?? null,
    }
    const listed = this.#open.watch(watched, { torrent, file, client, start })
    const stream = new AttendedStream(listed, request.socket)
    this.#log.debug(factsOf(request, torrent.id, file.index, answer), 'answering a range')
    this.#streamLog.opened(request, torrent, file)
    await this.#stream(response, stream, answer, end - start + 1)
  }

  async #stream(
    response: ServerResponse,
    stream: StreamPort,
    answer: MediaAnswer,
    length: number,
  ): Promise<void> {
    try {
      response.writeHead(answer.status, answer.headers)
      response.flushHeaders()
      await sendBody(response, stream, length, this.#buffers)
    } catch (error) {
      if (response.destroyed) return
      this.#log.debug({ err: error }, 'stream broke off')
      // The head has promised more: only a connection cut short tells the client.
      response.destroy()
    } finally {
      stream.close()
    }
  }

  #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    const known = toApiError(error)
    if (known === null) this.#log.error({ err: error, url: request.url }, 'stream failed')
    sendError(response, known ?? internalError(error))
  }
}

const RETRY_AFTER_SECONDS = 5

interface OpenedMedia {
  readonly torrent: TorrentPort
  readonly file: TorrentPort['files'][number]
  readonly answer: MediaAnswer
  readonly range: ByteRange
}

/** Whether the answer is to name the subtitles of a film (CaptionInfo.sec). */
function wantsCaptionInfo(
  { headers }: IncomingMessage,
  { captions: { header } }: RendererProfile,
): boolean {
  const isAsked = headers['getcaptioninfo.sec'] !== undefined
  return header === 'always' || (header === 'asked' && isAsked)
}

function fileOf(torrent: TorrentPort, index: number): TorrentPort['files'][number] {
  if (torrent.state.kind === 'resolving') {
    throw new TorrentError('resolving', `the metadata of torrent ${torrent.id} is being resolved`)
  }
  const file = torrent.files[index]
  if (file === undefined) throw new ApiError(404, `invalid file ${index}`)
  return file
}

function factsOf(
  request: IncomingMessage,
  torrent: number,
  file: number,
  answer: MediaAnswer,
): Record<string, unknown> {
  const from = request.socket.remoteAddress
  return { torrent, file, range: answer.range, from, userAgent: request.headers['user-agent'] }
}
