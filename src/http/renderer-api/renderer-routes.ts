import { Router, type RouterContext } from '@koa/router'
import type { z } from 'zod'
import { plainAddress } from '../../ip-address.ts'
import type { SubtitleResource } from '../../library/objects/media-object.ts'
import { encodeObjectId } from '../../library/objects/object-id.ts'
import type { SubtitleCatalog } from '../../library/subtitles/subtitle-catalog.ts'
import { subtitlePath } from '../../media/subtitles/subtitle-path.ts'
import { type ControlPoint, EVENT_PATH, type FileToPlay } from '../../renderers/control-point.ts'
import { RendererError, type RendererFault } from '../../renderers/wire/renderer-error.ts'
import { ApiError } from '../messages/api-error.ts'
import { readJson } from '../messages/query.ts'
import { readBody } from '../messages/request-body.ts'
import type { SessionPort } from '../messages/session-port.ts'
import { findTorrent } from '../messages/torrent-id.ts'
import {
  muteBody,
  nextBody,
  playBody,
  type playedFile,
  seekBody,
  volumeBody,
} from '../schemas/renderer-requests.ts'
import { renderersJson } from './renderer-json.ts'

/** Bodies of events are read to their end and not looked at: that there is one is the hint. */
const MAX_EVENT_BYTES = 64 * 1024

export interface RendererRoutesOptions {
  readonly session: SessionPort
  readonly subtitles: SubtitleCatalog
  /** `null` without DLNA: then there are no renderers. */
  readonly controlPoint: ControlPoint | null
}

/** Playing to renderers: who they are, and everything that a remote control has. */
export function rendererRouter(options: RendererRoutesOptions): Router {
  const router = new Router({ prefix: '/renderers' })
  const controlPoint = (): ControlPoint => options.controlPoint ?? noControlPoint()
  router.get('/', (context) => {
    context.body = renderersJson(options.controlPoint?.renderers ?? [])
  })
  router.get('/:id/icon', async (context) => {
    const { bytes, mimeType } = await answered(() => controlPoint().icon(idOf(context)))
    context.set('Content-Type', mimeType)
    context.set('X-Content-Type-Options', 'nosniff')
    context.set('Content-Security-Policy', "default-src 'none'")
    context.body = bytes
  })
  router.post('/search', async (context) => {
    await controlPoint().search()
    context.body = {}
  })
  router.post('/:id/play', async (context) => {
    const body = await readJson(playBody, context.req)
    const startAtMs = Math.round((body.position ?? 0) * 1_000)
    await tell(context, (id) => controlPoint().play(id, fileOf(body, options), startAtMs))
  })
  router.post('/:id/next', async (context) => {
    const body = await readJson(nextBody, context.req)
    await tell(context, (id) => controlPoint().playNext(id, fileOf(body, options)))
  })
  router.post('/:id/clear_next', (context) => tell(context, (id) => controlPoint().clearNext(id)))
  router.post('/:id/seek', async (context) => {
    const { position } = await readJson(seekBody, context.req)
    await tell(context, (id) => controlPoint().seek(id, Math.round(position * 1_000)))
  })
  router.post('/:id/volume', async (context) => {
    const { volume } = await readJson(volumeBody, context.req)
    await tell(context, (id) => controlPoint().setVolume(id, volume))
  })
  router.post('/:id/mute', async (context) => {
    const body = await readJson(muteBody, context.req)
    await tell(context, (id) => controlPoint().setMute(id, body))
  })
  router.post('/:id/pause', (context) => tell(context, (id) => controlPoint().pause(id)))
  router.post('/:id/resume', (context) => tell(context, (id) => controlPoint().resume(id)))
  router.post('/:id/stop', (context) => tell(context, (id) => controlPoint().stop(id)))
  return router
}

/** Where renderers send their events; not guarded, as they have no password. */
export function rendererEventRouter(controlPoint: ControlPoint): Router {
  const router = new Router()
  router.register(`${EVENT_PATH}:token`, ['NOTIFY'], async (context) => {
    await readBody(context.req, MAX_EVENT_BYTES)
    const { token = '' } = context.params
    const from = plainAddress(context.req.socket.remoteAddress ?? '')
    // GENA, 4.2.1: nobody of that name has subscribed.
    context.status = controlPoint.takeEvent(token, from) ? 200 : 412
    context.body = ''
  })
  return router
}

function noControlPoint(): never {
  const message = 'there are no renderers: this server runs without DLNA (--no-dlna)'
  throw new ApiError(404, message, { code: 'no_dlna' })
}

function idOf(context: RouterContext): string {
  return context.params.id ?? ''
}

async function tell(context: RouterContext, command: (id: string) => Promise<void>): Promise<void> {
  await answered(() => command(idOf(context)))
  context.body = {}
}

const STATUS_OF: Readonly<Record<RendererFault, number>> = {
  unknown: 404,
  unsupported: 409,
  busy: 503,
  refused: 502,
  unreadable: 502,
  unreachable: 502,
  silent: 504,
}

async function answered<Result>(command: () => Promise<Result>): Promise<Result> {
  try {
    return await command()
  } catch (error) {
    throw error instanceof RendererError ? asApiError(error) : error
  }
}

function asApiError(cause: RendererError): ApiError {
  return new ApiError(STATUS_OF[cause.kind], cause.message, { cause })
}

function fileOf(
  { torrent: text, file: fileIndex, subtitle }: z.output<typeof playedFile>,
  { session, subtitles }: RendererRoutesOptions,
): FileToPlay {
  const torrent = findTorrent(session, String(text))
  const { infoHash } = torrent
  const objectId = encodeObjectId({ kind: 'file', infoHash, fileIndex })
  const file = torrent.files[fileIndex]
  if (file === undefined) {
    throw new ApiError(404, `torrent ${torrent.id} has no file ${fileIndex}`)
  }
  if (subtitle === undefined || subtitle === null) {
    return { infoHash, fileIndex, objectId, subtitle }
  }
  const found = subtitles.subtitlesOf(torrent, file, { arriving: true })[subtitle]
  if (found === undefined) {
    throw new ApiError(
      404,
      `file ${fileIndex} of torrent ${torrent.id} has no subtitle ${subtitle}`,
    )
  }
  const { reference, language, forced } = found
  const chosen: SubtitleResource = {
    path: subtitlePath(infoHash, reference, { language }),
    language,
    forced,
  }
  return { infoHash, fileIndex, objectId, subtitle: chosen }
}
