import { describe, expect, test } from 'vitest'
import type { PeerFacts } from './simulated-peer.ts'
import { SimulatedSwarm } from './simulated-swarm.ts'
import { MIB } from './swarms.ts'

const LENGTH = 64 * MIB
const good: PeerFacts = { bytesPerMs: 1_250, roundTripMs: 60 }
const noise: PeerFacts = { ...good, lies: 1 }
const tenth: PeerFacts = { ...good, lies: 0.1 }
const one: PeerFacts = { ...good, lies: 0.004 }

const MIXES: readonly (readonly [string, number, readonly PeerFacts[]])[] = [
  ['3 good, 3 of noise', 3, [good, good, good, noise, noise, noise]],
  ['1 good, 3 of noise', 1, [good, noise, noise, noise]],
  ['1 good, 2 of noise', 1, [good, noise, noise]],
  ['5 good, 1 of noise', 5, [good, good, good, good, good, noise]],
  ['2 good, 6 of noise', 2, [good, good, noise, noise, noise, noise, noise, noise]],
  ['3 good, 3 wrong in a tenth', 3, [good, good, good, tenth, tenth, tenth]],
  ['1 good, 3 wrong in a tenth', 1, [good, tenth, tenth, tenth]],
  ['4 good, 1 wrong in one of 250 blocks', 4, [good, good, good, good, one]],
]
const CASES = MIXES.flatMap(([name, honest, peers]) =>
  [0.25, 1, 4].flatMap((size) =>
    [true, false].map((onDemand) => ({ name, honest, peers, size, onDemand })),
  ),
)

/** Which peers lie, and who was found out. */
function judged(swarm: SimulatedSwarm): { innocent: string[]; liars: string[] } {
  const isLiar = ({ facts }: { facts: PeerFacts }): boolean => (facts.lies ?? 0) > 0
  const banned = swarm.peers.filter(({ endpoint }) => swarm.banned.has(endpoint))
  const innocent = banned.filter((peer) => !isLiar(peer)).map(({ endpoint }) => endpoint)
  return { innocent, liars: banned.filter(isLiar).map(({ endpoint }) => endpoint) }
}

describe('peers that send wrong blocks', () => {
  test.each(CASES)(
    'do not keep a swarm of $name from finishing; $size MiB, on demand: $onDemand',
    async ({ peers, honest, size, onDemand }) => {
      const swarm = new SimulatedSwarm({
        pieceLength: size * MIB,
        length: LENGTH,
        verification: 'proven',
        seed: 7,
        peers,
        onDemand,
      })
      const { pieceCount } = swarm.layout
      const reader = onDemand ? swarm.open({ from: 0, to: LENGTH, bytesPerMs: 20_000 }) : null
      const isFinished = (): boolean => reader?.isDone ?? swarm.store.verifiedCount === pieceCount
      // What the honest ones need alone, twice, and a few wrong pieces of each liar.
      const fair = LENGTH / (honest * good.bytesPerMs)
      await swarm.run(2 * fair + 15_000, isFinished)
      expect(isFinished()).toBe(true)
      expect(judged(swarm).innocent).toEqual([])
    },
  )

  test.each(MIXES.slice(0, 5))('are all found out: %s', async (_, __, peers) => {
    const swarm = new SimulatedSwarm({
      pieceLength: MIB,
      length: 4 * LENGTH,
      verification: 'proven',
      seed: 3,
      peers,
      onDemand: false,
    })
    await swarm.run(300_000, () => swarm.store.verifiedCount === swarm.layout.pieceCount)
    expect(judged(swarm).liars).toHaveLength(peers.filter(({ lies }) => lies === 1).length)
  })

  test('that share the address of an honest one are found out, and it is not', async () => {
    const peers = [good, good, noise, noise].map((facts) => ({ ...facts, address: '10.0.0.9' }))
    const swarm = new SimulatedSwarm({
      pieceLength: MIB,
      length: LENGTH,
      verification: 'proven',
      seed: 5,
      peers,
      onDemand: false,
    })
    await swarm.run(120_000, () => swarm.store.verifiedCount === swarm.layout.pieceCount)
    expect(swarm.store.verifiedCount).toBe(swarm.layout.pieceCount)
    expect(judged(swarm)).toMatchObject({ innocent: [], liars: { length: 2 } })
  })
})
