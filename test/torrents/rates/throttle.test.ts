import { describe, expect, it } from 'vitest'
import {
  Throttle,
  type ThrottleGroup,
  type ThrottleShare,
  type Urgency,
} from '../../../src/torrents/rates/throttle.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

const BLOCK = 16_384

/** Takes blocks as soon as it may, for as long as it is told to. */
class Taker {
  urgency: Urgency = 'background'
  isGreedy = true
  taken = 0
  readonly share: ThrottleShare

  constructor(group: ThrottleGroup) {
    this.share = group.join({ onTurn: () => this.run() })
  }

  run(): void {
    while (this.isGreedy && this.share.mayTake(this.urgency)) {
      this.share.take(BLOCK)
      this.taken += BLOCK
      // Without a limit there is no end to it.
      if (this.taken > 1e9) return
    }
  }
}

function throttleOf(bytesPerSecond: number): { clock: FakeClock; throttle: Throttle } {
  const clock = new FakeClock()
  const throttle = new Throttle(clock)
  throttle.bytesPerSecond = bytesPerSecond
  return { clock, throttle }
}

describe('a throttle', () => {
  it.each([10_000, 300_000, 5_000_000])('holds all together to %d bytes/s', async (rate) => {
    const { clock, throttle } = throttleOf(rate)
    const takers = [1, 2, 3].map(() => new Taker(throttle.group()))
    for (const taker of takers) taker.run()
    await clock.advance(20_000)
    const total = takers.reduce((sum, { taken }) => sum + taken, 0)
    expect(total).toBeGreaterThan(0.97 * rate * 20)
    expect(total).toBeLessThanOrEqual(rate * 20.25 + BLOCK)
  })

  it('gives those that wait equal turns', async () => {
    const { clock, throttle } = throttleOf(400_000)
    const takers = [1, 2, 3, 4].map(() => new Taker(throttle.group()))
    for (const taker of takers) taker.run()
    await clock.advance(20_000)
    for (const { taken } of takers) {
      expect(taken / 2_000_000).toBeGreaterThan(0.9)
      expect(taken / 2_000_000).toBeLessThan(1.1)
    }
  })

  it('lets who waits for a viewer go before all others', async () => {
    const { clock, throttle } = throttleOf(200_000)
    const [download, viewer] = [new Taker(throttle.group()), new Taker(throttle.group())]
    viewer.urgency = 'viewer'
    download.run()
    await clock.advance(5_000)
    const before = download.taken
    viewer.run()
    await clock.advance(5_000)
    expect(download.taken - before).toBeLessThanOrEqual(BLOCK)
    expect(viewer.taken).toBeGreaterThan(0.97 * 1_000_000 - BLOCK)
    viewer.isGreedy = false
    await clock.advance(5_000)
    expect(download.taken - before).toBeGreaterThan(0.9 * 1_000_000)
  })

  it.each([
    { limit: Number.POSITIVE_INFINITY, pace: 100_000, rate: 100_000 },
    { limit: 50_000, pace: 100_000, rate: 50_000 },
    { limit: 50_000, pace: Number.POSITIVE_INFINITY, rate: 50_000 },
  ])('holds a group to its limit and its pace: %o', async ({ limit, pace, rate }) => {
    const { clock, throttle } = throttleOf(1_000_000)
    const group = throttle.group()
    group.bytesPerSecond = limit
    group.paceBytesPerSecond = pace
    const taker = new Taker(group)
    taker.run()
    await clock.advance(20_000)
    expect(taker.taken / (rate * 20)).toBeGreaterThan(0.95)
    expect(taker.taken / (rate * 20)).toBeLessThan(1.05)
    expect(group.bytesPerSecond).toBe(limit)
  })

  it('holds a group to its own limit, and nobody else', async () => {
    const { clock, throttle } = throttleOf(1_000_000)
    const slow = throttle.group()
    slow.bytesPerSecond = 50_000
    const [held, free] = [new Taker(slow), new Taker(throttle.group())]
    held.run()
    free.run()
    await clock.advance(10_000)
    expect(held.taken).toBeLessThanOrEqual(50_000 * 10.25 + BLOCK)
    expect(held.taken).toBeGreaterThan(0.95 * 500_000)
    expect(free.taken).toBeGreaterThan(0.95 * 9_500_000)
  })

  it('tells who is held by the limit of its group, not by the common one', async () => {
    const { clock, throttle } = throttleOf(200_000)
    const group = throttle.group()
    group.bytesPerSecond = 50_000
    const [own, common] = [new Taker(group), new Taker(throttle.group())]
    for (const taker of [own, common]) taker.run()
    await clock.advance(3_000)
    expect([own, common].map(({ share }) => share.isHeldByGroup)).toEqual([true, false])
    group.bytesPerSecond = Number.POSITIVE_INFINITY
    await clock.advance(3_000)
    expect(own.share.isHeldByGroup).toBe(false)
  })

  it('goes on at once when a limit is raised or taken away', async () => {
    const { clock, throttle } = throttleOf(1_000)
    const taker = new Taker(throttle.group())
    taker.run()
    await clock.advance(1_000)
    expect(taker.taken).toBeLessThanOrEqual(BLOCK)
    throttle.bytesPerSecond = 1_000_000
    await clock.advance(1_100)
    expect(taker.taken).toBeGreaterThan(900_000)
    throttle.bytesPerSecond = Number.POSITIVE_INFINITY
    await clock.advance(50)
    expect(taker.taken).toBeGreaterThan(1e9)
  })

  it('lets be taken again what is given back', async () => {
    const { clock, throttle } = throttleOf(100_000)
    const taker = new Taker(throttle.group())
    taker.run()
    await clock.advance(10_000)
    const before = taker.taken
    taker.share.giveBack(BLOCK)
    await clock.advance(20)
    expect(taker.taken - before).toBeGreaterThanOrEqual(BLOCK)
  })

  it('keeps no timer for who has left', async () => {
    const { clock, throttle } = throttleOf(1_000)
    const taker = new Taker(throttle.group())
    taker.run()
    await clock.advance(500)
    taker.run()
    taker.share.leave()
    await clock.advance(60_000)
    expect(clock.pending).toBe(0)
  })
})
