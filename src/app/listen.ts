import type { Server } from 'node:http'
import { errorCode } from '../error-code.ts'
import type { CloseStack } from './close-stack.ts'
import { StartError } from './start-error.ts'

export interface ListenOptions {
  /** `null` is every address: IPv4 and IPv6 where there is IPv6, else IPv4 alone. */
  readonly host: string | null
  /** 0 asks the system for a free one. */
  readonly port: number
  /** A socket that listens already and was handed on to us; host and port do not count then. */
  readonly descriptor?: number | null
}

export interface Listening {
  /** The address listened on; `::` is both families. */
  readonly host: string
  readonly port: number
}

/** What a machine without IPv6 answers to `::`. */
const NO_IPV6 = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL'])

/**
 * Has a server of ours listen until `closing` is closed. There it ends with all that it has begun, whether it
 * could listen or not, and whoever is still served is cut off. Rejects with StartError, as `listen` does.
 */
export async function openHttp(
  server: Server,
  options: ListenOptions,
  closing: CloseStack,
): Promise<Listening> {
  closing.push('http', () => closeServer(server))
  return await listen(server, options)
}

async function closeServer(server: Server): Promise<void> {
  await new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  })
}

/** Resolves when the port is open. Rejects with StartError, which names the port or address. */
export async function listen(
  server: Server,
  { host, port, descriptor = null }: ListenOptions,
): Promise<Listening> {
  if (descriptor !== null) return await takeOver(server, descriptor)
  if (host !== null) return await open(server, host, port)
  try {
    return await open(server, '::', port)
  } catch (error) {
    if (!(error instanceof StartError) || !NO_IPV6.has(errorCode(error.cause))) throw error
    return await open(server, '0.0.0.0', port)
  }
}

async function takeOver(server: Server, descriptor: number): Promise<Listening> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ fd: descriptor }, () => {
        server.off('error', reject)
        resolve()
      })
    })
  } catch (error) {
    throw new StartError(`the socket of systemd cannot be used: ${error}`, { cause: error })
  }
  const address = server.address()
  if (typeof address === 'object' && address !== null) {
    return { host: address.address, port: address.port }
  }
  throw new StartError('the socket of systemd is no TCP socket')
}

async function open(server: Server, host: string, port: number): Promise<Listening> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port }, () => {
        server.off('error', reject)
        resolve()
      })
    })
  } catch (error) {
    throw new StartError(complaint(error, host, port), { cause: error })
  }
  const address = server.address()
  return { host, port: typeof address === 'object' && address !== null ? address.port : port }
}

function complaint(error: unknown, host: string, port: number): string {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return `HTTP port ${port} is in use by another program (choose another with --port)`
    case 'EACCES':
      return `HTTP port ${port} may not be used by this user (choose one above 1023 with --port)`
    case 'EADDRNOTAVAIL':
      return `${host} is not an address of this machine (--host)`
    default:
      return `cannot listen on ${host} port ${port}: ${error instanceof Error ? error.message : error}`
  }
}
