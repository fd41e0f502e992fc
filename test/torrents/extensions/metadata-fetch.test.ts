import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { MetadataFetch } from '../../../src/torrents/extensions/metadata-fetch.ts'
import { MetadataRoom } from '../../../src/torrents/extensions/metadata-room.ts'
import type { MetadataPeer } from '../../../src/torrents/extensions/metadata-source.ts'
import { metadataData, parseMetadataMessage } from '../../../src/torrents/extensions/ut-metadata.ts'
import { pseudoRandomBytes } from '../../helpers/make-torrent.ts'

const PIECE = 16_384
const MIB = 1024 * 1024
const STEP_MS = 50

type Behaviour = 'honest' | 'silent' | 'rejects' | 'lies' | 'lies about the size' | 'slow'

let nextId = 1

/** A peer in a simulated swarm: what it is asked for, it answers one step later. */
class SimulatedPeer implements MetadataPeer {
  readonly id = nextId++
  readonly port = this.id
  readonly address: string
  readonly behaviour: Behaviour
  readonly infoBytes: Uint8Array
  asked: number[] = []
  askedInAll = 0

  constructor(behaviour: Behaviour, infoBytes: Uint8Array, address = '1.2.3.4') {
    this.behaviour = behaviour
    this.infoBytes = infoBytes
    this.address = address
  }

  requestMetadata(piece: number): void {
    this.asked.push(piece)
    this.askedInAll++
  }

  answer(fetch: MetadataFetch): void {
    const pieces = this.behaviour === 'slow' ? this.asked.splice(0, 1) : this.asked.splice(0)
    for (const piece of pieces) {
      if (this.behaviour === 'silent') continue
      if (this.behaviour === 'rejects') {
        fetch.received(this.id, { kind: 'reject', piece })
        continue
      }
      const bytes =
        this.behaviour === 'lies about the size' ? this.infoBytes.subarray(1) : this.infoBytes
      const message = parseMetadataMessage(metadataData(piece, bytes))
      if (message === null || message.kind === 'request') throw new Error('no data')
      if (this.behaviour === 'lies' && message.kind === 'data') message.data.fill(piece)
      fetch.received(this.id, message)
    }
  }
}

class Simulation {
  readonly fetch: MetadataFetch
  readonly room: MetadataRoom
  readonly peers: SimulatedPeer[] = []
  now = 1_000
  most = 0
  result: Uint8Array | null = null

  constructor(infoBytes: Uint8Array, room = new MetadataRoom()) {
    this.room = room
    this.fetch = new MetadataFetch({
      infoHash: createHash('sha1').update(infoBytes).digest('hex'),
      room,
      now: () => this.now,
      onMetadata: (found) => {
        this.result = found
      },
    })
  }

  join(peer: SimulatedPeer, size: unknown = peer.infoBytes.length): SimulatedPeer {
    this.peers.push(peer)
    this.fetch.offered(peer, size)
    return peer
  }

  /** Returns how many seconds it took; fails after `mostSeconds`. */
  async run(mostSeconds: number): Promise<number> {
    const startedAt = this.now
    while (this.result === null) {
      if (this.now - startedAt > mostSeconds * 1_000) throw new Error('no metadata came')
      this.now += STEP_MS
      for (const peer of this.peers) peer.answer(this.fetch)
      if (this.now % 1_000 === 0) this.fetch.tick()
      this.most = Math.max(this.most, this.fetch.heldBytes)
      // Hashing lets others run.
      await new Promise(setImmediate)
    }
    return (this.now - startedAt) / 1_000
  }
}

function expectFound(simulation: Simulation, infoBytes: Uint8Array): void {
  expect(Buffer.from(simulation.result ?? []).equals(infoBytes)).toBe(true)
}

