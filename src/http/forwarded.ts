import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv6 } from 'node:net'
import { hostNameOf } from './host-names.ts'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

export function isLoopback(address: string | undefined): boolean {
  if (address === undefined || isIP(address) === 0) return false
  return loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

/**
 * Whether a request comes from this machine. A reverse proxy on it speaks for others: every address
 * that it names must be of this machine as well.
 */
export function isFromThisMachine(request: IncomingMessage): boolean {
  return isLoopback(request.socket.remoteAddress) && forwardedFor(request).every(isLoopback)
}

/** The addresses in X-Forwarded-For, X-Real-IP and Forwarded (RFC 7239), ports and quotes taken off. */
function forwardedFor({ headers }: IncomingMessage): readonly string[] {
  const listed = [headers['x-forwarded-for'], headers['x-real-ip']].flatMap(
    (header) => header?.toString().split(',') ?? [],
  )
  const elements = headers.forwarded?.split(/[,;]/) ?? []
  const named = elements.filter((pair) => /^\s*for\s*=/i.test(pair))
  return [...listed, ...named.map((pair) => pair.replace(/^[^=]*=|"/g, ''))].map((address) => {
    const trimmed = address.trim()
    return isIP(trimmed) === 0 ? (hostNameOf(trimmed) ?? trimmed) : trimmed
  })
}

const PROXY_HEADERS = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded']

/** Where a reverse proxy would be, or anywhere when every proxy is trusted. */
function mayBeProxy(request: IncomingMessage, trustProxy: boolean): boolean {
  return trustProxy || isLoopback(request.socket.remoteAddress)
}

/** Whether a trusted reverse proxy passed the request on; its Host may be a name of the proxy's. */
export function isProxied(request: IncomingMessage, trustProxy: boolean): boolean {
  const isNamed = PROXY_HEADERS.some((name) => request.headers[name] !== undefined)
  return isNamed && mayBeProxy(request, trustProxy)
}

/** How a client reaches us, as far as it told. */
export interface Origin {
  readonly scheme: 'http' | 'https'
  /** Host and, unless it is the scheme's own, port. */
  readonly authority: string
  /** Path below which a reverse proxy shows us: empty, or `/` and segments without a last slash. */
  readonly prefix: string
}

/**
 * The origin that the client sees. X-Forwarded-Proto, -Host, -Port and -Prefix count when the
 * request comes over loopback or when every proxy is trusted.
 */
export function originOf(request: IncomingMessage, trustProxy: boolean): Origin {
  const isTrusted = mayBeProxy(request, trustProxy)
  const forwarded = (name: string): string | undefined =>
    isTrusted ? request.headers[name]?.toString().split(',')[0]?.trim() : undefined
  const scheme = forwarded('x-forwarded-proto')?.toLowerCase() === 'https' ? 'https' : 'http'
  const host = forwarded('x-forwarded-host')
  const isHostForwarded = host !== undefined && hostNameOf(host) !== null
  const authority = isHostForwarded ? host : (request.headers.host ?? localAuthority(request))
  const port = forwarded('x-forwarded-port')
  return {
    scheme,
    authority: isHostForwarded ? withPort(scheme, authority, port) : authority,
    prefix: cleanPrefix(forwarded('x-forwarded-prefix')),
  }
}

/** HTTP/1.0 knows no Host: what the client connected to will do. */
function localAuthority({ socket }: IncomingMessage): string {
  const address = socket.localAddress?.replace(/^::ffff:/i, '') ?? 'localhost'
  return `${isIPv6(address) ? `[${address}]` : address}:${socket.localPort}`
}

function withPort(scheme: Origin['scheme'], authority: string, port: string | undefined): string {
  const isOwnPort = port === undefined || port === (scheme === 'https' ? '443' : '80')
  if (isOwnPort || !/^\d{1,5}$/.test(port) || /:\d+$/.test(authority)) return authority
  return `${authority}:${port}`
}

function cleanPrefix(prefix: string | undefined): string {
  const clean = prefix?.replace(/\/+$/, '') ?? ''
  return /^(\/[\w.~%!$&'()*+,;=:@-]+)+$/.test(clean) ? clean : ''
}
