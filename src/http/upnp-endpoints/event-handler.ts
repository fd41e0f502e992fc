import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RouterContext } from '@koa/router'
import {
  type EventHeaders,
  parseSubscribe,
  parseUnsubscribe,
} from '../../upnp/eventing/event-request.ts'
import type { Eventing, Lease } from '../../upnp/eventing/eventing.ts'
import { refuseForeignPage } from '../access/foreign-page.ts'
import { ApiError } from '../messages/api-error.ts'
import { isFromThisMachine, isLoopback } from '../messages/forwarded.ts'

/** Answers SUBSCRIBE, new and renewed (UPnP Device Architecture 1.0, 4.1.1 and 4.1.2). */
export function subscribe(context: RouterContext, eventing: Eventing): void {
  refuseForeignPage(context.req, false)
  refuseProxied(context.req)
  const address = context.req.socket.remoteAddress ?? ''
  const request = parseSubscribe(eventHeaders(context), address)
  switch (request.kind) {
    case 'subscribe': {
      const lease = eventing.subscribe(address, request)
      if (lease !== null) beginAfterAnswer(context.res, eventing, lease)
      answerLease(context, lease, 503)
      return
    }
    case 'renew':
      answerLease(context, eventing.renew(request.sid, request.timeoutSeconds), 412)
      return
    case 'refused':
      answerEmpty(context, request.status)
      return
  }
}

/** Behind a proxy, the address that events go to would be one of this machine's own ports. */
function refuseProxied(request: IncomingMessage): void {
  if (!isLoopback(request.socket.remoteAddress) || isFromThisMachine(request)) return
  throw new ApiError(403, 'events do not pass a proxy')
}

/** Answers UNSUBSCRIBE (UPnP Device Architecture 1.0, 4.1.3). */
export function unsubscribe(context: RouterContext, eventing: Eventing): void {
  refuseForeignPage(context.req, false)
  const request = parseUnsubscribe(eventHeaders(context))
  if (request.kind === 'refused') answerEmpty(context, request.status)
  else answerEmpty(context, eventing.unsubscribe(request.sid) ? 200 : 412)
}

/** A subscriber cannot place an event before it knows its SID; one that left will never know it. */
function beginAfterAnswer(response: ServerResponse, eventing: Eventing, { sid }: Lease): void {
  response.once('finish', () => eventing.begin(sid))
  response.once('close', () => {
    if (!response.writableFinished) eventing.unsubscribe(sid)
  })
}

function answerLease(context: RouterContext, lease: Lease | null, otherwise: 412 | 503): void {
  if (lease !== null) context.set({ SID: lease.sid, TIMEOUT: `Second-${lease.timeoutSeconds}` })
  answerEmpty(context, lease === null ? otherwise : 200)
}

function answerEmpty(context: RouterContext, status: 200 | 400 | 412 | 503): void {
  context.body = ''
  context.status = status
  context.remove('Content-Type')
}

function eventHeaders({ req: { headers } }: RouterContext): EventHeaders {
  return {
    nt: headers.nt?.toString(),
    sid: headers.sid?.toString(),
    callback: headers.callback?.toString(),
    timeout: headers.timeout?.toString(),
  }
}
