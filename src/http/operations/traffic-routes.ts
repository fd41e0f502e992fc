import type { IncomingMessage } from 'node:http'
import { Router } from '@koa/router'
import type { Renderers } from '../../upnp/renderers/renderers.ts'
import { TRAFFIC_PARTS, type Traffic, type TrafficPart } from '../../upnp/traffic/traffic.ts'
import { type GuardOptions, guardChange } from '../access/change-guard.ts'
import { ApiError } from '../messages/api-error.ts'
import { readBody } from '../messages/request-body.ts'

const BODY_MAX_BYTES = 4_096

/** As in the directives of a log level: `debug` is on, `off` is off, `default` is as the level says. */
const SWITCHES: Readonly<Record<string, boolean | null>> = {
  debug: true,
  on: true,
  trace: true,
  off: false,
  default: null,
}

/**
 * For the owner alone: what of the wire is logged, and who has been recognised. POST takes
 * `soap.traffic=debug,media.traffic=off,addresses=on` as the body.
 */
export function trafficRouter(traffic: Traffic, renderers: Renderers, guard: GuardOptions): Router {
  const router = new Router()
  router.get('/traffic', (context) => {
    guardChange(context.req, guard)
    context.body = { ...traffic.settings, renderers: renderers.known }
  })
  router.post('/traffic', async (context) => {
    traffic.watch(await parseDirectives(context.req))
    context.body = { ...traffic.settings, renderers: renderers.known }
  })
  return router
}

async function parseDirectives(request: IncomingMessage): Promise<Parameters<Traffic['watch']>[0]> {
  const parts: Partial<Record<TrafficPart, boolean | null>> = {}
  let addresses: boolean | undefined
  const text = (await readBody(request, BODY_MAX_BYTES)).toString()
  for (const directive of text.split(',').map((entry) => entry.trim())) {
    if (directive === '') continue
    const [name = '', value = ''] = directive.split('=').map((side) => side.trim().toLowerCase())
    const isOn = SWITCHES[value]
    const part = TRAFFIC_PARTS.find((candidate) => name === `${candidate}.traffic`)
    if (isOn === undefined || (part === undefined && name !== 'addresses')) {
      throw new ApiError(400, `cannot parse ${JSON.stringify(directive)}: expected ${EXPECTED}`)
    }
    if (part !== undefined) parts[part] = isOn
    else addresses = isOn === true
  }
  return addresses === undefined ? { parts } : { parts, addresses }
}

const EXPECTED = '{ssdp,soap,gena,media}.traffic={debug,off,default} or addresses={on,off}'
