import { seededRandom } from './random.ts'
import type { PeerFacts } from './simulated-peer.ts'
import { SimulatedSwarm, type SwarmOptions } from './simulated-swarm.ts'

export const MIB = 1_048_576
/** Of a film of 25 Mbit/s; bytes per ms. */
export const FILM_BYTES_PER_MS = 3_125
const MBIT_PER_S = 125

function repeat(count: number, facts: PeerFacts): PeerFacts[] {
  return Array.from({ length: count }, () => facts)
}

const even = { bytesPerMs: 10 * MBIT_PER_S, roundTripMs: 60 }

/** The swarms on which other streamers have been measured. */
export const swarms = {
  homogeneous: repeat(8, even),
  mixed: [
    ...repeat(6, { bytesPerMs: 12 * MBIT_PER_S, roundTripMs: 60 }),
    ...repeat(6, { bytesPerMs: 60, roundTripMs: 150 }),
  ],
  /** Two peers never answer. */
  tarpit: [...repeat(8, even), ...repeat(2, { ...even, silentFrom: 0 })],
  crawl: [...repeat(8, even), ...repeat(2, { bytesPerMs: 4, roundTripMs: 60 })],
  thin: [
    ...repeat(4, { bytesPerMs: 8 * MBIT_PER_S, roundTripMs: 120 }),
    ...repeat(8, { bytesPerMs: 20, roundTripMs: 120 }),
  ],
} satisfies Record<string, readonly PeerFacts[]>

export type SwarmName = keyof typeof swarms

/** Two of eight go silent at `at` ms. */
export function freezing(at: number): readonly PeerFacts[] {
  return [...repeat(6, even), ...repeat(2, { ...even, silentFrom: at })]
}

/** What the peers that answer send together; bytes per ms. */
export function capacityOf(peers: readonly PeerFacts[]): number {
  const sending = peers.filter(({ silentFrom }) => silentFrom === undefined)
  return sending.reduce((sum, { bytesPerMs }) => sum + bytesPerMs, 0)
}

/** A file of 512 MiB and peers that have been connected for a second, in an order of their own. */
export async function warmSwarm(
  peers: readonly PeerFacts[],
  options: Pick<SwarmOptions, 'pieceLength' | 'verification' | 'seed'> & Partial<SwarmOptions>,
): Promise<SimulatedSwarm> {
  const random = seededRandom(options.seed * 7_919 + 13)
  const shuffled = peers
    .map((facts) => ({ order: random(), facts }))
    .sort((one, other) => one.order - other.order)
    .map(({ facts }) => facts)
  const swarm = new SimulatedSwarm({ length: 512 * MIB, ...options, peers: shuffled })
  await swarm.run(1_000)
  return swarm
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[sorted.length >> 1] ?? Number.NaN
}
