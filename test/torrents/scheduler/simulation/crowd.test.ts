import { describe, expect, test } from 'vitest'
import { seededRandom } from './random.ts'
import type { PeerFacts } from './simulated-peer.ts'
import { MIB, warmSwarm } from './swarms.ts'

const LEECHERS = 7
/** Each of the film, in pieces of their own choice. */
const LEECHERS_SHARE = 0.12
/** Bytes per ms of each leecher, and of the seed. */
const RATE = 90
const RUN_MS = 20_000

/** As libtorrent with an upload limit: one that has all, and others that have begun. */
function crowd(seed: number, seedRate: number): readonly PeerFacts[] {
  const turns = { roundTripMs: 20, turnMs: 500 }
  const leechers = Array.from({ length: LEECHERS }, (_, i): PeerFacts => {
    const random = seededRandom(seed * 101 + i)
    const pieces = Array.from({ length: 512 }, () => random() < LEECHERS_SHARE)
    return { ...turns, bytesPerMs: RATE, pieces: (piece) => pieces[piece] === true }
  })
  return [{ ...turns, bytesPerMs: seedRate }, ...leechers]
}

/** How far a film gets while the seed sends so much of what nobody else has; bytes. */
function limitOf(peers: readonly PeerFacts[], seedBytes: number): number {
  const leechers = peers.filter(({ pieces }) => pieces !== undefined)
  let left = seedBytes
  let piece = 0
  for (; left > 0 && piece < 512; piece++) {
    if (!leechers.some(({ pieces }) => pieces?.(piece))) left -= MIB
  }
  return piece * MIB + Math.min(0, left)
}

/** What a viewer has read after so long, in bytes. */
async function watched(peers: readonly PeerFacts[], seed: number, ms: number): Promise<number> {
  const options = { pieceLength: MIB, verification: 'proven', onDemand: false, seed } as const
  const swarm = await warmSwarm(peers, options)
  const reader = swarm.open({ from: 0, to: 512 * MIB, bytesPerMs: 1_000 })
  await swarm.run(ms)
  return reader.bytesRead
}

describe('a viewer in a crowd of leechers', () => {
  // Some are easy whatever the seed brings first; these are not.
  test.each([2, 6])('gets from the seed what nobody else has: swarm %i', async (seed) => {
    const peers = crowd(seed, RATE)
    const share = (await watched(peers, seed, RUN_MS)) / limitOf(peers, RATE * RUN_MS)
    expect(share).toBeGreaterThan(0.9)
  })

  test('is not made to wait for slow leechers where a seed is fast', async () => {
    expect(await watched(crowd(1, 4_000), 1, 5_000)).toBeGreaterThan(0.6 * 4_000 * 5_000)
  })
})

describe('a download from a crowd that nobody watches', () => {
  const download = { pieceLength: MIB, verification: 'proven', onDemand: false } as const

  test('has begun little that is not whole', async () => {
    const unfinished: number[] = []
    for (const seed of [1, 2, 3, 4]) {
      const swarm = await warmSwarm(crowd(seed, RATE), { ...download, seed })
      for (let ms = 10_000; ms <= 60_000; ms += 5_000) {
        await swarm.run(ms)
        unfinished.push(swarm.scheduler.stats().receivedBytes / MIB - swarm.have.count)
      }
    }
    const mean = unfinished.reduce((sum, pieces) => sum + pieces) / unfinished.length
    // Where each leecher begins the rarest that it has, 3.8; the rarest that another has, too, 3.2.
    expect(mean).toBeLessThan(3)
  })

  test('gets from the seed what no leecher has', async () => {
    const peers = crowd(5, RATE)
    const leechers = peers.filter(({ pieces }) => pieces !== undefined)
    const asked = { alone: 0, others: 0 }
    const swarm = await warmSwarm(peers, { ...download, seed: 5 })
    await swarm.run(10_000)
    swarm.watcher = {
      requested: (wire, { piece }) => {
        if (wire.peer.facts.pieces !== undefined) return
        if (leechers.some(({ pieces }) => pieces?.(piece))) asked.others++
        else asked.alone++
      },
    }
    await swarm.run(40_000)
    expect(asked.alone).toBeGreaterThan(100)
    expect(asked.others).toBe(0)
  })

  test('brings the head that is looked into, although queues are full', async () => {
    const swarm = await warmSwarm(crowd(2, RATE), { ...download, seed: 2 })
    await swarm.run(10_000)
    const head = swarm.layout.pieceCount - 1
    swarm.streams.prefetch([{ start: head * MIB, end: head * MIB + MIB / 4 }])
    swarm.downloader.windowsChanged({ isUrgent: true })
    await swarm.run(60_000, () => swarm.have.has(head))
    expect(swarm.now).toBeLessThan(40_000)
  })
})
