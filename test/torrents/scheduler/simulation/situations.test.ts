import { describe, expect, test } from 'vitest'
import type { PeerFacts } from './simulated-peer.ts'
import type { SimulatedReader } from './simulated-reader.ts'
import { SimulatedSwarm } from './simulated-swarm.ts'
import { capacityOf, FILM_BYTES_PER_MS, MIB, swarms, warmSwarm } from './swarms.ts'

const HOUR_MS = 3_600_000
/** A stream that nobody has read from for so long counts as paused. */
const NOTICED_MS = 2_000
const FILE = { from: 0, to: 512 * MIB, bytesPerMs: FILM_BYTES_PER_MS }
const COPY = { ...FILE, bytesPerMs: Number.POSITIVE_INFINITY }
const OPTIONS = { pieceLength: MIB, verification: 'proven', seed: 4 } as const

describe('several readers', () => {
  test('two at one torrent get the same', async () => {
    const swarm = await warmSwarm(swarms.homogeneous, OPTIONS)
    const [first, second] = [swarm.open(COPY), swarm.open(COPY, 256 * MIB)]
    await swarm.run(16_000)
    expect(first.bytesRead / second.bytesRead).toBeGreaterThan(0.8)
    expect(first.bytesRead / second.bytesRead).toBeLessThan(1.25)
    expect(first.bytesRead + second.bytesRead).toBeGreaterThan(0.9 * 15_000 * 10_000)
  })

  test('none of four starves, whenever it came', async () => {
    const swarm = await warmSwarm(swarms.mixed, OPTIONS)
    const readers: SimulatedReader[] = []
    for (const start of [0, 128, 256, 384]) {
      readers.push(swarm.open(COPY, start * MIB))
      await swarm.run(swarm.now + 1_000)
    }
    const before = readers.map(({ bytesRead }) => bytesRead)
    await swarm.run(swarm.now + 10_000)
    const share = (capacityOf(swarms.mixed) * 10_000) / 4
    for (const [index, { bytesRead }] of readers.entries()) {
      expect(bytesRead - (before[index] ?? 0)).toBeGreaterThan(0.6 * share)
    }
  })

  test('a film does not stall while somebody copies another file as fast as it goes', async () => {
    const swarm = await warmSwarm(swarms.homogeneous, OPTIONS)
    const copy = swarm.open({ ...COPY, from: 256 * MIB }, 256 * MIB)
    await swarm.run(5_000)
    const film = swarm.open({ ...FILE, to: 256 * MIB })
    await swarm.run(35_000)
    expect(film.readyMs).toBeLessThan(600)
    expect(film.stallMs).toBe(0)
    expect(copy.bytesRead).toBeGreaterThan(64 * MIB)
  })
})

describe('a paused reader', () => {
  test('fetches no more than it had asked for, and goes on at once after an hour', async () => {
    const swarm = await warmSwarm(swarms.homogeneous, OPTIONS)
    const reader = swarm.open(FILE)
    await swarm.run(3_000)
    swarm.pause(reader, true)
    await swarm.run(3_000 + NOTICED_MS)
    const before = swarm.arrivedBytes
    await swarm.run(3_000 + HOUR_MS)
    expect(swarm.arrivedBytes - before).toBeLessThan(6 * MIB)
    expect(swarm.plans).toBeLessThan(5_000)
    swarm.pause(reader, false)
    await swarm.run(swarm.now + 30_000)
    expect(reader.stallMs).toBe(0)
  })

  test('has what a player starts with even if it was paused at once', async () => {
    const swarm = await warmSwarm(swarms.homogeneous, OPTIONS)
    const reader = swarm.open(FILE)
    swarm.pause(reader, true)
    await swarm.run(60_000)
    expect(swarm.arrivedBytes).toBeGreaterThanOrEqual(2 * MIB)
    expect(swarm.arrivedBytes).toBeLessThan(NOTICED_MS * capacityOf(swarms.homogeneous) + 6 * MIB)
    swarm.pause(reader, false)
    await swarm.run(61_000)
    expect(reader.bytesRead).toBeGreaterThan(2 * MIB)
  })
})

describe('a full line', () => {
  const peers: PeerFacts[] = Array.from({ length: 20 }, (_, index) => ({
    bytesPerMs: 250 + 125 * (index % 5),
    roundTripMs: 20 + 13 * (index % 9),
    jitterMs: 15,
  }))

  test('carries a film of 80 % of it without a stall, and little comes twice', async () => {
    const swarm = await warmSwarm(peers, { ...OPTIONS, downlinkBytesPerMs: 3_750 })
    const reader = swarm.open({ ...FILE, bytesPerMs: 3_000 })
    await swarm.run(61_000)
    expect(reader.stallMs).toBe(0)
    const { redundantBytes, receivedBytes } = swarm.scheduler.stats()
    expect(redundantBytes / receivedBytes).toBeLessThan(0.03)
    expect(receivedBytes).toBeGreaterThan(0.9 * 60_000 * 3_750)
  })
})

describe('peers that answer now sooner, now later', () => {
  test('are kept busy while a reader waits', async () => {
    const peers = swarms.homogeneous.map((facts) => ({ ...facts, jitterMs: 100 }))
    const swarm = await warmSwarm(peers, { ...OPTIONS, verification: 'always' })
    swarm.open(COPY)
    await swarm.run(6_000)
    const before = swarm.store.takenBytes
    await swarm.run(16_000)
    expect(swarm.store.takenBytes - before).toBeGreaterThan(0.95 * 10_000 * 10_000)
  })
})

