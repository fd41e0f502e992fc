import type { Announce } from './announce.ts'
import { readCompactPeers, type TrackerAnswer, words } from './tracker-answer.ts'

/** BEP 15. */
const PROTOCOL_ID = 0x41727101980n
const CONNECT = 0
const ANNOUNCE = 1
const ERROR = 3
const EVENTS = { completed: 1, started: 2, stopped: 3 } as const
const ANNOUNCE_BYTES = 98
/** Behind the action and the transaction id. */
const ANNOUNCE_HEAD_BYTES = 20
/** BEP 41. */
const URL_DATA = 2
const MAX_OPTION_BYTES = 255
const MAX_INT64 = 2n ** 63n - 1n

/** A datagram of a tracker. */
export type UdpTrackerMessage =
  | { readonly kind: 'connect'; readonly connectionId: bigint }
  | { readonly kind: 'announce'; readonly answer: TrackerAnswer }
  | { readonly kind: 'error'; readonly reason: string }

/** The transaction that a datagram answers, `null` where it is too short to be any. */
export function transactionIdOf(datagram: Uint8Array): number | null {
  return datagram.length < 8 ? null : viewOf(datagram).getUint32(4)
}

/** `family` is that of the address that it came from. `null` where it is no message. */
export function parseUdpTrackerMessage(
  datagram: Uint8Array,
  family: 'ipv4' | 'ipv6',
): UdpTrackerMessage | null {
  if (datagram.length < 8) return null
  const view = viewOf(datagram)
  switch (view.getUint32(0)) {
    case CONNECT:
      return datagram.length < 16 ? null : { kind: 'connect', connectionId: view.getBigUint64(8) }
    case ANNOUNCE:
      return datagram.length < ANNOUNCE_HEAD_BYTES
        ? null
        : { kind: 'announce', answer: answerIn(datagram, view, family) }
    case ERROR:
      return { kind: 'error', reason: words(datagram.subarray(8)) ?? '' }
    default:
      return null
  }
}

/** The first message to a UDP tracker (BEP 15). */
export function connectRequest(transactionId: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(16))
  view.setBigUint64(0, PROTOCOL_ID)
  view.setUint32(8, CONNECT)
  view.setUint32(12, transactionId)
  return new Uint8Array(view.buffer)
}

/** `urlData` is the path and query of the tracker's URL (BEP 41), empty for none. */
export function announceRequest(
  connectionId: bigint,
  transactionId: number,
  announce: Announce,
  urlData: string,
): Uint8Array {
  const view = new DataView(new ArrayBuffer(ANNOUNCE_BYTES))
  const bytes = new Uint8Array(view.buffer)
  view.setBigUint64(0, connectionId)
  view.setUint32(8, ANNOUNCE)
  view.setUint32(12, transactionId)
  bytes.set(announce.infoHash.subarray(0, 20), 16)
  bytes.set(announce.peerId.subarray(0, 20), 36)
  view.setBigInt64(56, int64(announce.downloadedBytes))
  view.setBigInt64(64, int64(announce.leftBytes))
  view.setBigInt64(72, int64(announce.uploadedBytes))
  view.setUint32(80, announce.event === null ? 0 : EVENTS[announce.event])
  // Our IP address: 0 for the one that the datagram comes from.
  view.setUint32(84, 0)
  view.setUint32(88, announce.key)
  view.setInt32(92, announce.numWant)
  view.setUint16(96, announce.port)
  return Buffer.concat([bytes, urlOptions(urlData)])
}

function answerIn(datagram: Uint8Array, view: DataView, family: 'ipv4' | 'ipv6'): TrackerAnswer {
  return {
    kind: 'peers',
    peers: readCompactPeers(datagram.subarray(ANNOUNCE_HEAD_BYTES), family),
    // Signed, as some trackers write it.
    intervalSeconds: view.getInt32(8),
    minIntervalSeconds: null,
    trackerId: null,
    warning: null,
    leechers: view.getUint32(12),
    seeders: view.getUint32(16),
    externalAddress: null,
  }
}

function urlOptions(urlData: string): Uint8Array {
  const data = Buffer.from(urlData)
  const options: Uint8Array[] = []
  for (let at = 0; at < data.length; at += MAX_OPTION_BYTES) {
    const part = data.subarray(at, at + MAX_OPTION_BYTES)
    options.push(Uint8Array.of(URL_DATA, part.length), part)
  }
  return Buffer.concat(options)
}

function int64(number: number): bigint {
  const integer = BigInt(Math.max(0, Math.trunc(number)))
  return integer > MAX_INT64 ? MAX_INT64 : integer
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
