import { describe, expect, test } from 'vitest'
import type { PeerFacts } from './simulated-peer.ts'
import { capacityOf, MIB, warmSwarm } from './swarms.ts'

/** As libtorrent sends to each of those that it uploads to while its upload is limited. */
const LIMITED: PeerFacts = { bytesPerMs: 640, roundTripMs: 20, turnMs: 500 }
const PEERS = Array.from({ length: 8 }, () => LIMITED)
const OPTIONS = { pieceLength: MIB, verification: 'proven', seed: 5 } as const
const RUN_MS = 30_000

describe('peers that send what they may in turns', () => {
  const most = capacityOf(PEERS) * RUN_MS

  test('give all that they may while nobody watches', async () => {
    const swarm = await warmSwarm(PEERS, { ...OPTIONS, onDemand: false })
    await swarm.run(1_000 + RUN_MS)
    expect(swarm.arrivedBytes).toBeGreaterThan(0.9 * most)
  })

  test('give all that they may, too, where turns are two seconds apart', async () => {
    const slow = PEERS.map((facts) => ({ ...facts, bytesPerMs: 80, turnMs: 2_000 }))
    const swarm = await warmSwarm(slow, { ...OPTIONS, onDemand: false })
    await swarm.run(1_000 + RUN_MS)
    expect(swarm.arrivedBytes).toBeGreaterThan(0.9 * capacityOf(slow) * RUN_MS)
  })

  test('give all that they may to a viewer who wants more', async () => {
    const swarm = await warmSwarm(PEERS, OPTIONS)
    const reader = swarm.open({ from: 0, to: 512 * MIB, bytesPerMs: 2 * capacityOf(PEERS) })
    await swarm.run(1_000 + RUN_MS)
    expect(reader.bytesRead).toBeGreaterThan(0.9 * most)
    const { copyBytes, redundantBytes } = swarm.scheduler.stats()
    expect((copyBytes + redundantBytes) / swarm.arrivedBytes).toBeLessThan(0.05)
  })

  test('give a viewer what he needs, once it is known that they do', async () => {
    const swarm = await warmSwarm(PEERS, OPTIONS)
    const reader = swarm.open({ from: 0, to: 512 * MIB, bytesPerMs: 0.8 * capacityOf(PEERS) })
    await swarm.run(1_000 + RUN_MS)
    // One turn, at first.
    expect(reader.stallMs).toBeLessThan(500)
  })

  test('give all that they may while a few bytes are looked at', async () => {
    // One peer alone has what is looked at, and does not send it.
    const owner: PeerFacts = { bytesPerMs: 640, roundTripMs: 20, silentFrom: 0 }
    const others = PEERS.map((facts) => ({ ...facts, pieces: (piece: number) => piece > 0 }))
    const swarm = await warmSwarm([owner, ...others], { ...OPTIONS, onDemand: false })
    swarm.open({ from: 0, to: MIB, bytesPerMs: 1, priority: 'probe', verifiedOnly: true })
    await swarm.run(1_000 + RUN_MS)
    expect(swarm.arrivedBytes).toBeGreaterThan(0.9 * most)
  })

  test('finish pieces together instead of one each', async () => {
    const slow = PEERS.map((facts) => ({ ...facts, bytesPerMs: 80 }))
    const swarm = await warmSwarm(slow, { ...OPTIONS, pieceLength: 4 * MIB, onDemand: false })
    await swarm.run(1_000 + RUN_MS)
    // Each alone would need 52 s for its piece.
    expect(swarm.store.verifiedCount).toBeGreaterThanOrEqual(2)
    expect(swarm.scheduler.stats().redundantBytes).toBe(0)
  })
})
