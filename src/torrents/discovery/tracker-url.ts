import { domainToASCII } from 'node:url'
import { withoutBrackets } from '../../ip-address.ts'
import { parseUrl } from '../../parse-url.ts'
import { withoutLogin } from '../../without-login.ts'

/** Where a tracker is asked. */
export type TrackerUrl =
  | {
      readonly kind: 'http'
      /** With `user:pass@`, without a fragment. */
      readonly url: URL
      readonly label: string
    }
  | {
      readonly kind: 'udp'
      /** A name or an IP address, without brackets. */
      readonly host: string
      readonly port: number
      /** Path and query, for BEP 41; empty where there is none. */
      readonly urlData: string
      readonly label: string
    }
  | {
      readonly kind: 'unusable'
      /** In words for people. */
      readonly reason: string
      readonly label: string
    }

/** Longer than what any tracker takes. */
const MAX_URL_BYTES = 2_048
/** BEP 41 has lengths of one byte, so that a longer one takes several options. */
const MAX_URL_DATA_BYTES = 1_024

/**
 * Reads a tracker's announce URL: http, https, or udp with a port. `label` is the URL for people: no
 * password is in it.
 */
export function parseTrackerUrl(text: string): TrackerUrl {
  const trimmed = text.trim()
  const unusable = (reason: string, label: string): TrackerUrl => ({
    kind: 'unusable',
    reason,
    label,
  })
  if (Buffer.byteLength(trimmed) > MAX_URL_BYTES) {
    return unusable(
      `it is longer than ${MAX_URL_BYTES} bytes`,
      `${withoutLogin(trimmed).slice(0, 80)}…`,
    )
  }
  const url = parseUrl(trimmed)
  if (url === null) return unusable('it is no URL', withoutLogin(trimmed))
  url.hash = ''
  const label = labelOf(url)
  switch (url.protocol) {
    case 'http:':
    case 'https:':
      if (url.port === '0') return unusable('its port is 0', label)
      return { kind: 'http', url, label }
    case 'udp:':
      return parseUdp(url, label)
    case 'ws:':
    case 'wss:':
      return unusable('trackers of WebRTC peers know none of ours', label)
    default:
      return unusable('its scheme is neither http, https nor udp', label)
  }
}

function parseUdp(url: URL, label: string): TrackerUrl {
  const port = Number(url.port)
  if (!(port >= 1 && port <= 65_535)) {
    return { kind: 'unusable', reason: 'it has no port that can be', label }
  }
  const host = hostOfUdp(url.hostname)
  if (host === null) return { kind: 'unusable', reason: 'it has no host that can be', label }
  const urlData = `${url.pathname}${url.search}`
  if (urlData.length > MAX_URL_DATA_BYTES) {
    return { kind: 'unusable', reason: 'its path is too long for UDP', label }
  }
  return { kind: 'udp', host, port, urlData: urlData === '/' ? '' : urlData, label }
}

/** The URL standard reads hosts of http URLs alone; `null` for what is none. */
function hostOfUdp(hostname: string): string | null {
  if (hostname === '') return null
  const host = withoutBrackets(parseUrl(`http://${hostname}/`)?.hostname ?? '')
  return host.length > 253 || (domainToASCII(host) === '' && !host.includes(':')) ? null : host
}

function labelOf(url: URL): string {
  const shown = new URL(url)
  shown.username = ''
  shown.password = ''
  return shown.href
}
