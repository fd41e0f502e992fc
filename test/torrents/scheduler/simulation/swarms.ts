import type { PeerFacts } from './simulated-peer.ts'

const MBIT = 125 // bytes per ms

function repeat(count: number, facts: PeerFacts): PeerFacts[] {
  return Array.from({ length: count }, () => facts)
}

const even = { bytesPerMs: 10 * MBIT, roundTripMs: 60 }

/** The swarms on which other streamers have been measured. */
export const swarms = {
  homogeneous: repeat(8, even),
  mixed: [
    ...repeat(6, { bytesPerMs: 12 * MBIT, roundTripMs: 60 }),
    ...repeat(6, { bytesPerMs: 60, roundTripMs: 150 }),
  ],
  /** Two peers never answer. */
  tarpit: [...repeat(8, even), ...repeat(2, { ...even, silentFrom: 0 })],
  crawl: [...repeat(8, even), ...repeat(2, { bytesPerMs: 4, roundTripMs: 60 })],
  thin: [
    ...repeat(4, { bytesPerMs: 8 * MBIT, roundTripMs: 120 }),
    ...repeat(8, { bytesPerMs: 20, roundTripMs: 120 }),
  ],
} satisfies Record<string, PeerFacts[]>

/** Two of eight go silent at `at` ms. */
export function freezing(at: number): PeerFacts[] {
  return [...repeat(6, even), ...repeat(2, { ...even, silentFrom: at })]
}

export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const result = [...items]
  for (let index = result.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1))
    const item = result[index] as Item
    result[index] = result[other] as Item
    result[other] = item
  }
  return result
}
