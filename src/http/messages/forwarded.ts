import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv6 } from 'node:net'
import { bracketed, plainAddress } from '../../ip-address.ts'
import { hostNameOf } from './host-header.ts'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** False for what is no address at all. */
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

/** In these a proxy names its client; in lists the last is what it saw itself. */
const CLIENT_HEADERS = [
  ...['x-forwarded-for', 'x-real-ip', 'x-client-ip', 'x-cluster-client-ip', 'client-ip'],
  ...['cf-connecting-ip', 'true-client-ip', 'fastly-client-ip', 'fly-client-ip'],
]

/**
 * Everybody who may have asked: the other end of the connection, and whom proxies name, believed or
 * not. For refusing, where all of them have to be allowed. What is no address stays as it is.
 */
export function everyAddress(request: IncomingMessage): readonly string[] {
  const { headers, socket } = request
  const named = CLIENT_HEADERS.flatMap((name) => {
    const last = headers[name]?.toString().split(',').at(-1)?.trim()
    return last === undefined ? [] : [plainAddress(withoutPort(last))]
  })
  // RFC 7239: for=192.0.2.43, for="[2001:db8::1]:4711", for=unknown.
  const forwarded = headers.forwarded?.split(',').at(-1) ?? ''
  const [, node] = /(?:^|;)\s*for="?([^";,]*)/i.exec(forwarded) ?? []
  if (node !== undefined) named.push(plainAddress(withoutPort(node.trim())))
  return [plainAddress(socket.remoteAddress ?? ''), ...named]
}

function withoutPort(node: string): string {
  const [, bracketedHost, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(node) ?? []
  return bracketedHost ?? plain ?? node
}

/**
 * The address that asks, where there is no doubt: of the connection where no proxy shows, of whom a
 * proxy on this machine names. `null` else.
 */
export function certainAddress(request: IncomingMessage): string | null {
  if (!isProxied(request)) return plainAddress(request.socket.remoteAddress ?? '')
  if (!isLoopback(request.socket.remoteAddress)) return null
  const [, ...named] = everyAddress(request)
  const [first] = named
  return first !== undefined && named.every((one) => one === first) ? first : null
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
