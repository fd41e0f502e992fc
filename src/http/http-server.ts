import { createServer, type Server, type ServerOptions } from 'node:http'
import type { Router } from '@koa/router'
import { type FactsSource, NO_FACTS } from '../library/facts/facts-source.ts'
import type { Library } from '../library/library.ts'
import type { Pictures } from '../library/pictures/pictures.ts'
import { SubtitleCatalog } from '../library/subtitles/subtitle-catalog.ts'
import type { Logger, LogLevel } from '../log.ts'
import type { LogFeed } from '../log-feed.ts'
import { parsePictureTarget } from '../media/pictures/picture-path.ts'
import { parseSubtitleTarget } from '../media/subtitles/subtitle-path.ts'
import type { ControlPoint } from '../renderers/control-point.ts'
import type { Settings } from '../settings/settings.ts'
import type { Renderers } from '../upnp/renderers/renderers.ts'
import type { Traffic } from '../upnp/traffic/traffic.ts'
import type { AccessRules } from './access/access-rules.ts'
import { admit } from './access/admission.ts'
import { ConnectedRequest, ConnectionLimits, isNextOn } from './access/connection-limits.ts'
import type { SignedPaths } from './access/signed-paths.ts'
import { createHttpApp } from './http-app.ts'
import { MediaHandler } from './media-files/media-handler.ts'
import { OpenStreams } from './media-files/open-streams.ts'
import { PictureHandler } from './media-files/picture-handler.ts'
import { SubtitleHandler } from './media-files/subtitle-handler.ts'
import { watchExchange } from './media-files/watched-exchange.ts'
import { answerGarbage } from './messages/garbage-answer.ts'
import { parseAlbumArtTarget, parseMediaTarget } from './messages/media-target.ts'
import type { SessionPort } from './messages/session-port.ts'
import { addressRouter } from './operations/address-routes.ts'
import { EventFeed, type EventSource } from './operations/event-feed.ts'
import { type FindFault, healthRouter } from './operations/health-routes.ts'
import { libraryEvents } from './operations/library-events.ts'
import { LiveAnswers } from './operations/live-answer.ts'
import { logRouter } from './operations/log-routes.ts'
import { Metrics } from './operations/metrics.ts'
import { countedByState, observationRouter } from './operations/observation-routes.ts'
import { openApiRouter } from './operations/openapi-routes.ts'
import { settingsRouter } from './operations/settings-routes.ts'
import { trafficRouter } from './operations/traffic-routes.ts'
import {
  controlPointRouter,
  controlPointsNews,
  type RuleChoice,
} from './renderer-api/control-point-routes.ts'
import { renderersJson } from './renderer-api/renderer-json.ts'
import { rendererEventRouter, rendererRouter } from './renderer-api/renderer-routes.ts'
import { rootRouter } from './root-routes.ts'
import { createRouter } from './torrent-api/create-routes.ts'
import { libraryRouter } from './torrent-api/library-routes.ts'
import { playlistRouter } from './torrent-api/playlist-routes.ts'
import { sessionRouter } from './torrent-api/session-routes.ts'
import { torrentChangeRouter } from './torrent-api/torrent-change-routes.ts'
import { torrentRouter } from './torrent-api/torrent-routes.ts'
import { webPageRouter } from './web-page.ts'

export interface HttpServerOptions {
  readonly session: SessionPort
  /** What the bytes of files say; nothing when absent. */
  readonly facts?: Pick<FactsSource, 'factsOf' | 'probing'>
  /** UPnP's routes; `null` without DLNA. */
  readonly upnp: Router | null
  readonly renderers: Renderers
  readonly traffic: Traffic
  /** What the page shows as its films; no such routes when absent. */
  readonly library?: Library
  /** Of the objects of the library; none when absent. */
  readonly pictures?: Pictures | null
  /** Has renderers play; without it there are none. */
  readonly controlPoint?: ControlPoint | null
  /** What can be changed at run time; without it there is no such route. */
  readonly settings?: Settings
  /** Shared with the library; one of its own when absent. */
  readonly subtitles?: SubtitleCatalog
  /** Who may read and change; whoever holds the rules may change them. */
  readonly rules: AccessRules
  /** Signs what is read without a password. */
  readonly signedPaths: SignedPaths
  /** The Server header of every answer. */
  readonly serverHeader: string
  readonly version: string
  /** What GET /healthz tells; that all is well when absent. */
  readonly findFault?: FindFault
  /** Whether the API may make torrents; false when absent. */
  readonly allowCreate?: boolean
  /** Who can read the log along, and change its level; without it nobody can. */
  readonly logs?: { readonly feed: LogFeed; readonly setLevel: (level: LogLevel) => unknown }
  /** Where the owner's choices of renderer rules are kept; without it there are none. */
  readonly ruleChoice?: RuleChoice
  /** URLs that others on the LAN reach the server by; none when absent. */
  readonly addresses?: () => readonly string[]
  /** What is told at /events besides torrents, speeds and streams. */
  readonly eventSources?: readonly EventSource[]
  readonly log: Logger
}

/**
 * A client that is slow to ask is cut off; one that is slow to take, or has paused, never is. Dead
 * ones are found by TCP keep-alive. TVs need longer between requests than Node's 5 s.
 */
const SERVER_OPTIONS: ServerOptions<typeof ConnectedRequest> = {
  IncomingMessage: ConnectedRequest,
  keepAlive: true,
  keepAliveInitialDelay: 30_000,
  noDelay: true,
  keepAliveTimeout: 20_000,
  headersTimeout: 30_000,
  requestTimeout: 300_000,
  // Clients of rqbit, which takes URLs of 64 KiB, name thousands of files and peers in one.
  maxHeaderSize: 80 * 1024,
  // An error of ours is JSON; see guardHost.
  requireHostHeader: false,
}

