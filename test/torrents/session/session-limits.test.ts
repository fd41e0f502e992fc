import { describe, expect, it, onTestFinished } from 'vitest'
import { dailyLimitsAt } from '../../../src/torrents/rates/daily-limits.ts'
import { NO_LIMITS } from '../../../src/torrents/rates/limits.ts'
import { SessionLimits } from '../../../src/torrents/session/session-limits.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

const NIGHT = { fromMinute: 22 * 60, toMinute: 7 * 60, downloadBps: 5_000, uploadBps: null }
const NOON = { fromMinute: 12 * 60, toMinute: 13 * 60, downloadBps: 1, uploadBps: 2 }
const at = (hour: number, minute: number): Date => new Date(2026, 0, 5, hour, minute)

describe('limits by the hour', () => {
  it.each([
    [21, 59, null],
    [22, 0, NIGHT],
    [0, 0, NIGHT],
    [6, 59, NIGHT],
    [7, 0, null],
    [12, 30, NOON],
    [13, 0, null],
  ] as const)('at %d:%d', (hour, minute, limits) => {
    expect(dailyLimitsAt([NIGHT, NOON], at(hour, minute))).toBe(limits)
  })

  it('are for their days, over midnight for the day of the evening', () => {
    const friday = { ...NIGHT, days: [5] }
    const weekend = { ...NOON, days: [0, 6], fromMinute: 0, toMinute: 0 }
    // 5 January 2026 is a Monday.
    const on = (day: number, hour: number): Date => new Date(2026, 0, 5 + day, hour, 0)
    const held = [
      ...[on(4, 6), on(4, 22), on(5, 6), on(5, 7), on(5, 22), on(6, 0), on(6, 23), on(7, 0)],
    ].map((date) => dailyLimitsAt([friday, weekend], date))
    expect(held).toEqual([null, friday, friday, weekend, weekend, weekend, weekend, null])
  })

  it('hold from the minute on, and can be others while the server runs', async () => {
    const clock = new FakeClock(at(21, 59).getTime() + 50_000)
    const limits = new SessionLimits(NO_LIMITS, [NIGHT], clock)
    onTestFinished(() => limits.close())
    await clock.advance(9_999)
    expect(limits.inForce).toBe(NO_LIMITS)
    const share = limits.ofTorrent().download.join({ onTurn: () => {} })
    await clock.advance(1)
    share.take(1_000_000)
    expect(share.mayTake('background')).toBe(false)
    limits.daily = []
    expect(share.mayTake('background')).toBe(true)
    limits.daily = [NIGHT]
    expect(limits.inForce).toBe(NIGHT)
  })

  it('hold when their time comes, and give way to the usual ones after', async () => {
    const clock = new FakeClock(at(21, 59).getTime())
    const limits = new SessionLimits({ downloadBps: 100, uploadBps: 200 }, [NIGHT], clock)
    onTestFinished(() => limits.close())
    expect(limits.inForce).toEqual({ downloadBps: 100, uploadBps: 200 })
    await clock.advance(61_000)
    expect(limits.inForce).toBe(NIGHT)
    limits.change({ downloadBps: 300 })
    expect(limits.inForce).toBe(NIGHT)
    clock.suspend(9 * 3_600_000)
    await clock.advance(15_000)
    expect(limits.inForce).toEqual({ downloadBps: 300, uploadBps: 200 })
  })

  it('hold what is uploaded to their rate, and then to none', async () => {
    const clock = new FakeClock(at(22, 0).getTime())
    const limits = new SessionLimits(NO_LIMITS, [{ ...NIGHT, uploadBps: 1_000 }], clock)
    onTestFinished(() => limits.close())
    const share = limits.ofTorrent().upload.join({ onTurn: () => {} })
    share.take(1_000_000)
    expect(share.mayTake('background')).toBe(false)
    await clock.advance(9.1 * 3_600_000)
    expect(share.mayTake('background')).toBe(true)
  })
})
