import { isIP } from 'node:net'
import { runAtOnce } from '../../concurrency/steps.ts'
import { withoutBrackets } from '../../ip-address.ts'
import { endpointOf, isPort } from '../../peer-address.ts'
import { TorrentError } from '../torrent-error.ts'
import { chooseNameDecoder } from './charset/name-charset.ts'
import { type InfoHash, parseInfoHash } from './info-hash.ts'
import { MAX_TRACKERS, MAX_URL_BYTES } from './limits.ts'
import {
  isMagnet,
  type MagnetParameter,
  magnetParameters,
  percentDecodedBytes,
  plainValue,
  unwrapLink,
  urlValue,
} from './magnet-parameters.ts'
import { safeComponent } from './safe-path.ts'

/** What a magnet URI tells (BEP 9, `so` of BEP 53). */
export interface Magnet {
  readonly infoHash: InfoHash
  /** Safe to show. */
  readonly name: string | null
  /** Each once; at most 1,000. */
  readonly trackers: readonly string[]
  /** `ip:port` of `x.pe`, IPv6 in brackets; at most 200 with those of `peerHosts`. */
  readonly peers: readonly string[]
  /** `host:port` of `x.pe` where the host is a name that has to be looked up. */
  readonly peerHosts: readonly string[]
  /** http(s) URLs of the torrent file, of `xs` and `as`; at most 10. */
  readonly exactSources: readonly string[]
  /** http(s) URLs of `ws` (BEP 19); at most 20. */
  readonly webSeeds: readonly string[]
  /** File indices of `so`; `null` when everything is meant. */
  readonly onlyFiles: readonly number[] | null
}

/** As browsers and other programs take URLs at most. */
const MAX_MAGNET_BYTES = 64 * 1024
/** As many as are kept from one message of another peer. */
const MAX_PEERS = 200
const MAX_EXACT_SOURCES = 10
const MAX_WEB_SEEDS = 20
const MAX_SELECTED_FILES = 100_000
const HIGHEST_FILE_INDEX = 10_000_000
const TRACKER_SCHEMES = /^(?:udp|https?|wss?):\/\/[^/?]/i
const WEB_SCHEMES = /^https?:\/\/[^/?]/i

/**
 * Reads a magnet URI as pages and people pass it on: in quotes or angle brackets, with line breaks,
 * escaped as HTML, encoded twice. Throws TorrentError `invalid-torrent` naming what is wrong.
 */
export function parseMagnet(text: string): Magnet {
  if (Buffer.byteLength(text) > MAX_MAGNET_BYTES) {
    throw invalid(`the magnet is longer than ${MAX_MAGNET_BYTES} bytes`)
  }
  const link = unwrapLink(text)
  if (!isMagnet(link)) throw invalid(`not a magnet: ${excerpt(link)}`)
  const parameters = magnetParameters(link)
  const valuesOf = (wanted: string): string[] =>
    parameters.filter(({ key }) => key === wanted).map(({ value }) => value)
  const peers = readPeers(valuesOf('x.pe'))
  const selection = valuesOf('so')[0]
  return {
    infoHash: readInfoHash(valuesOf('xt').map(plainValue), link),
    name: readName(parameters),
    trackers: urls(valuesOf('tr'), TRACKER_SCHEMES, MAX_TRACKERS),
    peers: peers.flatMap((peer) => (peer.kind === 'address' ? [peer.text] : [])),
    peerHosts: peers.flatMap((peer) => (peer.kind === 'host' ? [peer.text] : [])),
    exactSources: urls([...valuesOf('xs'), ...valuesOf('as')], WEB_SCHEMES, MAX_EXACT_SOURCES),
    webSeeds: urls(valuesOf('ws'), WEB_SCHEMES, MAX_WEB_SEEDS),
    onlyFiles: selection === undefined ? null : parseSelection(plainValue(selection)),
  }
}

/** Of several hashes the first that can be one; of a hybrid the hash of version 1. */
function readInfoHash(topics: readonly string[], link: string): InfoHash {
  const hashes = topics.flatMap((topic) => /^urn:btih:(.*)$/i.exec(topic)?.[1] ?? [])
  const infoHash = hashes.map(parseInfoHash).find((hash) => hash !== null)
  if (infoHash !== undefined) return infoHash
  const [wrong] = hashes
  if (wrong !== undefined) {
    throw invalid(
      `the info hash of the magnet has to be 40 hex digits or 32 of base32: ${excerpt(wrong)}`,
    )
  }
  if (topics.some((topic) => /^urn:btmh:/i.test(topic))) {
    throw invalid('BitTorrent v2 alone is not supported: the magnet has a btmh hash, but no btih')
  }
  throw invalid(`the magnet has no BitTorrent info hash: ${excerpt(link)}`)
}

function readName(parameters: readonly MagnetParameter[]): string | null {
  const value = parameters.find(({ key }) => key === 'dn')?.value ?? ''
  const bytes = percentDecodedBytes(value.replaceAll('+', ' '))
  const decode = runAtOnce(chooseNameDecoder([bytes], null))
  return safeComponent(decode(bytes).trim()) || null
}

function urls(values: readonly string[], schemes: RegExp, limit: number): string[] {
  const found = new Set<string>()
  for (const value of values) {
    if (found.size >= limit) break
    const url = urlValue(value, schemes)
    if (url !== null && url.length <= MAX_URL_BYTES) found.add(url)
  }
  return [...found]
}

interface MagnetPeer {
  readonly kind: 'address' | 'host'
  readonly text: string
}

function readPeers(values: readonly string[]): MagnetPeer[] {
  const peers = new Map<string, MagnetPeer>()
  for (const text of values.flatMap((value) => plainValue(value).split(','))) {
    if (peers.size >= MAX_PEERS) break
    const peer = parsePeer(text)
    if (peer !== null) peers.set(peer.text, peer)
  }
  return [...peers.values()]
}

/** `ip:port` or `host:port`; IPv6 may lack its brackets. `null` for anything else. */
function parsePeer(text: string): MagnetPeer | null {
  const match = /^(.+):(\d{1,5})$/.exec(text)
  const port = Number(match?.[2])
  const host = withoutBrackets(match?.[1] ?? '')
  if (!isPort(port)) return null
  if (isIP(host) !== 0 && !host.includes('%')) {
    return { kind: 'address', text: endpointOf({ address: host, port }) }
  }
  const isName =
    host.length <= 253 && /^(?=.*[a-z])[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?\.?$/i.test(host)
  return isName ? { kind: 'host', text: `${host.toLowerCase()}:${port}` } : null
}

/** `0,2,4-6` of BEP 53; nonsense in it is left out, and nothing but nonsense selects everything. */
function parseSelection(selection: string): number[] | null {
  const chosen = new Set<number>()
  for (const part of selection.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part)
    if (match === null) continue
    const last = Math.min(Number(match[2] ?? match[1]), HIGHEST_FILE_INDEX)
    for (let index = Number(match[1]); index <= last; index++) {
      if (chosen.size === MAX_SELECTED_FILES) return [...chosen]
      chosen.add(index)
    }
  }
  return chosen.size === 0 ? null : [...chosen]
}

function excerpt(text: string): string {
  return JSON.stringify(text.slice(0, 200))
}

function invalid(message: string): TorrentError {
  return new TorrentError('invalid-torrent', message)
}
