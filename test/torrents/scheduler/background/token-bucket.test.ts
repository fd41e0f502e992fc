import { beforeEach, expect, test } from 'vitest'
import { TokenBucket } from '../../../../src/torrents/scheduler/background/token-bucket.ts'

const BLOCK = 16_384

let clock: { now: number }
let bucket: TokenBucket

beforeEach(() => {
  clock = { now: 0 }
  bucket = new TokenBucket(clock)
})

function blocksBetween(from: number, to: number): number {
  let blocks = 0
  for (clock.now = from; clock.now < to; clock.now += 10) {
    bucket.refill()
    while (!bucket.isEmpty) {
      bucket.take(BLOCK)
      blocks++
    }
  }
  return blocks
}

test('a token bucket keeps to its rate', () => {
  bucket.setRate(64 * BLOCK)
  blocksBetween(0, 1_000)
  expect(blocksBetween(1_000, 11_000)).toBeCloseTo(640, -1)
})

test('a token bucket saves no more than a burst', () => {
  bucket.setRate(64 * BLOCK)
  blocksBetween(0, 1_000)
  expect(blocksBetween(3_600_000, 3_600_010)).toBeLessThanOrEqual(16)
})

test('a token bucket tells when it has a block again', () => {
  expect(bucket.isEmpty).toBe(false)
  expect(bucket.refillsAt).toBe(Number.POSITIVE_INFINITY)
  bucket.setRate(BLOCK)
  blocksBetween(0, 10)
  const { refillsAt } = bucket
  clock.now = refillsAt - 1
  bucket.refill()
  expect(bucket.isEmpty).toBe(true)
  clock.now = refillsAt + 0.001
  bucket.refill()
  expect(bucket.isEmpty).toBe(false)
  bucket.setRate(0)
  clock.now = 10_000_000
  bucket.refill()
  expect(bucket.isEmpty).toBe(true)
  expect(bucket.refillsAt).toBe(Number.POSITIVE_INFINITY)
})
