import type { IncomingMessage } from 'node:http'
import type { RendererRequest } from '../../upnp/renderers/renderers.ts'
import { clientAddress } from './forwarded.ts'

/** What a request tells of the renderer that sent it. */
export function rendererRequest(request: IncomingMessage): RendererRequest {
  return {
    address: clientAddress(request, false),
    headers: request.headers,
    asked: `${request.method} ${request.url}`,
  }
}
