import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv6 } from 'node:net'
import { bracketed, plainAddress } from '../ip-address.ts'
import { hostNameOf } from './host-names.ts'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

export function isLoopback(address: string | undefined): boolean {
  if (address === undefined || isIP(address) === 0) return false
  return loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

/** What reverse proxies, tunnels and content delivery networks add to what they pass on. */
const PROXY_HEADER =
  /^(via|forwarded|x-forwarded(-.+)?|x-real-ip|x-client-ip|x-cluster-client-ip|x-original-.+|x-envoy-.+|x-proxy.*|client-ip|true-client-ip|fastly-.+|fly-.+|cf-.+|cdn-loop|x-arr-.+|x-amzn?-.+)$/

/**
 * Whether a request comes from this machine itself. A reverse proxy on it speaks for others: any
 * sign of one counts, whatever it says for whom.
 */
export function isFromThisMachine(request: IncomingMessage): boolean {
  return isLoopback(request.socket.remoteAddress) && !isProxied(request)
}

function isProxied({ headers }: IncomingMessage): boolean {
  return Object.keys(headers).some((name) => PROXY_HEADER.test(name))
}

/** Where a reverse proxy would be, or anywhere when every proxy is trusted. */
function mayBeProxy(request: IncomingMessage, trustProxy: boolean): boolean {
  return trustProxy || isLoopback(request.socket.remoteAddress)
}

/**
 * The address that asked: of the client that a proxy names, where that proxy may be believed, else of
 * the connection. For counting, not for trusting.
 */
export function clientAddress(request: IncomingMessage, trustProxy: boolean): string {
  const connected = plainAddress(request.socket.remoteAddress ?? '')
  if (!mayBeProxy(request, trustProxy)) return connected
  const named = request.headers['x-forwarded-for'] ?? request.headers['x-real-ip']
  // The last address is what the proxy itself saw; those before it are what it was told.
  const last = named?.toString().split(',').at(-1)?.trim() ?? ''
  return isIP(last) === 0 ? connected : plainAddress(last)
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
  return `${bracketed(plainAddress(socket.localAddress ?? 'localhost'))}:${socket.localPort}`
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