describe('metadata', () => {
  it.each([1, PIECE - 1, PIECE, PIECE + 1, 5 * MIB + 3])('of %i bytes comes', async (size) => {
    const infoBytes = pseudoRandomBytes(size, 3)
    const simulation = new Simulation(infoBytes)
    simulation.join(new SimulatedPeer('honest', infoBytes))
    await simulation.run(30)
    expectFound(simulation, infoBytes)
    expect(simulation.fetch.heldBytes).toBe(0)
  })

  it('comes from all peers at once, each piece once', async () => {
    const infoBytes = pseudoRandomBytes(100 * PIECE, 3)
    const simulation = new Simulation(infoBytes)
    const peers = [1, 2, 3, 4].map(() => simulation.join(new SimulatedPeer('honest', infoBytes)))
    await simulation.run(5)
    expectFound(simulation, infoBytes)
    expect(peers.reduce((sum, { askedInAll }) => sum + askedInAll, 0)).toBe(100)
    for (const { askedInAll } of peers) expect(askedInAll).toBeGreaterThan(10)
  })

  it.each<Behaviour>(['silent', 'rejects', 'slow', 'lies about the size'])(
    'comes although one peer %s',
    async (behaviour) => {
      const infoBytes = pseudoRandomBytes(40 * PIECE, 3)
      const simulation = new Simulation(infoBytes)
      simulation.join(new SimulatedPeer(behaviour, infoBytes))
      simulation.join(new SimulatedPeer('honest', infoBytes))
      expect(await simulation.run(10)).toBeLessThan(10)
      expectFound(simulation, infoBytes)
    },
  )

  it.each([
    [1, 1],
    [1, 3],
    [3, 1],
    [10, 1],
    [10, 10],
  ])('comes from among %i liars and %i honest peers', async (liars, honest) => {
    const infoBytes = pseudoRandomBytes(20 * PIECE + 7, 3)
    const simulation = new Simulation(infoBytes)
    for (let index = 0; index < liars; index++)
      simulation.join(new SimulatedPeer('lies', infoBytes))
    for (let index = 0; index < honest; index++) {
      simulation.join(new SimulatedPeer('honest', infoBytes))
    }
    await simulation.run(60)
    expectFound(simulation, infoBytes)
  })

  it('that is small is asked of three peers at once', () => {
    const infoBytes = pseudoRandomBytes(2 * PIECE, 1)
    const simulation = new Simulation(infoBytes)
    const peers = Array.from({ length: 5 }, () => new SimulatedPeer('honest', infoBytes))
    for (const peer of peers) simulation.join(peer)
    expect(peers.map(({ asked }) => asked.length)).toEqual([2, 2, 2, 0, 0])
  })

  it('comes although a liar sends drops between silent peers', async () => {
    const infoBytes = pseudoRandomBytes(20 * PIECE, 3)
    const simulation = new Simulation(infoBytes)
    for (const behaviour of ['lies', 'silent', 'silent', 'rejects', 'slow', 'honest'] as const) {
      simulation.join(new SimulatedPeer(behaviour, infoBytes))
    }
    await simulation.run(60)
    expectFound(simulation, infoBytes)
  })

  it('comes although others claim other sizes', async () => {
    const infoBytes = pseudoRandomBytes(3 * MIB, 3)
    const simulation = new Simulation(infoBytes)
    const claims = [64 * MIB, 64 * MIB - 1, 50 * MIB, 2, 3 * MIB - 1, 40 * MIB]
    const junk = Buffer.alloc(64 * MIB)
    for (const [index, size] of claims.entries()) {
      const behaviour = index % 2 === 0 ? 'silent' : 'lies'
      simulation.join(new SimulatedPeer(behaviour, junk.subarray(0, size)))
    }
    simulation.join(new SimulatedPeer('honest', infoBytes))
    await simulation.run(240)
    expectFound(simulation, infoBytes)
  })

  it.each([0, -1, 64 * MIB + 1, 2 ** 40, 1.5, Number.NaN, '5', null, undefined, {}])(
    'is not fetched where its size is %j',
    (size) => {
      const simulation = new Simulation(Buffer.alloc(1))
      const peer = new SimulatedPeer('honest', Buffer.alloc(1))
      simulation.fetch.offered(peer, size)
      expect(peer.askedInAll).toBe(0)
    },
  )

  it('takes no memory for what is only claimed', () => {
    const simulation = new Simulation(Buffer.alloc(1))
    const junk = Buffer.alloc(1)
    for (let size = 1; size <= 200; size++) {
      simulation.join(new SimulatedPeer('silent', junk), 64 * MIB - size)
    }
    expect(simulation.fetch.heldBytes).toBe(0)
    for (const { askedInAll } of simulation.peers) expect(askedInAll).toBeLessThanOrEqual(4)
  })

  it('is bounded for all torrents together', async () => {
    const infoBytes = pseudoRandomBytes(4 * MIB, 3)
    const room = new MetadataRoom(5 * MIB)
    const junk = Buffer.alloc(64 * MIB)
    const other = new Simulation(infoBytes, room)
    for (let size = 1; size <= 10; size++) {
      other.join(new SimulatedPeer('lies', junk.subarray(0, 40 * MIB + size)))
    }
    await expect(other.run(20)).rejects.toThrow('no metadata came')
    expect(other.most).toBeLessThanOrEqual(5 * MIB)
    other.fetch.close()
    const simulation = new Simulation(infoBytes, room)
    simulation.join(new SimulatedPeer('honest', infoBytes))
    await simulation.run(20)
    expectFound(simulation, infoBytes)
  })

  it('is not taken from a peer that was not asked for it', () => {
    const simulation = new Simulation(pseudoRandomBytes(PIECE * 2, 3))
    const peer = simulation.join(new SimulatedPeer('silent', Buffer.alloc(PIECE * 2)))
    const data = Buffer.alloc(PIECE)
    simulation.fetch.received(peer.id + 1, { kind: 'data', piece: 0, totalSize: 2 * PIECE, data })
    expect(simulation.fetch.heldBytes).toBe(0)
  })

  it('is asked of others when a peer leaves', async () => {
    const infoBytes = pseudoRandomBytes(10 * PIECE, 3)
    const simulation = new Simulation(infoBytes)
    const leaver = simulation.join(new SimulatedPeer('silent', infoBytes))
    simulation.join(new SimulatedPeer('honest', infoBytes))
    simulation.fetch.closed(leaver.id)
    expect(await simulation.run(2)).toBeLessThan(2)
    expectFound(simulation, infoBytes)
  })
})
