import { describe, expect, test } from 'vitest'
import type { PeerFacts } from './simulated-peer.ts'
import { SimulatedSwarm, type SwarmOptions } from './simulated-swarm.ts'
import { MIB } from './swarms.ts'

const peer: PeerFacts = { bytesPerMs: 2_000, roundTripMs: 30 }
const OPTIONS = { pieceLength: MIB, length: 32 * MIB, verification: 'proven', seed: 9 } as const

function download(peers: readonly PeerFacts[], more: Partial<SwarmOptions> = {}): SimulatedSwarm {
  return new SimulatedSwarm({ ...OPTIONS, peers, onDemand: false, ...more })
}

async function runUntilComplete(swarm: SimulatedSwarm, time: number): Promise<void> {
  const isComplete = (): boolean => swarm.store.verifiedCount === swarm.layout.pieceCount
  await swarm.run(time, isComplete)
  expect(swarm.store.verifiedCount).toBe(swarm.layout.pieceCount)
}

describe('a background download goes on', () => {
  test('although those who had the pieces that were begun have left', async () => {
    const half = Math.floor(5 / 2)
    const leaving = { ...peer, pieces: (piece: number): boolean => piece < half, leavesAt: 3_000 }
    const staying = { ...peer, pieces: (piece: number): boolean => piece >= half, joinsAt: 4_000 }
    const size = { pieceLength: 24 * MIB, length: 5 * 24 * MIB, backgroundBytesLimit: 48 * MIB }
    const swarm = download([leaving, leaving, staying], size)
    await swarm.run(200_000, () => swarm.store.verifiedCount === 3)
    expect(swarm.store.verifiedCount).toBe(3)
  })

  test('where a player is paused', async () => {
    const swarm = download([peer])
    const reader = swarm.open({ from: 0, to: 32 * MIB, bytesPerMs: 3_000 })
    await swarm.run(500)
    swarm.pause(reader, true)
    await runUntilComplete(swarm, 60_000)
  })

  test('where a reader stays at its end', async () => {
    const swarm = download([{ ...peer, lies: 0.02 }, peer], { verification: 'always' })
    swarm.open({ from: 0, to: 32 * MIB - 5, bytesPerMs: Number.POSITIVE_INFINITY })
    await runUntilComplete(swarm, 120_000)
  })

  test('although the dead are many and the last block was lost by the only one alive', async () => {
    const dead = Array.from({ length: 5 }, () => ({ ...peer, silentFrom: 0 }))
    await runUntilComplete(download([...dead, { ...peer, forgets: 0.02 }]), 300_000)
  })
})

describe('a viewer goes on', () => {
  const whole = { from: 0, to: 32 * MIB, bytesPerMs: Number.POSITIVE_INFINITY }

  test.each<[string, PeerFacts]>([
    ['forgets a request now and then', { ...peer, forgets: 0.01 }],
    ['answers the last request first', { ...peer, isLastInFirstOut: true }],
    ['rejects one request of three', { ...peer, isFast: true, refuses: 1 / 3 }],
    ['takes one request at a time', { ...peer, requestLimit: 1 }],
    ['takes none', { ...peer, requestLimit: 0 }],
    [
      'chokes without a word',
      { ...peer, isFast: true, chokesSilently: true, chokesAt: [200, 900] },
    ],
    ['chokes and drops', { ...peer, chokesAt: [200, 900, 1_500, 4_000] }],
    ['was silent for a minute', { ...peer, silentFrom: 500, silentUntil: 60_000 }],
  ])('where the only peer %s', async (_, facts) => {
    const swarm = new SimulatedSwarm({ ...OPTIONS, peers: [facts] })
    const reader = swarm.open(whole)
    await swarm.run(240_000, () => reader.isDone)
    expect(reader.isDone).toBe(true)
  })

  test('where liars agree with nobody, and the first piece is asked for twice', async () => {
    const noise = { ...peer, lies: 1 }
    const swarm = new SimulatedSwarm({ ...OPTIONS, peers: [noise, noise, noise, peer] })
    const reader = swarm.open(whole)
    await swarm.run(60_000, () => reader.isDone)
    expect(reader.isDone).toBe(true)
  })
})

describe('a wrong piece that is fetched from one peer alone', () => {
  const noise = { ...peer, lies: 1 }
  const restless = { ...peer, chokesAt: Array.from({ length: 60 }, (_, i) => 300 + 400 * i) }

  test.each<[string, readonly PeerFacts[]]>([
    ['the honest one chokes us again and again', [noise, noise, restless]],
    ['all honest ones do', [noise, restless, restless]],
    ['the liar trickles', [{ ...noise, bytesPerMs: 4 }, noise, peer]],
    ['the liar stops half-way', [{ ...noise, silentFrom: 700 }, noise, peer]],
  ])('is right in the end where %s', async (_, peers) => {
    const swarm = download(peers, { pieceLength: 4 * MIB })
    await runUntilComplete(swarm, 300_000)
    const innocent = swarm.peers.filter((one) => one.facts.lies === undefined)
    expect(innocent.filter(({ endpoint }) => swarm.banned.has(endpoint))).toEqual([])
  })
})
