import { expect, it } from 'vitest'
import {
  announceInterval,
  jittered,
  retryDelay,
} from '../../../src/torrents/discovery/announce-interval.ts'

it.each<[number | null, number | null, number]>([
  [1_800, null, 1_800],
  [1_800, 60, 1_800],
  [60, 900, 900],
  [null, 900, 1_800],
  [null, 3_600, 3_600],
  [null, null, 1_800],
  [1, null, 30],
  [29, 1, 30],
  [-5, null, 1_800],
  [0, null, 1_800],
  [2_147_484, null, 86_400],
  [2 ** 32 - 1, null, 86_400],
  [1_800, 2 ** 32 - 1, 86_400],
  [1_800, -1, 1_800],
  [Number.NaN, Number.POSITIVE_INFINITY, 1_800],
])('of interval %d and min interval %d comes %d', (interval, minInterval, seconds) => {
  expect(announceInterval(interval, minInterval)).toBe(seconds)
})

it('is 15, 30, 60 ... seconds after failures, up to the interval', () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1_000].map((failures) =>
    retryDelay(failures, 1_800, null),
  )
  expect(delays).toEqual([15, 30, 60, 120, 240, 480, 960, 1_800, 1_800, 1_800])
})

it('is what the tracker asks for after a failure, within reason', () => {
  expect(retryDelay(1, 1_800, 300)).toBe(300)
  expect(retryDelay(5, 1_800, 1)).toBe(15)
  expect(retryDelay(1, 1_800, 1e9)).toBe(86_400)
})

it('comes a little later, and never sooner', () => {
  expect([jittered(100, 0), jittered(100, 1)].map(Math.round)).toEqual([100, 110])
})
