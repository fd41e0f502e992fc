import { describe, expect, test } from 'vitest'
import { capacityOf, FILM_BYTES_PER_MS, MIB, type SwarmName, swarms, warmSwarm } from './swarms.ts'

const PLAY_MS = 60_000
/** Where all peers are alike, less is as good. */
const EVEN_PLAY_MS = 15_000
const NAMES = Object.keys(swarms) as SwarmName[]
const CASES = [
  { size: 1, verification: 'always' },
  { size: 4, verification: 'proven' },
  { size: 16, verification: 'off' },
] as const

describe.each(NAMES)('%s', (name) => {
  test.each(CASES)('plays at 80 % of the swarm, $verification, $size MiB', async (row) => {
    const peers = swarms[name].map((facts) => ({ ...facts, jitterMs: 20 }))
    const swarm = await warmSwarm(peers, {
      pieceLength: row.size * MIB,
      verification: row.verification,
      seed: 3,
      length: 640 * MIB,
    })
    const bytesPerMs = 0.8 * capacityOf(peers)
    const reader = swarm.open({ from: 0, to: 640 * MIB, bytesPerMs })
    await swarm.run(1_000 + (name === 'mixed' || name === 'thin' ? PLAY_MS : EVEN_PLAY_MS))
    expect(reader.stallMs).toBe(0)
    const { copyBytes, redundantBytes, receivedBytes } = swarm.scheduler.stats()
    expect((redundantBytes + copyBytes) / receivedBytes).toBeLessThan(0.03)
  })

  test('costs next to nothing once the viewer has left', async () => {
    const swarm = await warmSwarm(swarms[name], {
      pieceLength: MIB,
      verification: 'proven',
      seed: 2,
    })
    // What a slow swarm can fill a window beside.
    const bytesPerMs = Math.min(FILM_BYTES_PER_MS, capacityOf(swarms[name]) / 4)
    const reader = swarm.open({ from: 0, to: 512 * MIB, bytesPerMs })
    await swarm.run(30_000)
    const before = swarm.arrivedBytes
    swarm.close(reader)
    await swarm.run(40_000)
    expect(swarm.arrivedBytes - before).toBeLessThanOrEqual(500_000)
    expect(swarm.scheduler.stats().outstandingBlocks).toBe(0)
  })
})
