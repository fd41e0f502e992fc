import { expect, test } from 'vitest'
import { TokenBucket } from '../../../../src/torrents/scheduler/background/token-bucket.ts'

const BLOCK = 16_384

function blocksBetween(bucket: TokenBucket, from: number, to: number): number {
  let blocks = 0
  for (let now = from; now < to; now += 10) {
    bucket.refill(now)
    while (!bucket.isEmpty) {
      bucket.take(BLOCK)
      blocks++
    }
  }
  return blocks
}

test('a token bucket keeps to its rate', () => {
  const bucket = new TokenBucket()
  bucket.setRate(64 * BLOCK)
  blocksBetween(bucket, 0, 1_000)
  expect(blocksBetween(bucket, 1_000, 11_000)).toBeCloseTo(640, -1)
})

test('a token bucket saves no more than a burst', () => {
  const bucket = new TokenBucket()
  bucket.setRate(64 * BLOCK)
  blocksBetween(bucket, 0, 1_000)
  expect(blocksBetween(bucket, 3_600_000, 3_600_010)).toBeLessThanOrEqual(16)
})

test('a token bucket tells when it has a block again', () => {
  const bucket = new TokenBucket()
  expect(bucket.isEmpty).toBe(false)
  expect(bucket.refillsAt).toBe(Number.POSITIVE_INFINITY)
  bucket.setRate(BLOCK)
  blocksBetween(bucket, 0, 10)
  const { refillsAt } = bucket
  bucket.refill(refillsAt - 1)
  expect(bucket.isEmpty).toBe(true)
  bucket.refill(refillsAt + 0.001)
  expect(bucket.isEmpty).toBe(false)
  bucket.setRate(0)
  bucket.refill(10_000_000)
  expect(bucket.isEmpty).toBe(true)
  expect(bucket.refillsAt).toBe(Number.POSITIVE_INFINITY)
})
