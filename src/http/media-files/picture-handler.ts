import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Pictures } from '../../library/pictures/pictures.ts'
import type { Logger } from '../../log.ts'
import { transferMode } from '../../media/dlna.ts'
import { PictureError } from '../../media/pictures/picture-error.ts'
import type { PictureTarget } from '../../media/pictures/picture-path.ts'
import { pictureFeaturesFor } from '../../upnp/renderers/picture-info.ts'
import type { Renderers } from '../../upnp/renderers/renderers.ts'
import { ApiError, internalError, sendError, toApiError } from '../messages/api-error.ts'
import { rendererRequest } from '../messages/renderer-request.ts'
import { sendBuffer } from './buffer-answer.ts'

export interface PictureHandlerOptions {
  /** `null` where no pictures can be made. */
  readonly pictures: Pictures | null
  readonly renderers: Renderers
  readonly log: Logger
}

const ALLOWED_METHODS = 'GET, HEAD'
const RETRY_AFTER_SECONDS = 5
const JPEG = { mimeType: 'image/jpeg', kind: 'image' } as const
/** Which image is a folder's cover may change with what becomes known of its files. */
const CACHED_A_DAY = 'max-age=86400'
/** A better one may come at any time. */
const CACHED_SHORTLY = 'max-age=20'

/** Answers requests for pictures of objects. */
export class PictureHandler {
  readonly #options: PictureHandlerOptions

  constructor(options: PictureHandlerOptions) {
    this.#options = options
  }

  /** Never rejects: what goes wrong is the answer. */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    target: PictureTarget,
  ): Promise<void> {
    try {
      if (request.method === 'OPTIONS') {
        response.writeHead(200, { Allow: ALLOWED_METHODS, 'Content-Length': 0 }).end()
        return
      }
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        const headers = { Allow: ALLOWED_METHODS }
        throw new ApiError(405, `${request.method} is not for pictures`, { headers })
      }
      await this.#answer(request, response, target)
    } catch (error) {
      const known = asApiError(error)
      const { url } = request
      if (known === null) this.#options.log.error({ err: error, url }, 'picture failed')
      if (!response.headersSent) sendError(response, known ?? internalError(error))
    }
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    { objectId, profile }: PictureTarget,
  ): Promise<void> {
    const { pictures, renderers } = this.#options
    const picture = (await pictures?.get(objectId, profile)) ?? null
    if (picture === null) throw new ApiError(404, `no picture of ${JSON.stringify(objectId)}`)
    const renderer = renderers.profileFor(rendererRequest(request))
    const requestedMode = request.headers['transfermode.dlna.org']?.toString()
    const { bytes, key, isFinal } = picture
    sendBuffer(request, response, {
      bytes,
      headers: {
        'Content-Type': JPEG.mimeType,
        'Accept-Ranges': 'bytes',
        ETag: `"${createHash('sha1').update(key).digest('hex')}"`,
        'Cache-Control': isFinal ? CACHED_A_DAY : CACHED_SHORTLY,
        'transferMode.dlna.org': transferMode(JPEG, requestedMode),
        'contentFeatures.dlna.org': pictureFeaturesFor(renderer, profile),
        'X-Content-Type-Options': 'nosniff',
        EXT: '',
        Connection: 'close',
      },
      name: 'the picture',
    })
  }
}

function asApiError(error: unknown): ApiError | null {
  if (!(error instanceof PictureError)) return toApiError(error)
  const headers = { 'Retry-After': RETRY_AFTER_SECONDS }
  return new ApiError(503, `no picture can be made: ${error.message}`, { headers, cause: error })
}
