import type { Router, RouterContext } from '@koa/router'
import Koa, { type Context, type Middleware } from 'koa'
import type { Logger } from '../log.ts'
import { storageErrorIn } from '../storage-error.ts'
import { type GuardOptions, guardChange } from './access/change-guard.ts'
import { changeLog } from './access/change-log.ts'
import { answerBudget } from './media-files/answer-budget.ts'
import { ApiError, errorBody, internalError, toApiError } from './messages/api-error.ts'
import type { SessionPort } from './messages/session-port.ts'
import type { Metrics } from './operations/metrics.ts'

export interface HttpAppOptions {
  /** Asked before everything else, and not guarded: what UPnP asks and tells changes nothing. */
  readonly unguarded: readonly Router[]
  readonly routers: readonly Router[]
  readonly metrics: Pick<Metrics, 'upnpRequest'>
  readonly guard: GuardOptions
  /** Whose torrents the log names. */
  readonly session: Pick<SessionPort, 'get'>
  readonly log: Logger
}

/** Methods that change nothing (RFC 9110, 9.2.1). */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Everything but media: one error policy, one guard before all that changes something. */
export function createHttpApp(options: HttpAppOptions): Koa {
  const { unguarded, routers, metrics, guard, session, log } = options
  const app = new Koa()
  // What goes wrong after the answer has begun is a client that left.
  app.on('error', (error: Error) => log.debug({ err: error }, 'connection broke off'))
  app.use(countUpnp(metrics))
  app.use(answerErrors(log))
  app.use(plainJson)
  app.use(answerBudget(guard.trustProxy))
  for (const router of unguarded) app.use(router.routes())
  app.use(async (context, next) => {
    if (!SAFE_METHODS.has(context.method)) guardChange(context.req, guard)
    await next()
  })
  app.use(changeLog({ session, trustProxy: guard.trustProxy, log }))
  for (const router of routers) app.use(router.routes())
  app.use(answerUnknown)
  return app
}

const UPNP_KINDS: readonly (readonly [RegExp, string])[] = [
  [/^\/upnp\/control\//i, 'control'],
  [/^\/upnp\/event\//i, 'event'],
  [/^\/(?:upnp\/|rootDesc\.xml$)/i, 'description'],
]

function countUpnp(metrics: HttpAppOptions['metrics']): Middleware {
  return async (context, next) => {
    await next()
    const kind = UPNP_KINDS.find(([path]) => path.test(context.path))?.[1]
    if (kind !== undefined) metrics.upnpRequest(kind, context.status)
  }
}

function answerErrors(log: Logger): Middleware {
  return async (context, next) => {
    try {
      await next()
    } catch (error) {
      const known = toApiError(error)
      const { method, path } = context
      const storage = storageErrorIn(error)
      if (known === null) log.error({ err: error, method, path }, 'request failed')
      else if (storage !== null) log.warn({ method, path, reason: storage.message }, 'not stored')
      else log.debug({ method, path, status: known.status, reason: known.message }, 'refused')
      answerError(context, known ?? internalError(error))
    }
  }
}

function answerError(context: Context, error: ApiError): void {
  context.status = error.status
  for (const [name, value] of Object.entries(error.headers)) context.set(name, String(value))
  context.set('Content-Type', 'application/json')
  context.body = errorBody(error)
}

/** rqbit's clients compare the type: JSON without a charset. Nothing of it may be cached. */
const plainJson: Middleware = async (context, next) => {
  await next()
  if (context.response.is('json') === false) return
  context.set('Content-Type', 'application/json')
  context.set('Cache-Control', 'no-store')
}

/** Reached when no route has answered: 405 where the path is known for other methods, else 404. */
const answerUnknown: Middleware = (context) => {
  const layers = (context as Partial<RouterContext>).matched ?? []
  const allowed = [...new Set(layers.flatMap((layer) => layer.methods))].join(', ')
  if (allowed === '') {
    const message = `no such route: ${context.method} ${context.path}`
    throw new ApiError(404, message, { code: 'no_such_route' })
  }
  if (context.method !== 'OPTIONS') {
    const message = `${context.method} is not for ${context.path}`
    throw new ApiError(405, message, { headers: { Allow: allowed } })
  }
  context.set('Allow', allowed)
  context.body = ''
  context.status = 200
}
