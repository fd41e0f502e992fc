import type { PeerPlan, SwarmPlan } from './peer-plan.ts'

const MBIT = 1_000_000 / 8
const GOOD: PeerPlan = { bytesPerSecond: 10 * MBIT, rttMs: 60 }

function peers(count: number, plan: PeerPlan): PeerPlan[] {
  return Array.from({ length: count }, () => plan)
}

/** Good and bad peers one after the other, so that the order of dialling favours neither. */
function interleave(good: readonly PeerPlan[], bad: readonly PeerPlan[]): PeerPlan[] {
  const every = Math.max(1, Math.floor(good.length / Math.max(1, bad.length)))
  const rest = [...bad]
  const mixed = good.flatMap((peer, i) => {
    const next = i % every === 0 ? rest.shift() : undefined
    return next ? [next, peer] : [peer]
  })
  return [...mixed, ...rest]
}

function swarm(name: string, good: PeerPlan[], bad: PeerPlan[] = [], freezing = 0): SwarmPlan {
  const usefulBytesPerSecond = good.reduce((sum, peer) => sum + peer.bytesPerSecond, 0)
  return { name, peers: interleave(good, bad), usefulBytesPerSecond, freezing }
}

/** 8 peers that choke us 2 s out of 8, one after the other. */
function choking(): PeerPlan[] {
  return peers(8, GOOD).map((peer, i) => ({
    ...peer,
    choking: { unchokedMs: 6_000, chokedMs: 2_000, firstAfterMs: (i + 1) * 1_000 },
  }))
}

/** The swarms, by name. Rates and round trip times are those of the published comparison. */
export const SWARMS: readonly SwarmPlan[] = [
  swarm('homogeneous', peers(8, GOOD)),
  swarm(
    'mixed',
    peers(6, { bytesPerSecond: 12 * MBIT, rttMs: 60 }),
    peers(6, { bytesPerSecond: 60_000, rttMs: 150 }),
  ),
  swarm('tarpit', peers(8, GOOD), peers(2, { ...GOOD, tarpit: true })),
  swarm('crawl', peers(8, GOOD), peers(2, { bytesPerSecond: 4_000, rttMs: 60 })),
  swarm('freeze', peers(8, GOOD), [], 2),
  swarm(
    'thin',
    peers(4, { bytesPerSecond: 8 * MBIT, rttMs: 120 }),
    peers(8, { bytesPerSecond: 0.16 * MBIT, rttMs: 120 }),
  ),
  swarm('choking', choking()),
]

/** One seeder without a limit. */
export const FAST_SEEDER: SwarmPlan = swarm('one fast seeder', [
  { bytesPerSecond: Number.POSITIVE_INFINITY, rttMs: 0 },
])