/** The owner's pages hear of who browses here. */
function controlPointEvents(renderers: Renderers): EventSource {
  return { kind: 'control_points', viewer: 'owner', body: () => controlPointsNews(renderers) }
}

/** Open pages hear of renderers and of what they play. */
function rendererEvents(controlPoint: ControlPoint | null): readonly EventSource[] {
  if (controlPoint === null) return []
  return [{ kind: 'renderers', body: () => renderersJson(controlPoint.renderers) }]
}

/** Open pages hear of films that were watched elsewhere, and of what is found out. */
function eventsOfLibrary({
  session,
  library,
  facts = NO_FACTS,
  subtitles = new SubtitleCatalog(),
}: HttpServerOptions): readonly EventSource[] {
  return library === undefined ? [] : libraryEvents({ session, library, facts, subtitles })
}

/** The whole HTTP side, not yet listening. */
export function createHttpServer(options: HttpServerOptions): Server {
  const { session, upnp, renderers, traffic, rules, signedPaths } = options
  const { trustProxy } = rules
  const log = options.log.child({ name: 'http' })
  const { crossOrigin } = rules
  const metrics = new Metrics({
    stats: () => session.stats(),
    streams: () => streams.count,
    torrents: () => countedByState(session.torrents),
  })
  const streams = new OpenStreams(metrics, () => performance.now())
  const live = new LiveAnswers(trustProxy)
  const sources = [
    ...(options.eventSources ?? []),
    ...rendererEvents(options.controlPoint ?? null),
    ...(options.ruleChoice === undefined ? [] : [controlPointEvents(renderers)]),
    ...eventsOfLibrary(options),
  ]
  const events = new EventFeed({ session, streams, sources })
  const subtitles = new SubtitleHandler({
    session,
    catalog: options.subtitles ?? new SubtitleCatalog(),
    renderers,
    trustProxy,
    signedPaths,
    log: options.log.child({ name: 'subtitles' }),
  })
  const pictures = new PictureHandler({
    pictures: options.pictures ?? null,
    renderers,
    log: options.log.child({ name: 'pictures' }),
  })
  const media = new MediaHandler({
    session,
    renderers,
    traffic,
    subtitles,
    facts: options.facts,
    streams,
    trustProxy,
    log: options.log.child({ name: 'media' }),
  })
  const app = createHttpApp({
    unguarded: [
      ...(upnp === null ? [] : [upnp]),
      ...(options.controlPoint ? [rendererEventRouter(options.controlPoint)] : []),
    ],
    metrics,
    routers: [
      rootRouter(options.version),
      healthRouter(options.findFault ?? (async () => null)),
      webPageRouter(),
      playlistRouter(session, trustProxy, signedPaths),
      sessionRouter(session),
      addressRouter(options.addresses ?? (() => [])),
      createRouter(session, options.allowCreate ?? false),
      torrentRouter(session),
      torrentChangeRouter(session),
      observationRouter({ metrics, streams, events, live, guard: rules }),
      openApiRouter(options.version),
      ...(options.logs === undefined ? [] : [logRouter({ ...options.logs, guard: rules, live })]),
      ...libraryRouters(options),
      rendererRouter({
        session,
        subtitles: options.subtitles ?? new SubtitleCatalog(),
        controlPoint: options.controlPoint ?? null,
      }),
      trafficRouter(traffic, renderers, rules),
      ...(options.ruleChoice === undefined
        ? []
        : [controlPointRouter({ renderers, choice: options.ruleChoice, guard: rules })]),
      ...(options.settings === undefined ? [] : [settingsRouter(options.settings, rules)]),
    ],
    guard: rules,
    session,
    log,
  })
  const answer = app.callback()
  const connections = new ConnectionLimits()
  const server = createServer(SERVER_OPTIONS, async (request, response) => {
    if (!connections.begin(request.socket, response)) return
    // Behind others on its connection a request costs nothing but itself.
    if (!(await isNextOn(request.socket, response))) return
    response.setHeader('Server', options.serverHeader)
    if (!admit(request, response, { rules, signedPaths })) return
    if (crossOrigin?.answer(request, response)) return
    const url = request.url ?? ''
    const subtitleTarget = parseSubtitleTarget(url)
    if (subtitleTarget !== null) {
      watchExchange(traffic, 'media', request, response)
      await subtitles.handle(request, response, subtitleTarget)
      return
    }
    const pictureTarget = parsePictureTarget(url) ?? parseAlbumArtTarget(url)
    if (pictureTarget !== null) {
      watchExchange(traffic, 'media', request, response)
      await pictures.handle(request, response, pictureTarget)
      return
    }
    const target = parseMediaTarget(url)
    if (target !== null) await media.handle(request, response, target)
    else await answer(request, response)
  })
  server.on('clientError', answerGarbage)
  connections.watch(server)
  server.once('close', () => {
    metrics.close()
    events.close()
  })
  // Some clients end their side right after the request and still want the answer.
  Object.assign(server, { httpAllowHalfOpen: true })
  return server
}

/** None without a library. */
function libraryRouters({
  session,
  library,
  facts = NO_FACTS,
  subtitles = new SubtitleCatalog(),
  pictures = null,
  signedPaths,
}: HttpServerOptions): readonly Router[] {
  if (library === undefined) return []
  const hasPictures = pictures !== null
  return [libraryRouter({ session, library, facts, subtitles, hasPictures, signedPaths })]
}
