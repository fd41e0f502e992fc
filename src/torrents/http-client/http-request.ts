import type { LookupAddress } from 'node:dns'
import {
  type Agent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LookupFunction, Socket } from 'node:net'
import { errorCode } from '../../error-code.ts'
import { withoutBrackets } from '../../ip-address.ts'
import type { Binding } from '../binding/binding.ts'

/** Kept sockets that turn out to be closed, before one that is new is all there is to try. */
const MAX_STALE = 3
/** Each address but the last is given up after so long, if it does not answer. */
const NEXT_ADDRESS_MS = 2_500

/** Where a request may go. */
export interface Destination {
  /** Of one family, where `localAddress` is there. */
  readonly addresses: readonly LookupAddress[]
  /** Ours, to connect from; any when absent. */
  readonly localAddress?: string
}

export interface HowToConnect extends Destination {
  /** What its socket is held to; `null` for nothing. */
  readonly binding: Binding | null
  readonly signal: AbortSignal
  /** Keeps sockets for the next request; `false` for one of its own. */
  readonly agent: Agent | false
}

/** A socket that was kept from another request was closed meanwhile, which nothing says before it is used. */
class StaleSocket extends Error {}

/** Resolves with the head of the answer. The socket can reach `addresses` alone. */
export async function requestHead(
  url: URL,
  how: HowToConnect,
  headers: Readonly<Record<string, string>>,
): Promise<IncomingMessage> {
  for (let stale = 0; ; stale++) {
    try {
      return await ask(url, stale < MAX_STALE ? how : { ...how, agent: false }, headers)
    } catch (error) {
      if (!(error instanceof StaleSocket)) throw error
    }
  }
}

function ask(
  url: URL,
  { addresses, localAddress, binding, signal, agent }: HowToConnect,
  headers: Readonly<Record<string, string>>,
): Promise<IncomingMessage> {
  const lookup: LookupFunction = (_host, options, callback) => {
    const [first = { address: '', family: 0 }] = addresses
    if (options.all) callback(null, [...addresses])
    else callback(null, first.address, first.family)
  }
  return new Promise((resolve, reject) => {
    const options: RequestOptions & { autoSelectFamilyAttemptTimeout: number } = {
      protocol: url.protocol,
      hostname: withoutBrackets(url.hostname),
      port: url.port,
      path: `${url.pathname}${url.search}`,
      headers: {
        'User-Agent': 'Tributary',
        Accept: '*/*',
        ...headers,
      },
      agent,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
      lookup,
      ...(localAddress === undefined ? {} : { localAddress }),
      signal,
    }
    const request = url.protocol === 'https:' ? httpsRequest(options) : httpRequest(options)
    if (binding !== null) {
      request.once('socket', (socket) => holdSocket(socket, addresses, binding))
    }
    request.once('response', resolve)
    // More than one may come.
    request.on('error', (error) => {
      const isStale = request.reusedSocket && errorCode(error) === 'ECONNRESET' && !signal.aborted
      reject(isStale ? new StaleSocket() : error)
    })
    request.end()
  })
}

/** Sockets that are kept for several requests. */
const heldSockets = new WeakSet<Socket>()

function holdSocket(socket: Socket, [first]: readonly LookupAddress[], binding: Binding): void {
  // Which of the addresses it is shows once it is connected.
  const hold = (): void => binding.hold(socket, socket.remoteAddress ?? first?.address ?? '')
  hold()
  if (heldSockets.has(socket)) return
  heldSockets.add(socket)
  socket.once('connect', hold)
  socket.once('close', () => binding.letGo(socket))
}
