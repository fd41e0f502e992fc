import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import type { Duplex } from 'node:stream'
import type { Router } from '@koa/router'
import type { FactsSource } from '../library/facts/facts-source.ts'
import { SubtitleCatalog } from '../library/subtitles/subtitle-catalog.ts'
import type { Logger, LogLevel } from '../log.ts'
import type { LogFeed } from '../log-feed.ts'
import { parseSubtitleTarget } from '../media/subtitles/subtitle-path.ts'
import type { Settings } from '../settings/settings.ts'
import type { Renderers } from '../upnp/renderers/renderers.ts'
import type { Traffic } from '../upnp/traffic/traffic.ts'
import { ApiError, errorBody, sendError } from './api-error.ts'
import type { Credentials, GuardOptions } from './change-guard.ts'
import { ConnectedRequest, ConnectionLimits, isNextOn } from './connection-limits.ts'
import { CrossOrigin } from './cors.ts'
import { createRouter } from './create-routes.ts'
import { EventFeed, type EventSource } from './event-feed.ts'
import { namesUs } from './host-names.ts'
import { createHttpApp } from './http-app.ts'
import { LiveAnswers } from './live-answer.ts'
import { logRouter } from './log-routes.ts'
import { MediaHandler, parseMediaTarget } from './media-handler.ts'
import { Metrics } from './metrics.ts'
import { countedByState, observationRouter } from './observation-routes.ts'
import { OpenStreams } from './open-streams.ts'
import { openApiRouter } from './openapi-routes.ts'
import { PasswordAttempts } from './password-attempts.ts'
import { playlistRouter } from './playlist-routes.ts'
import { rootRouter } from './root-routes.ts'
import type { SessionPort } from './session-port.ts'
import { sessionRouter } from './session-routes.ts'
import { settingsRouter } from './settings-routes.ts'
import { SubtitleHandler } from './subtitle-handler.ts'
import { torrentChangeRouter } from './torrent-change-routes.ts'
import { torrentRouter } from './torrent-routes.ts'
import { trafficRouter } from './traffic-routes.ts'
import { webPageRouter } from './web-page.ts'

export interface HttpServerOptions {
  readonly session: SessionPort
  /** What the bytes of files say; nothing when absent. */
  readonly facts?: Pick<FactsSource, 'factsOf'>
  /** UPnP's routes; `null` without DLNA. */
  readonly upnp: Router | null
  readonly renderers: Renderers
  readonly traffic: Traffic
  /** What can be changed at run time; without it there is no such route. */
  readonly settings?: Settings
  /** Shared with the library; one of its own when absent. */
  readonly subtitles?: SubtitleCatalog
  /** Password for everything that changes something; `null`: only this machine may. */
  readonly auth: Credentials | null
  /** Whether X-Forwarded-* counts from any address, not only over loopback. */
  readonly trustProxy: boolean
  /** Whether this machine needs no password where there is one. */
  readonly trustLoopback: boolean
  /** Names, besides localhost and IP addresses, that a Host header may call us by. */
  readonly ownNames: readonly string[]
  /** The Server header of every answer. */
  readonly serverHeader: string
  readonly version: string
  /** Regular expression for origins of web pages that may use the API; none when absent. */
  readonly corsAllow?: string | null
  /** Whether the API may make torrents; false when absent. */
  readonly allowCreate?: boolean
  /** Who can read the log along, and change its level; without it nobody can. */
  readonly logs?: { readonly feed: LogFeed; readonly setLevel: (level: LogLevel) => unknown }
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
  // An error of ours is JSON; see refuseHost.
  requireHostHeader: false,
}

