import { describe, expect, test } from 'vitest'
import type { PeerFacts } from './simulated-peer.ts'
import { SimulatedSwarm } from './simulated-swarm.ts'
import { MIB } from './swarms.ts'

const honest: PeerFacts = { bytesPerMs: 625, roundTripMs: 60 }

/** It sends for a while, and then only lets itself be asked and chokes, both in one message. */
function teasing(everyMs: number, isFast: boolean): PeerFacts {
  const times = Array.from({ length: 60_000 / everyMs }, (_, n) => 1_500 + n * everyMs)
  const chokesAt = times.flatMap((at) => [at, at])
  return { bytesPerMs: 5_000, roundTripMs: 20, silentFrom: 1_400, chokesAt, isFast }
}

const CASES = [100, 400, 1_000].flatMap((everyMs) =>
  [false, true].map((isFast) => ({ everyMs, isFast })),
)

describe.each(CASES)(
  'a peer that chokes and unchokes every $everyMs ms and sends nothing, fast: $isFast',
  (loop) => {
    const peers = [teasing(loop.everyMs, loop.isFast), honest, honest]

    test('does not hold a download up', async () => {
      const swarm = new SimulatedSwarm({
        ...{ pieceLength: MIB, length: 16 * MIB, verification: 'proven', seed: 1 },
        ...{ peers, onDemand: false },
      })
      await swarm.run(60_000, () => swarm.store.verifiedCount === swarm.layout.pieceCount)
      expect(swarm.store.verifiedCount).toBe(swarm.layout.pieceCount)
      // The two others alone: 13.4 s.
      expect(swarm.now).toBeLessThanOrEqual(16_000)
    })

    test('does not hold a viewer up', async () => {
      const swarm = new SimulatedSwarm({
        ...{ pieceLength: MIB, length: 64 * MIB, verification: 'proven', seed: 1, peers },
      })
      await swarm.run(1_000)
      const reader = swarm.open({ from: 0, to: 64 * MIB, bytesPerMs: 600 })
      await swarm.run(5_000)
      swarm.seek(reader, 30 * MIB)
      await swarm.run(30_000, () => Number.isFinite(reader.readyMs))
      // The two others alone: 1.8 s.
      expect(reader.readyMs).toBeLessThanOrEqual(2_600)
    })
  },
)
