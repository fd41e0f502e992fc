import { isIP } from 'node:net'
import { withoutBrackets } from '../../ip-address.ts'
import { addressOf, endpointOf, isPort } from '../../peer-address.ts'
import { addressKind } from '../http-client/address-kind.ts'
import {
  type BencodeValue,
  decodeBencode,
  isBytes,
  isDictionary,
} from '../metainfo/bencode/bencode-value.ts'
import { COMPACT_BYTES, readCompactPeer } from '../swarm/compact-peers.ts'

/** What a tracker says to an announce. */
export type TrackerAnswer =
  | {
      readonly kind: 'peers'
      /** `ip:port`, IPv6 in brackets; each once, at most 200. */
      readonly peers: readonly string[]
      /** Seconds until the next announce; as told, `null` where nothing usable was. */
      readonly intervalSeconds: number | null
      readonly minIntervalSeconds: number | null
      /** To be sent back with each announce. */
      readonly trackerId: Uint8Array | null
      readonly warning: string | null
      readonly seeders: number | null
      readonly leechers: number | null
      /** Our IP address as the tracker sees it (BEP 24). */
      readonly externalAddress: string | null
    }
  | {
      readonly kind: 'failure'
      /** The tracker's words. */
      readonly reason: string
      /** BEP 31: seconds until it may be asked again. */
      readonly retryInSeconds: number | null
    }

/** Of a dictionary, where it may not be. */
type Value = BencodeValue | undefined

/** Kept of one answer. */
export const MAX_PEERS_PER_ANSWER = 200
/** Twice as many, as some will be of no use. */
const MAX_LOOKED_AT = 2 * MAX_PEERS_PER_ANSWER
const MAX_TRACKER_ID_BYTES = 256
const MAX_WORDS = 200
/** A dictionary of peers in a dictionary. 10,000 peers by dictionaries: 40 ms. */
const LIMITS = { maxDepth: 8, maxItems: 70_000 }
const NEVER_SECONDS = 24 * 3_600

/** Reads the body of an HTTP tracker's answer (BEP 3, 7, 23, 24, 31). Throws an Error in words. */
export function parseHttpAnswer(body: Uint8Array): TrackerAnswer {
  let root: BencodeValue
  try {
    root = decodeBencode(body, LIMITS).value
  } catch (error) {
    throw new Error(unreadable(body, error), { cause: error })
  }
  if (!isDictionary(root)) throw new Error('its answer is no dictionary')
  const reason = words(root.get('failure reason'))
  if (reason !== null) {
    return { kind: 'failure', reason, retryInSeconds: retryIn(root.get('retry in')) }
  }
  return {
    kind: 'peers',
    peers: firstPeers([
      ...peersIn(root.get('peers'), 'ipv4'),
      ...peersIn(root.get('peers6'), 'ipv6'),
    ]),
    intervalSeconds: seconds(root.get('interval')),
    minIntervalSeconds: seconds(root.get('min interval')),
    trackerId: trackerId(root.get('tracker id')),
    warning: words(root.get('warning message')),
    seeders: count(root.get('complete')),
    leechers: count(root.get('incomplete')),
    externalAddress: address(root.get('external ip')),
  }
}

/** The peers behind the head of a UDP tracker's answer (BEP 15). A spare byte at the end is none. */
export function readCompactPeers(bytes: Uint8Array, family: 'ipv4' | 'ipv6'): string[] {
  return firstPeers(compactPeers(bytes, family))
}

/** Whether anybody can listen there. */
function isUsable(peer: string): boolean {
  return addressKind(addressOf(peer)) !== 'unusable'
}

function firstPeers(peers: readonly string[]): string[] {
  return [...new Set(peers.filter(isUsable))].slice(0, MAX_PEERS_PER_ANSWER)
}

function compactPeers(bytes: Uint8Array, family: 'ipv4' | 'ipv6'): string[] {
  const size = COMPACT_BYTES[family]
  const peers: string[] = []
  for (let at = 0; at + size <= Math.min(bytes.length, MAX_LOOKED_AT * size); at += size) {
    const peer = readCompactPeer(bytes.subarray(at, at + size), family)
    if (peer !== null) peers.push(peer)
  }
  return peers
}

function peersIn(value: Value, family: 'ipv4' | 'ipv6'): string[] {
  if (isBytes(value)) return compactPeers(value, family)
  const list = listOf(value).slice(0, MAX_LOOKED_AT)
  return list.flatMap((entry) => peerOf(entry) ?? [])
}

/** Some write a dictionary with the indices as keys, as PHP has it. */
function listOf(value: Value): readonly BencodeValue[] {
  if (isDictionary(value)) return [...value.values()]
  return Array.isArray(value) ? value : []
}

function peerOf(entry: Value): string | null {
  // Within lists of dictionaries some put compact ones.
  if (isBytes(entry) && entry.length === COMPACT_BYTES.ipv4) {
    return readCompactPeer(entry, 'ipv4')
  }
  if (!isDictionary(entry)) return null
  const host = address(entry.get('ip'))
  const given = entry.get('port')
  const port = isBytes(given) ? digits(given) : given
  return host !== null && isPort(port) ? endpointOf({ address: host, port }) : null
}

/** An IP address as text or as its 4 or 16 bytes; host names are none. */
function address(value: Value): string | null {
  if (!isBytes(value)) return null
  // The shortest text of an IPv4 address has 7 characters.
  if (value.length !== 4 && value.length <= 45) {
    const text = withoutBrackets(latin1(value).trim())
    if (isIP(text) !== 0 && !text.includes('%')) return text
  }
  const family = value.length === 4 ? 'ipv4' : value.length === 16 ? 'ipv6' : null
  if (family === null) return null
  const peer = readCompactPeer(Uint8Array.from([...value, 0, 1]), family)
  return peer === null ? null : addressOf(peer)
}

function digits(value: Uint8Array): number | null {
  return /^\d{1,5}$/.test(latin1(value)) ? Number(latin1(value)) : null
}

function seconds(value: Value): number | null {
  if (isBytes(value)) return seconds(Number(latin1(value.subarray(0, 20))))
  if (typeof value !== 'number' && typeof value !== 'bigint') return null
  return Number.isFinite(Number(value)) ? Number(value) : null
}

function count(value: Value): number | null {
  const number = typeof value === 'bigint' ? Number(value) : value
  return typeof number === 'number' && number >= 0 ? Math.min(number, 2 ** 32) : null
}

function retryIn(value: Value): number | null {
  if (isBytes(value) && latin1(value) === 'never') return NEVER_SECONDS
  const minutes = seconds(value)
  return minutes === null || minutes <= 0 ? null : Math.min(minutes * 60, NEVER_SECONDS)
}

function trackerId(value: Value): Uint8Array | null {
  if (!isBytes(value)) return null
  // Copied, so that it does not hold the whole answer.
  return value.length === 0 || value.length > MAX_TRACKER_ID_BYTES ? null : Uint8Array.from(value)
}

/** What a tracker writes for people, in one line. */
export function words(value: Value): string | null {
  if (!isBytes(value)) return null
  const text = Buffer.from(value.subarray(0, 4 * MAX_WORDS)).toString('utf8')
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_WORDS)
}

function unreadable(body: Uint8Array, error: unknown): string {
  const beginning = latin1(body.subarray(0, 200))
  if (beginning === '') return 'it answered nothing'
  if (/^\s*<(?:!doctype|html|head|body)/i.test(beginning)) return 'it answered a web page'
  return `its answer is no bencode: ${error instanceof Error ? error.message : String(error)}`
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}
