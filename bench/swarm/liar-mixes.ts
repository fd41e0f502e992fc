import type { PeerPlan, SwarmPlan } from './peer-plan.ts'

/** What each peer sends, honest or not. */
const EVEN = { bytesPerSecond: 8_000_000, rttMs: 20 }

const NOISE = { share: 1, isColluding: false }
const COLLUDING = { share: 1, isColluding: true }
const TENTH = { share: 0.1, isColluding: false }

function mix(honest: number, liars: number, kind: string, lies: PeerPlan['lies']): SwarmPlan {
  const liar = lies === undefined ? EVEN : { ...EVEN, lies }
  return {
    name: `${honest} + ${liars} ${kind}`,
    // Those that are dialled first lie.
    peers: [
      ...Array.from({ length: liars }, () => liar),
      ...Array.from({ length: honest }, () => EVEN),
    ],
    usefulBytesPerSecond: honest * EVEN.bytesPerSecond,
    freezing: 0,
  }
}

/** Honest peers and liars: of noise, with one story, or wrong in one block of ten. */
export const LIAR_MIXES: readonly SwarmPlan[] = [
  mix(3, 3, 'noise', NOISE),
  mix(1, 3, 'noise', NOISE),
  mix(1, 2, 'colluding', COLLUDING),
  mix(1, 3, 'colluding', COLLUDING),
  mix(5, 1, 'noise', NOISE),
  mix(2, 6, 'noise', NOISE),
  mix(3, 3, 'wrong in a tenth', TENTH),
  mix(1, 2, 'wrong in a tenth', TENTH),
]
