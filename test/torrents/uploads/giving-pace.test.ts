import { describe, expect, it } from 'vitest'
import {
  GivingPace,
  type GivingPeer,
  LEAST_GIVEN,
} from '../../../src/torrents/uploads/giving-pace.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

const MIB = 1_048_576
const LEECHER: GivingPeer = { hasEverything: false, isChokingUs: false }
const SEED: GivingPeer = { hasEverything: true, isChokingUs: false }

class Stage {
  readonly clock = new FakeClock()
  readonly uploads = { paceBytesPerSecond: Number.POSITIVE_INFINITY }
  peers: GivingPeer[] = [LEECHER, SEED]
  isSeeding = false
  readonly pace = new GivingPace({
    ...{ clock: this.clock, uploads: this.uploads, peers: () => this.peers },
    isSeeding: () => this.isSeeding,
  })

  /** Receives at this rate for 8 s. */
  async receive(bytesPerSecond: number): Promise<void> {
    for (let step = 0; step < 80; step++) {
      this.pace.received(bytesPerSecond / 10)
      await this.clock.advance(100)
    }
  }
}

describe('how fast we give', () => {
  it('is as fast as we get, while each leecher lets us have what it has', async () => {
    const stage = new Stage()
    await stage.receive(3 * MIB)
    expect(stage.uploads.paceBytesPerSecond / (3 * MIB)).toBeGreaterThan(0.85)
    expect(stage.uploads.paceBytesPerSecond / (3 * MIB)).toBeLessThan(1.15)
  })

  it('is never less than what one gives to begin with', async () => {
    const stage = new Stage()
    await stage.receive(1_000)
    expect(stage.uploads.paceBytesPerSecond).toBe(LEAST_GIVEN)
  })

  it('is not held where a leecher chokes us: more may win it', async () => {
    const stage = new Stage()
    stage.peers = [LEECHER, { ...LEECHER, isChokingUs: true }]
    await stage.receive(3 * MIB)
    expect(stage.uploads.paceBytesPerSecond).toBe(Number.POSITIVE_INFINITY)
  })

  it('is held though a seed chokes us: it takes nothing', async () => {
    const stage = new Stage()
    stage.peers = [LEECHER, { ...SEED, isChokingUs: true }]
    await stage.receive(3 * MIB)
    expect(stage.uploads.paceBytesPerSecond).toBeLessThan(4 * MIB)
  })

  it('is not held once we get nothing, and needs no timer then', async () => {
    const stage = new Stage()
    await stage.receive(3 * MIB)
    await stage.clock.advance(7_000)
    expect(stage.uploads.paceBytesPerSecond).toBe(Number.POSITIVE_INFINITY)
    expect(stage.clock.pending).toBe(0)
    await stage.receive(3 * MIB)
    expect(stage.uploads.paceBytesPerSecond).toBeLessThan(4 * MIB)
  })

  it('is not held once we have everything', async () => {
    const stage = new Stage()
    await stage.receive(3 * MIB)
    stage.isSeeding = true
    await stage.clock.advance(1_000)
    expect(stage.uploads.paceBytesPerSecond).toBe(Number.POSITIVE_INFINITY)
  })

  it('is not held after we have left the swarm', async () => {
    const stage = new Stage()
    await stage.receive(3 * MIB)
    stage.pace.close()
    stage.pace.received(MIB)
    expect(stage.uploads.paceBytesPerSecond).toBe(Number.POSITIVE_INFINITY)
    expect(stage.clock.pending).toBe(0)
  })
})