/** The whole HTTP side, not yet listening. */
export function createHttpServer(options: HttpServerOptions): Server {
  const { session, upnp, renderers, traffic, auth, trustProxy, trustLoopback } = options
  const log = options.log.child({ name: 'http' })
  const ownNames = new Set(options.ownNames.map((name) => name.toLowerCase()))
  const attempts = new PasswordAttempts(() => performance.now(), log)
  const pattern = options.corsAllow ?? null
  const crossOrigin = pattern === null ? null : new CrossOrigin(pattern)
  const guard = { auth, trustProxy, trustLoopback, ownNames, attempts, crossOrigin }
  const metrics = new Metrics({
    stats: () => session.stats(),
    streams: () => streams.count,
    torrents: () => countedByState(session.torrents),
  })
  const streams = new OpenStreams(metrics, () => performance.now())
  const live = new LiveAnswers(trustProxy)
  const sources = options.eventSources ?? []
  const events = new EventFeed({ session, streams, sources })
  const subtitles = new SubtitleHandler({
    session,
    catalog: options.subtitles ?? new SubtitleCatalog(),
    renderers,
    trustProxy,
    log: options.log.child({ name: 'subtitles' }),
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
    upnp,
    metrics,
    routers: [
      rootRouter(options.version),
      webPageRouter(),
      playlistRouter(session, trustProxy),
      sessionRouter(session),
      createRouter(session, options.allowCreate ?? false),
      torrentRouter(session),
      torrentChangeRouter(session),
      observationRouter({ metrics, streams, events, live }),
      openApiRouter(options.version),
      ...(options.logs === undefined ? [] : [logRouter({ ...options.logs, guard, live })]),
      trafficRouter(traffic, renderers, guard),
      ...(options.settings === undefined ? [] : [settingsRouter(options.settings, guard)]),
    ],
    guard,
    log,
  })
  const answer = app.callback()
  const connections = new ConnectionLimits()
  const server = createServer(SERVER_OPTIONS, async (request, response) => {
    if (!connections.begin(request.socket, response)) return
    // Behind others on its connection a request costs nothing but itself.
    if (!(await isNextOn(request.socket, response))) return
    response.setHeader('Server', options.serverHeader)
    if (refuseHost(request, response, guard)) return
    if (crossOrigin?.answer(request, response)) return
    request.url = withOneSlash(request.url ?? '')
    const subtitleTarget = parseSubtitleTarget(request.url)
    if (subtitleTarget !== null) {
      await subtitles.handle(request, response, subtitleTarget)
      return
    }
    const target = parseMediaTarget(request.url ?? '')
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

/**
 * A foreign name is how a web page reaches us by DNS rebinding, and a page can forge any header that
 * a proxy would send; so nothing excuses it. HTTP/1.0 may come without a Host; no web page can send
 * that. Returns whether it has answered.
 */
function refuseHost(
  request: IncomingMessage,
  response: ServerResponse,
  { ownNames }: GuardOptions,
): boolean {
  const reason = hostFault(request, ownNames)
  if (reason === null) return false
  sendError(response, new ApiError(400, reason, { headers: { Connection: 'close' } }))
  return true
}

/** What is wrong with whom a request is meant for; `null` if it is meant for us (RFC 9112, 3.2). */
function hostFault(request: IncomingMessage, ownNames: ReadonlySet<string>): string | null {
  const { host } = request.headers
  const [, target] = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i.exec(request.url ?? '') ?? []
  if (target !== undefined && !namesUs(target, ownNames)) return `${target} is not our name`
  if (host === undefined) return request.httpVersion === '1.0' ? null : 'the Host header is missing'
  if (isRepeated(request, 'host')) return 'there is more than one Host header'
  return namesUs(host, ownNames) ? null : `${host} is not our name`
}

/** Node keeps the first of them; whoever is between us and the client may have kept another. */
function isRepeated({ rawHeaders }: IncomingMessage, name: string): boolean {
  const isName = (text: string, i: number): boolean => i % 2 === 0 && text.toLowerCase() === name
  return rawHeaders.filter(isName).length > 1
}

/** Some renderers put a path that begins with a slash behind a base that ends in one. */
function withOneSlash(target: string): string {
  return target.replace(/^\/{2,}/, '/')
}

/** For the client to read what was wrong with its request; ms. */
const GARBAGE_LINGER_MS = 2_000

const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** What never became a request has no response to write to. */
function answerGarbage(error: NodeJS.ErrnoException, socket: Duplex): void {
  // An answer in progress on this connection must not get another one into its body.
  const isBusy = '_httpMessage' in socket && socket._httpMessage !== null
  if (!socket.writable || isBusy || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const status = STATUS_OF_CODE[error.code ?? ''] ?? 400
  const body = JSON.stringify(errorBody(new ApiError(status, 'the request is not HTTP')))
  // Nobody may keep a connection open that no request can come from any more.
  const timer = setTimeout(() => socket.destroy(), GARBAGE_LINGER_MS)
  socket.once('close', () => clearTimeout(timer))
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}
