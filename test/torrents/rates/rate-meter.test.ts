import { describe, expect, it } from 'vitest'
import { RateMeter } from '../../../src/torrents/rates/rate-meter.ts'

describe('RateMeter', () => {
  it('averages over five seconds', () => {
    let now = 10_250
    const meter = new RateMeter(() => now)
    for (let second = 0; second < 10; second++) {
      meter.add(1_000)
      now += 1_000
    }
    expect(meter.bytesPerSecond).toBeCloseTo(1_000, -3)
    expect(meter.bytesPerSecond).toBeGreaterThan(700)
  })

  it('forgets after five seconds, and no sooner than four and a half', () => {
    let now = 999
    const meter = new RateMeter(() => now)
    meter.add(5_000)
    expect(meter.bytesPerSecond).toBe(1_000)
    now += 4_500
    expect(meter.bytesPerSecond).toBe(1_000)
    now += 501
    expect(meter.bytesPerSecond).toBe(0)
  })

  it('starts anew after any pause', () => {
    let now = 0
    const meter = new RateMeter(() => now)
    for (let slot = 0; slot < 10; slot++) {
      meter.add(1_000)
      now += 500
    }
    now += 86_400_000
    expect(meter.bytesPerSecond).toBe(0)
    meter.add(500)
    expect(meter.bytesPerSecond).toBe(100)
  })
})