describe('peers that come late', () => {
  test('help at once with what is left of a file, where those that were there are slow', async () => {
    const slow: PeerFacts[] = [1, 2, 3].map(() => ({ bytesPerMs: 20, roundTripMs: 60 }))
    const fast: PeerFacts[] = [1, 2, 3].map(() => ({
      bytesPerMs: 1_250,
      roundTripMs: 60,
      joinsAt: 20_000,
    }))
    const options = { ...OPTIONS, length: 8 * MIB, pieceLength: 4 * MIB }
    const swarm = new SimulatedSwarm({ ...options, peers: [...slow, ...fast] })
    const reader = swarm.open({ ...COPY, from: 4 * MIB, to: 8 * MIB }, 4 * MIB)
    await swarm.run(25_000, () => reader.isDone)
    expect(reader.isDone).toBe(true)
  })
})

describe('whom a viewer can believe', () => {
  test('a single address is never asked for second copies: pieces come whole', async () => {
    const peers = swarms.homogeneous.map((facts) => ({ ...facts, address: '10.1.1.1' }))
    const swarm = await warmSwarm(peers, { ...OPTIONS, pieceLength: 16 * MIB })
    const reader = swarm.open(FILE)
    await swarm.run(6_000)
    expect(reader.readyMs).toBeLessThan(2_500)
    expect(swarm.scheduler.stats().copyBytes).toBe(0)
  })

  test('peers that lie about everything are banned, and the film goes on', async () => {
    const liars: PeerFacts[] = [1, 2].map(() => ({ bytesPerMs: 1_250, roundTripMs: 20, lies: 1 }))
    const swarm = await warmSwarm([...liars, ...swarms.homogeneous], OPTIONS)
    const reader = swarm.open(FILE)
    await swarm.run(31_000)
    expect(swarm.peers.filter(({ isConnected }) => !isConnected)).toHaveLength(2)
    // Others contradict them before anything wrong is shown. A wrong piece is fetched once more, from one
    // peer alone; that may be the other liar.
    expect(reader.corruptions).toBe(0)
    expect(reader.readyMs).toBeLessThan(3_500)
    expect(reader.stallMs).toBeLessThan(1_000)
  })
})

describe('a background download', () => {
  function download(peers: readonly PeerFacts[], pieceLength = MIB): Promise<SimulatedSwarm> {
    return warmSwarm(peers, { ...OPTIONS, pieceLength, length: 64 * MIB, onDemand: false })
  }

  async function finishedAt(swarm: SimulatedSwarm): Promise<number> {
    const { pieceCount } = swarm.layout
    await swarm.run(300_000, () => swarm.store.verifiedCount === pieceCount)
    expect(swarm.store.verifiedCount).toBe(pieceCount)
    return swarm.now
  }

  test.each([
    { name: 'even peers', peers: swarms.homogeneous },
    { name: 'mixed peers', peers: swarms.mixed },
    { name: 'peers that never answer', peers: swarms.tarpit },
    { name: 'crawling peers', peers: swarms.crawl },
  ])('uses the whole swarm up to the last block: $name', async ({ peers }) => {
    const ideal = (64 * MIB) / capacityOf(peers)
    expect(await finishedAt(await download(peers))).toBeLessThan(1.1 * ideal + 1_000)
  })

  test('keeps a seeder on loopback busy, as far as it lets requests stand open', async () => {
    const seeder = { bytesPerMs: 500_000, roundTripMs: 0.2, requestLimit: 250 }
    const swarm = new SimulatedSwarm({
      ...OPTIONS,
      length: 512 * MIB,
      peers: [seeder],
      onDemand: false,
    })
    expect(await finishedAt(swarm)).toBeLessThan(1.05 * ((512 * MIB) / 500_000))
  })

  test('asks for nothing twice and opens no more pieces than it may', async () => {
    const swarm = await download(swarms.mixed, 16 * MIB)
    let most = 0
    swarm.watcher = {
      requested: () => {
        most = Math.max(most, swarm.scheduler.stats().downloadingPieces)
      },
    }
    await finishedAt(swarm)
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(3)
    expect(swarm.scheduler.stats().redundantBytes).toBe(0)
  })

  test('ends although the peer with the last block has gone silent', async () => {
    const peers: PeerFacts[] = [
      { bytesPerMs: 2_000, roundTripMs: 30, silentFrom: 5_000 },
      { bytesPerMs: 2_000, roundTripMs: 30 },
    ]
    expect(await finishedAt(await download(peers))).toBeLessThan(60_000)
  })

  test('is held to its rate, or stopped', async () => {
    const swarm = await download(swarms.homogeneous)
    const before = swarm.arrivedBytes
    swarm.limitBackground(MIB)
    // What is on its way still comes.
    await swarm.run(2_000)
    const start = swarm.arrivedBytes
    expect(start - before).toBeLessThan(2.5 * MIB)
    await swarm.run(12_000)
    expect(swarm.arrivedBytes - start).toBeGreaterThan(9.5 * MIB)
    expect(swarm.arrivedBytes - start).toBeLessThan(10.5 * MIB)
    swarm.limitBackground(0)
    await swarm.run(13_000)
    const stopped = swarm.arrivedBytes
    await swarm.run(23_000)
    expect(swarm.arrivedBytes).toBe(stopped)
  })

  test('takes what a viewer leaves over', async () => {
    const swarm = await warmSwarm(swarms.homogeneous, { ...OPTIONS, onDemand: false })
    const reader = swarm.open(FILE)
    await swarm.run(41_000)
    expect(reader.stallMs).toBe(0)
    expect(swarm.arrivedBytes).toBeGreaterThan(0.9 * 40_000 * 10_000)
  })
})
