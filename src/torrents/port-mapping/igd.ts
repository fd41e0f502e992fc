import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import {
  addMappingBody,
  type ConnectionService,
  deleteMappingBody,
  parseDescription,
  parseSearchAnswer,
  searchRequest,
} from './igd-message.ts'
import type { PortToMap } from './port-to-map.ts'

const HTTP_TIMEOUT_MS = 5_000
/** Descriptions of routers have 2 to 20 KiB. */
const MAX_BODY_BYTES = 128 * 1024
/** Routers and whoever says that it is one; the first that maps ports is taken. */
const MAX_ANSWERS = 5

/** A router found by UPnP. */
export interface Igd {
  readonly service: ConnectionService
  /** Our address on the network where it was found. */
  readonly client: string
}

/** Searches the network of `client`, an address of ours; `null` where no router answers. */
export async function findIgd(
  client: string,
  searchAt: { readonly host: string; readonly port: number },
  answerTimeoutMs: number,
): Promise<Igd | null> {
  const socket = createSocket('udp4')
  try {
    socket.bind(0, client)
    await once(socket, 'listening')
    socket.on('error', () => {})
    socket.setMulticastInterface(client)
    socket.send(searchRequest(), searchAt.port, searchAt.host, () => {})
    for await (const location of locations(socket, answerTimeoutMs)) {
      const description = await request(location, { client })
      const service = description === null ? null : parseDescription(description, location)
      if (service !== null) return { service, client }
    }
    return null
  } catch {
    return null
  } finally {
    socket.close()
  }
}

/** False where the router refuses it, or does not answer. */
export async function addMapping({ service, client }: Igd, port: PortToMap): Promise<boolean> {
  return await act(
    { service, client },
    'AddPortMapping',
    addMappingBody(service.type, port, client),
  )
}

/** False where the router refuses it, or does not answer. */
export async function deleteMapping(igd: Igd, port: PortToMap): Promise<boolean> {
  return await act(igd, 'DeletePortMapping', deleteMappingBody(igd.service.type, port))
}

async function* locations(socket: Socket, timeoutMs: number): AsyncGenerator<string> {
  const signal = AbortSignal.timeout(timeoutMs)
  const heard: string[] = []
  socket.on('message', (bytes, { address }) => {
    const location = parseSearchAnswer(bytes, address)
    if (location !== null && heard.length < MAX_ANSWERS) heard.push(location)
  })
  for (let next = 0; next < MAX_ANSWERS; next++) {
    while (heard[next] === undefined && !signal.aborted) {
      await once(socket, 'message', { signal }).catch(() => {})
    }
    const location = heard[next]
    if (location === undefined) return
    yield location
  }
}

async function act({ service, client }: Igd, action: string, body: string): Promise<boolean> {
  const headers = {
    'Content-Type': 'text/xml; charset="utf-8"',
    SOAPAction: `"${service.type}#${action}"`,
  }
  return (await request(service.controlUrl, { client, headers, body })) !== null
}

interface Question {
  /** Our address, which is asked from. */
  readonly client: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent by POST; a GET when absent. */
  readonly body?: string
}

/** The text of an answer that is no error; `null` for everything else. Redirects are not followed. */
async function request(url: string, { client, headers, body }: Question): Promise<string | null> {
  try {
    const asking = httpRequest(url, {
      ...(body === undefined ? {} : { method: 'POST' }),
      ...(headers === undefined ? {} : { headers }),
      localAddress: client,
      agent: false,
      signal: AbortSignal.timeout(HTTP_TIMEOUT_MS),
    })
    // More than one may come.
    asking.on('error', () => {})
    asking.end(body)
    const [response]: IncomingMessage[] = await once(asking, 'response')
    let length = 0
    const chunks: Uint8Array[] = []
    for await (const chunk of (response ?? []) as AsyncIterable<Uint8Array>) {
      length += chunk.length
      // Leaving the loop ends the rest.
      if (length > MAX_BODY_BYTES) return null
      chunks.push(chunk)
    }
    const { statusCode = 0 } = response ?? {}
    return statusCode >= 200 && statusCode < 300 ? Buffer.concat(chunks).toString('utf8') : null
  } catch {
    return null
  }
}
