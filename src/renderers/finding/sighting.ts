import { isIPv4 } from 'node:net'
import { plainAddress, withoutBrackets } from '../../ip-address.ts'
import { parseUrl } from '../../parse-url.ts'
import { isPrivate } from '../../upnp/discovery/network-address.ts'
import { parseSsdpMessage } from '../../upnp/discovery/ssdp-message.ts'

/** What a datagram says of a renderer. */
export type Sighting =
  | {
      readonly kind: 'alive'
      /** `uuid:…`; its location where it does not tell. */
      readonly id: string
      /** Of its description, at the address that the datagram came from. */
      readonly location: URL
      readonly maxAgeSeconds: number
    }
  | { readonly kind: 'gone'; readonly id: string }

const MAX_DATAGRAM_BYTES = 2_048
const MAX_ID_LENGTH = 128
const DEFAULT_MAX_AGE_SECONDS = 1_800
const LONGEST_MAX_AGE_SECONDS = 7_200
const SHORTEST_MAX_AGE_SECONDS = 60

/** Any version; the service as well, which some renderers have without being called one. */
const TARGET = /^urn:schemas-upnp-org:(?:device:MediaRenderer|service:AVTransport)(?::\d{1,4})?$/i

/**
 * Reads an advertisement, or the answer to a search, of a media renderer; `null` for any other datagram, and
 * for one whose LOCATION is not at the very address on the LAN (or on this machine) that it came from.
 *
 * @param from - As a socket gives it.
 */
export function readSighting(datagram: Uint8Array, from: string): Sighting | null {
  if (datagram.length > MAX_DATAGRAM_BYTES) return null
  const message = parseSsdpMessage(new TextDecoder('latin1').decode(datagram))
  if (message === null || message.kind === 'search') return null
  const { kind, headers } = message
  const target = headers.get(kind === 'notify' ? 'nt' : 'st') ?? ''
  if (!TARGET.test(target.trim())) return null
  const [usn = ''] = (headers.get('usn') ?? '').split('::')
  const id = /^uuid:\S+$/i.test(usn) ? usn.slice(0, MAX_ID_LENGTH) : null
  const state = kind === 'notify' ? headers.get('nts')?.toLowerCase() : 'ssdp:alive'
  if (state === 'ssdp:byebye') return id === null ? null : { kind: 'gone', id }
  if (state !== 'ssdp:alive' && state !== 'ssdp:update') return null
  const location = parseUrl(headers.get('location') ?? '')
  if (location === null || !isSendersOwn(location, from)) return null
  return {
    kind: 'alive',
    id: id ?? location.href.slice(0, MAX_ID_LENGTH),
    location,
    maxAgeSeconds: maxAge(headers.get('cache-control')),
  }
}

function isSendersOwn({ protocol, hostname, username, password }: URL, from: string): boolean {
  const sender = plainAddress(from)
  // A zone, without which a link-local IPv6 address leads nowhere, has no place in a URL.
  if (!isIPv4(sender) || !(isPrivate(sender) || sender.startsWith('127.'))) return false
  const isPlain = protocol === 'http:' && username === '' && password === ''
  return isPlain && withoutBrackets(hostname) === sender
}

function maxAge(header: string | undefined): number {
  const seconds = Number(/max-age\s*=\s*"?(\d{1,9})/i.exec(header ?? '')?.[1] ?? Number.NaN)
  if (Number.isNaN(seconds)) return DEFAULT_MAX_AGE_SECONDS
  return Math.min(Math.max(seconds, SHORTEST_MAX_AGE_SECONDS), LONGEST_MAX_AGE_SECONDS)
}
