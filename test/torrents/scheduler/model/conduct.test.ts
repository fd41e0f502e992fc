import { beforeEach, describe, expect, test } from 'vitest'
import { Conduct } from '../../../../src/torrents/scheduler/model/conduct.ts'

const clock = { now: 0 }
const timing = { lastArrivalAt: 0 }
let conduct: Conduct

beforeEach(() => {
  clock.now = 0
  timing.lastArrivalAt = 0
  conduct = new Conduct(clock, timing)
})

describe('a peer', () => {
  test('delivers from its first block on, until it is snubbed', () => {
    expect(conduct.isDelivering).toBe(false)
    conduct.answered()
    expect(conduct.isDelivering).toBe(true)
    conduct.snub()
    expect(conduct).toMatchObject({ isDelivering: false, isSnubbed: true, restsUntil: 5_000 })
    conduct.snub()
    expect(conduct).toMatchObject({ snubs: 2, restsUntil: 10_000 })
    conduct.answered()
    expect(conduct).toMatchObject({ isDelivering: true, snubs: 0 })
  })

  test('fails once it has lost or rejected three, and sent nothing for two seconds', () => {
    conduct.lost()
    conduct.rejected()
    clock.now = 2_001
    expect(conduct.isFailing).toBe(false)
    conduct.lost()
    expect(conduct.isFailing).toBe(true)
    timing.lastArrivalAt = 1
    expect(conduct.isFailing).toBe(false)
  })

  test('floods once it has sent more than it was asked for, and 1,024 blocks', () => {
    conduct.answered()
    for (let block = 0; block < 1_025; block++) conduct.receivedUnasked()
    expect(conduct.isFlooding).toBe(false)
    conduct.receivedUnasked()
    expect(conduct.isFlooding).toBe(true)
  })

  test('rests after eight rejects in a row, each for twice as long', () => {
    const rests = Array.from({ length: 7 }, () => conduct.rejected())
    expect(rests).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000])
    expect(conduct.restsUntil).toBe(Number.NEGATIVE_INFINITY)
    conduct.rejected()
    expect(conduct.restsUntil).toBe(30_000)
    conduct.unchoked()
    expect(conduct.restsUntil).toBe(Number.NEGATIVE_INFINITY)
  })
})
