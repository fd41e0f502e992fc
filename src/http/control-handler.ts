import type { IncomingMessage } from 'node:http'
import type { RouterContext } from '@koa/router'
import type { Logger } from '../log.ts'
import { control } from '../upnp/control.ts'
import { baseUrl } from '../upnp/ip-address.ts'
import type { HostedService } from '../upnp/media-server.ts'
import { soapFault } from '../upnp/soap.ts'
import { UpnpError } from '../upnp/upnp-error.ts'
import { readBody } from './request-body.ts'

/** The longest honest request is a Browse with a long Filter: some 2 KiB. */
const BODY_MAX_BYTES = 256 * 1024

/** Of a body that is too long, so much is read and dropped before the answer. */
const DROPPED_MAX_BYTES = 16 * 1024 * 1024

/** With as many requests underway, bodies of this size take up 128 MiB. */
const MAX_CONCURRENT_REQUESTS = 512

/** Answers POST at control URLs (UPnP Device Architecture 1.0, 3.2). */
export class ControlHandler {
  readonly #log: Logger
  #requests = 0

  constructor(log: Logger) {
    this.#log = log
  }

  async handle(context: RouterContext, { service, serviceType }: HostedService): Promise<void> {
    if (this.#requests >= MAX_CONCURRENT_REQUESTS) {
      answer(context, 500, soapFault(new UpnpError(720, 'too many requests')))
      return
    }
    this.#requests++
    try {
      const {
        req,
        req: { headers, socket },
      } = context
      const soapAction = headers.soapaction?.toString()
      const body = await readBody(req, BODY_MAX_BYTES).catch((error) => refuseBody(req, error))
      const request = { serviceType, soapAction, body, baseUrl: baseUrl(socket) }
      const { status, xml } = await control(service, request, this.#log)
      answer(context, status, xml)
    } finally {
      this.#requests--
    }
  }
}

function answer(context: RouterContext, status: 200 | 500, xml: string): void {
  context.set('EXT', '')
  context.set('Content-Type', 'text/xml; charset="utf-8"')
  context.status = status
  context.body = xml
}

/** A client that writes all before it reads would never see an answer that comes before. */
async function refuseBody(request: IncomingMessage, error: unknown): Promise<never> {
  if (!request.readableEnded && !request.destroyed) await rest(request)
  throw error
}

function rest(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > DROPPED_MAX_BYTES) resolve()
    })
    request.once('end', resolve)
    request.once('close', resolve)
  })
}
