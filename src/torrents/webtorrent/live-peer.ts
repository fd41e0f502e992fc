import type { Wire } from 'webtorrent'
import { RateMeter } from '../rates/rate-meter.ts'
import type { SwarmPeer } from '../swarm/swarm-peer.ts'

/** How fast one connection is. */
export class LinkRates {
  readonly download: RateMeter
  readonly upload: RateMeter

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.download = new RateMeter(now)
    this.upload = new RateMeter(now)
  }
}

export interface LiveLink {
  readonly wire: Pick<
    Wire,
    'amChoking' | 'amInterested' | 'peerChoking' | 'peerInterested' | 'peerPieces'
  >
  readonly transport: 'tcp' | 'utp'
  readonly isIncoming: boolean
  readonly hasEverything: boolean
  readonly client: string | null
  readonly rates: LinkRates
  /** `null` while the metadata is not known. */
  readonly pieceCount: number | null
}

/** A connected peer, for people. */
export function livePeer(link: LiveLink): Omit<SwarmPeer, 'address' | 'counters'> {
  const { transport, client, rates } = link
  return {
    ...{ state: 'live', transport, client },
    flags: flagsOf(link),
    downloadBytesPerSecond: rates.download.bytesPerSecond,
    uploadBytesPerSecond: rates.upload.bytesPerSecond,
    progress: progressOf(link),
  }
}

function flagsOf({ wire, transport, isIncoming }: LiveLink): string {
  const { amChoking, amInterested, peerChoking, peerInterested } = wire
  const flags = [
    amInterested ? (peerChoking ? 'd' : 'D') : peerChoking ? '' : 'K',
    peerInterested ? (amChoking ? 'u' : 'U') : amChoking ? '' : '?',
    isIncoming ? 'I' : '',
    transport === 'utp' ? 'P' : '',
  ]
  return flags.filter((flag) => flag !== '').join(' ')
}

function progressOf({ wire, hasEverything, pieceCount }: LiveLink): number | null {
  if (hasEverything) return 1
  if (pieceCount === null || pieceCount === 0) return null
  let count = 0
  for (const byte of wire.peerPieces.buffer) count += BITS[byte] ?? 0
  return Math.min(1, count / pieceCount)
}

/** How many bits of a byte are set. */
const BITS = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0
  for (let rest = byte; rest > 0; rest >>= 1) count += rest & 1
  return count
})

export const NOT_CONNECTED: Omit<SwarmPeer, 'address' | 'counters'> = {
  ...{ state: 'idle', transport: null, client: null, flags: '', progress: null },
  ...{ downloadBytesPerSecond: 0, uploadBytesPerSecond: 0 },
}
