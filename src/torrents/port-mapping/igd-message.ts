import { isIPv4 } from 'node:net'
import { LEASE_SECONDS, type PortToMap } from './port-to-map.ts'

/** What a router offers, and where to ask it (UPnP IGD 1 and 2). */
export interface ConnectionService {
  readonly type: string
  readonly controlUrl: string
}

export const GATEWAY_TYPE = 'urn:schemas-upnp-org:device:InternetGatewayDevice:1'
const SERVICE_TYPES = [
  'urn:schemas-upnp-org:service:WANIPConnection:2',
  'urn:schemas-upnp-org:service:WANIPConnection:1',
  'urn:schemas-upnp-org:service:WANPPPConnection:1',
]
const MAX_URL_LENGTH = 300

/** Looks for the router in the LAN (UPnP Device Architecture 1.0, 1.2.2). */
export function searchRequest(): Buffer {
  const lines = [
    'M-SEARCH * HTTP/1.1',
    'HOST: 239.255.255.250:1900',
    'MAN: "ssdp:discover"',
    'MX: 1',
    `ST: ${GATEWAY_TYPE}`,
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)
}

/**
 * Where the description of a router is, of its answer to a search. `null` where it is none, or
 * stands anywhere but at the address that the answer comes from: anybody on the LAN can answer.
 */
export function parseSearchAnswer(bytes: Uint8Array, sender: string): string | null {
  const text = Buffer.from(bytes.subarray(0, 2_048)).toString('latin1')
  if (!text.startsWith('HTTP/1.1 200') || !text.includes(GATEWAY_TYPE)) return null
  const [, location = ''] = /^location:[ \t]*(\S+)[ \t]*\r?$/im.exec(text) ?? []
  return urlAt(location, sender)
}

/** The service of a description that maps ports, at the same address; `null` where it has none. */
export function parseDescription(xml: string, location: string): ConnectionService | null {
  const { hostname } = new URL(location)
  // Cut at the end of each service, so that no search goes over all of it more than once.
  const services = xml.split('</service>').map((part) => part.slice(part.lastIndexOf('<service>')))
  for (const type of SERVICE_TYPES) {
    const service = services.find((part) => textOf(part, 'serviceType') === type)
    if (service === undefined) continue
    const controlUrl = urlAt(textOf(service, 'controlURL'), hostname, location)
    if (controlUrl !== null) return { type, controlUrl }
  }
  return null
}

/** The body of an action that maps a port to `client`, an address of ours. */
export function addMappingBody(service: string, mapping: PortToMap, client: string): string {
  const { protocol, port } = mapping
  return envelope(service, 'AddPortMapping', [
    ...mappingArguments(protocol, port),
    ['NewInternalPort', `${port}`],
    ['NewInternalClient', client],
    ['NewEnabled', '1'],
    ['NewPortMappingDescription', 'Tributary'],
    ['NewLeaseDuration', `${LEASE_SECONDS}`],
  ])
}

/** The SOAP body of DeletePortMapping (WANIPConnection:1). */
export function deleteMappingBody(service: string, { protocol, port }: PortToMap): string {
  return envelope(service, 'DeletePortMapping', mappingArguments(protocol, port))
}

function mappingArguments(protocol: 'tcp' | 'udp', port: number): [string, string][] {
  return [
    ['NewRemoteHost', ''],
    ['NewExternalPort', `${port}`],
    ['NewProtocol', protocol.toUpperCase()],
  ]
}

/** Nothing in it comes from outside, but for the type, which is one of ours. */
function envelope(service: string, action: string, values: readonly [string, string][]): string {
  const fields = values.map(([name, value]) => `<${name}>${value}</${name}>`).join('')
  const encoding = 'http://schemas.xmlsoap.org/soap/encoding/'
  return `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:encodingStyle="${encoding}"><s:Body><u:${action} xmlns:u="${service}">${fields}</u:${action}></s:Body></s:Envelope>`
}

function textOf(xml: string, element: string): string {
  const start = xml.indexOf(`<${element}>`)
  const end = start === -1 ? -1 : xml.indexOf('<', start + 1)
  return end === -1 ? '' : xml.slice(start + element.length + 2, end).trim()
}

/** `http:` at exactly this IPv4 address; anything else is no router of ours. */
function urlAt(text: string, host: string, base?: string): string | null {
  if (text === '' || text.length > MAX_URL_LENGTH || !isIPv4(host)) return null
  try {
    const url = new URL(text, base)
    const isThere = url.protocol === 'http:' && url.hostname === host && url.username === ''
    return isThere ? url.href : null
  } catch {
    return null
  }
}
