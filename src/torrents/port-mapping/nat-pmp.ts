import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { LEASE_SECONDS, type PortToMap } from './port-to-map.ts'

const VERSION = 0
const OPERATIONS = { udp: 1, tcp: 2 } as const
/** An answer has the operation of its question, and this bit. */
const ANSWER = 128
const ANSWER_BYTES = 16
export const NAT_PMP_PORT = 5_351
/** RFC 6886 doubles it nine times; a router that is there answers the first or the second. */
const WAITS_MS = [250, 500, 1_000]

/** A mapping request (RFC 6886, 3.3); a lease of 0 seconds takes it back. */
export function mappingRequest({ protocol, port }: PortToMap, leaseSeconds: number): Buffer {
  const request = Buffer.alloc(12)
  request.writeUInt8(VERSION, 0)
  request.writeUInt8(OPERATIONS[protocol], 1)
  request.writeUInt16BE(port, 4)
  request.writeUInt16BE(leaseSeconds === 0 ? 0 : port, 6)
  request.writeUInt32BE(leaseSeconds, 8)
  return request
}

/** True where the router has done what was asked, false where it refuses, `null` for anything else. */
export function parseMappingAnswer(
  bytes: Uint8Array,
  { protocol, port }: PortToMap,
): boolean | null {
  if (bytes.length < ANSWER_BYTES) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (view.getUint8(0) !== VERSION || view.getUint8(1) !== ANSWER + OPERATIONS[protocol])
    return null
  if (view.getUint16(8) !== port) return null
  return view.getUint16(2) === 0
}

/** A router that may speak NAT-PMP. */
export interface Gateway {
  readonly host: string
  readonly port: number
  /** Our address, to ask from; any when absent. */
  readonly source?: string
}

/** Asks the router at `gateway`; false where it refuses, or does not answer. */
export async function mapByNatPmp(
  gateway: Gateway,
  port: PortToMap,
  leaseSeconds = LEASE_SECONDS,
): Promise<boolean> {
  const socket = createSocket('udp4')
  try {
    let answer: boolean | null = null
    if (gateway.source !== undefined) {
      socket.bind(0, gateway.source)
      await once(socket, 'listening')
    }
    // Of answers, the system lets in those of the router alone.
    socket.connect(gateway.port, gateway.host)
    await once(socket, 'connect')
    socket.on('message', (bytes) => {
      answer ??= parseMappingAnswer(bytes, port)
    })
    // No such port on the router, most of the time.
    socket.on('error', () => {})
    for (const waitMs of WAITS_MS) {
      socket.send(mappingRequest(port, leaseSeconds), () => {})
      const signal = AbortSignal.timeout(waitMs)
      while (answer === null && !signal.aborted) {
        await once(socket, 'message', { signal }).catch(() => {})
      }
      if (answer !== null) return answer
    }
    return false
  } catch {
    return false
  } finally {
    socket.close()
  }
}
