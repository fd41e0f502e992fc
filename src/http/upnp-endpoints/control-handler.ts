import type { IncomingMessage } from 'node:http'
import type { RouterContext } from '@koa/router'
import { baseUrl } from '../../ip-address.ts'
import type { Logger } from '../../log.ts'
import { control } from '../../upnp/control/control.ts'
import { soapFault } from '../../upnp/control/soap.ts'
import { UpnpError } from '../../upnp/control/upnp-error.ts'
import type { HostedService } from '../../upnp/media-server.ts'
import type { Renderers } from '../../upnp/renderers/renderers.ts'
import { refuseForeignPage } from '../access/foreign-page.ts'
import type { SignedPaths } from '../access/signed-paths.ts'
import type { ExchangedBodies } from '../media-files/watched-exchange.ts'
import { ApiError } from '../messages/api-error.ts'
import { FairShares } from '../messages/fair-shares.ts'
import { clientAddress } from '../messages/forwarded.ts'
import { rendererRequest } from '../messages/renderer-request.ts'
import { readBody } from '../messages/request-body.ts'
import { Turns } from './turns.ts'

/** The longest honest request is a Browse with a long Filter, some 2 KiB; what is longer than this is read by nobody. */
const BODY_MAX_BYTES = 256 * 1024

/** A request of this size that takes longer is held open for some other reason; ms. */
const BODY_TIMEOUT_MS = 15_000

/** Of a body that is too long, so much is read and dropped before the answer. */
const DROPPED_MAX_BYTES = 16 * 1024 * 1024

/** Requests that are underway: a control point has one or two. Bodies of that size take up 32 MiB. */
const REQUEST_LIMITS = { perAddress: 32, inAll: 128 }

/** Answers POST at control URLs (UPnP Device Architecture 1.0, 3.2). */
export class ControlHandler {
  readonly #renderers: Renderers
  readonly #log: Logger
  readonly #turns = new Turns()
  readonly #requests = new FairShares(REQUEST_LIMITS)
  readonly #signedPaths: SignedPaths | undefined

  constructor(renderers: Renderers, log: Logger, signedPaths?: SignedPaths) {
    this.#signedPaths = signedPaths
    this.#renderers = renderers
    this.#log = log
  }

  /** Throws ApiError 403 and 415 for what web pages send, 408 for a body that does not come. */
  async handle(context: RouterContext, { service, serviceType }: HostedService): Promise<void> {
    refuseWebPages(context.req)
    const { req } = context
    const { headers, socket } = req
    const giveBack = this.#requests.take(clientAddress(req, false), 1, () => socket.destroy())
    if (giveBack === null) {
      context.set('Connection', 'close')
      answer(context, 500, soapFault(new UpnpError(720, 'too many requests')))
      return
    }
    try {
      const soapAction = headers.soapaction?.toString()
      const body = await inTime(
        readBody(req, BODY_MAX_BYTES).catch((error) => refuseBody(req, error)),
      )
      if (body === null) {
        answer(context, 500, soapFault(new UpnpError(402, 'the body is too long')))
        return
      }
      const bodies: ExchangedBodies | null = context.state.bodies ?? null
      if (bodies !== null) bodies.request = body.toString()
      const renderer = this.#renderers.profileFor(rendererRequest(req))
      const sign = this.#signedPaths?.signerFor(req)
      const request = { serviceType, soapAction, body, baseUrl: baseUrl(socket), sign, renderer }
      const { status, xml } = await this.#turns.take(() => control(service, request, this.#log))
      answer(context, status, xml)
    } finally {
      giveBack()
    }
  }
}

/**
 * Control points are no web pages. One that is may send plain text and forms to anybody without
 * asking (Fetch, 2.2.2, CORS-safelisted request-header), also to a server on the LAN.
 */
function refuseWebPages(request: IncomingMessage): void {
  refuseForeignPage(request, false)
  const { origin, 'content-type': type } = request.headers
  if (origin !== undefined && SENT_UNASKED.test(type ?? '')) {
    throw new ApiError(415, `${type} is no type of a control request`)
  }
}

const SENT_UNASKED = /^\s*(text\/plain|multipart\/form-data|application\/x-www-form-urlencoded)\b/i

/** A sender that keeps us waiting for its body loses its connection with the answer. */
async function inTime<T>(body: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    const headers = { Connection: 'close' }
    const error = new ApiError(408, 'the body does not come', { headers })
    timer = setTimeout(() => reject(error), BODY_TIMEOUT_MS)
  })
  try {
    return await Promise.race([body, tooLate])
  } finally {
    clearTimeout(timer)
  }
}

function answer(context: RouterContext, status: 200 | 500, xml: string): void {
  context.set('EXT', '')
  context.set('Content-Type', 'text/xml; charset="utf-8"')
  context.status = status
  context.body = xml
}

/**
 * A client that writes all before it reads would never see an answer that comes before. `null` for a body that is
 * too long, which is answered as everything is in SOAP: by a fault.
 */
async function refuseBody(request: IncomingMessage, error: unknown): Promise<null> {
  if (!request.readableEnded && !request.destroyed) await rest(request)
  if (error instanceof ApiError && error.status === 413) return null
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
