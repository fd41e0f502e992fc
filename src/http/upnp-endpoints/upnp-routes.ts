import { Router, type RouterContext } from '@koa/router'
import type { Logger } from '../../log.ts'
import { icon, serviceDescription } from '../../upnp/description/description.ts'
import type { HostedService, MediaServer } from '../../upnp/media-server.ts'
import type { RendererProfile } from '../../upnp/renderers/renderer-profile.ts'
import type { Renderers } from '../../upnp/renderers/renderers.ts'
import type { Traffic } from '../../upnp/traffic/traffic.ts'
import type { SignedPaths } from '../access/signed-paths.ts'
import { watchExchange } from '../media-files/watched-exchange.ts'
import { ApiError } from '../messages/api-error.ts'
import { rendererRequest } from '../messages/renderer-request.ts'
import { ControlHandler } from './control-handler.ts'
import { subscribe, unsubscribe } from './event-handler.ts'

export interface UpnpRouterOptions {
  /** The device description for one renderer, XML. */
  readonly description: (renderer: RendererProfile) => string
  readonly mediaServer: MediaServer
  readonly renderers: Renderers
  readonly traffic: Traffic
  /** Absent where nobody needs a password to read. */
  readonly signedPaths?: SignedPaths
  readonly log: Logger
}

/** Everything that control points ask for over HTTP, except media. */
export function upnpRouter(options: UpnpRouterOptions): Router {
  const { description, mediaServer, renderers, traffic, log } = options
  const router = new Router()
  const controlHandler = new ControlHandler(
    renderers,
    log.child({ name: 'soap' }),
    options.signedPaths,
  )
  const hosted = ({ params }: RouterContext): HostedService =>
    mediaServer.find(params.service ?? '') ?? notFound(params.service)

  router.use(async (context, next) => {
    const part = context.path.startsWith('/upnp/event/') ? 'gena' : 'soap'
    const bodies = watchExchange(traffic, part, context.req, context.res)
    context.state.bodies = bodies
    await next()
    if (bodies !== null && typeof context.body === 'string') bodies.answer = context.body
  })
  router.get('/rootDesc.xml', (context) => {
    answerXml(context, description(renderers.profileFor(rendererRequest(context.req))))
  })
  router.get('/upnp/scpd/:service.xml', (context) => {
    const { service = '' } = context.params
    answerXml(context, serviceDescription(service) ?? notFound(service))
  })
  router.get('/upnp/icons/:name', (context) => {
    const { name = '' } = context.params
    const { bytes, mimeType } = icon(name) ?? notFound(name)
    context.set('Content-Type', mimeType)
    context.body = Buffer.from(bytes)
  })
  router.post('/upnp/control/:service', (context) =>
    controlHandler.handle(context, hosted(context)),
  )
  router.register('/upnp/event/:service', ['SUBSCRIBE'], (context) =>
    subscribe(context, hosted(context).eventing),
  )
  router.register('/upnp/event/:service', ['UNSUBSCRIBE'], (context) =>
    unsubscribe(context, hosted(context).eventing),
  )
  return router
}

function answerXml(context: RouterContext, xml: string): void {
  // UDA 1.0, 2.7: who asks for a language is told which one it got.
  if (context.get('Accept-Language') !== '') context.set('Content-Language', 'en')
  context.set('Content-Type', 'text/xml; charset="utf-8"')
  context.body = xml
}

function notFound(name: string | undefined): never {
  throw new ApiError(404, `no ${name} here`)
}
