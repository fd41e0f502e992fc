import { describe, expect, test } from 'vitest'
import type { PeerFacts } from './simulated-peer.ts'
import { SimulatedSwarm } from './simulated-swarm.ts'
import { MIB } from './swarms.ts'

const BYTES_PER_MS = 20_000
const peer: PeerFacts = { bytesPerMs: BYTES_PER_MS, roundTripMs: 30 }
const SIZES = [32, 64, 128, 256]
const MODES = ['proven', 'off'] as const
const CASES = SIZES.flatMap((size) =>
  MODES.flatMap((verification) => [1, 2].map((peers) => ({ size, verification, peers }))),
)
const SOME_CASES = CASES.filter(({ size }) => size === 32 || size === 128)

function swarmOf(
  { size, verification, peers }: (typeof CASES)[number],
  onDemand: boolean,
): SimulatedSwarm {
  return new SimulatedSwarm({
    pieceLength: size * MIB,
    length: 2.25 * size * MIB,
    verification,
    seed: 3,
    peers: Array.from({ length: peers }, () => peer),
    onDemand,
  })
}

describe('pieces larger than what is fetched ahead of a viewer', () => {
  test.each(CASES)('play to the end: $size MiB, $verification, peers: $peers', async (facts) => {
    const swarm = swarmOf(facts, true)
    const { length, pieceLength } = swarm.layout
    const reader = swarm.open({ from: 0, to: length, bytesPerMs: Number.POSITIVE_INFINITY })
    const rate = facts.peers * BYTES_PER_MS
    // At the worst, nothing can be seen before the first piece is whole.
    await swarm.run((1.2 * pieceLength) / rate + 1_000)
    expect(reader.bytesRead).toBeGreaterThan(0)
    await swarm.run((1.5 * length) / rate + 2_000, () => reader.isDone)
    expect(reader.isDone).toBe(true)
  })

  test.each(SOME_CASES)(
    'have room for two viewers: $size MiB, $verification, peers: $peers',
    async (facts) => {
      const swarm = swarmOf(facts, true)
      const { length, pieceLength } = swarm.layout
      const whole = { from: 0, to: length, bytesPerMs: Number.POSITIVE_INFINITY }
      const readers = [swarm.open(whole), swarm.open(whole, Math.floor(1.6 * pieceLength))]
      await swarm.run(60_000 + (4 * length) / (facts.peers * BYTES_PER_MS), () =>
        readers.every(({ isDone }) => isDone),
      )
      expect(readers.map(({ isDone }) => isDone)).toEqual([true, true])
    },
  )

  test.each(SOME_CASES)(
    'come in the background: $size MiB, $verification, peers: $peers',
    async (facts) => {
      const swarm = swarmOf(facts, false)
      const { length, pieceCount } = swarm.layout
      const isFinished = (): boolean => swarm.store.verifiedCount === pieceCount
      await swarm.run((1.2 * length) / (facts.peers * BYTES_PER_MS) + 2_000, isFinished)
      expect(isFinished()).toBe(true)
    },
  )
})
