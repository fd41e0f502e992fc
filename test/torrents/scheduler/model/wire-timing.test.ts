import { describe, expect, test } from 'vitest'
import { WireTiming } from '../../../../src/torrents/scheduler/model/wire-timing.ts'

const BLOCK = 16_384

/** A request as far as timing looks at it. */
function request(sentAt: number, ahead: number): { sentAt: number; ahead: number; length: number } {
  return { sentAt, ahead, length: BLOCK }
}

/** Blocks asked at 0 of a peer that is 60 ms away and needs 10 ms for each. */
function pipelined(timing: WireTiming, count: number): void {
  for (let ahead = 0; ahead < count; ahead++) {
    timing.arrived(request(0, ahead), 60 + 10 * (ahead + 1))
  }
}

describe('timing of a wire', () => {
  test('tells round trip and rate from one burst of requests', () => {
    const timing = new WireTiming(undefined)
    pipelined(timing, 4)
    expect(timing.isRateKnown).toBe(true)
    // The first block counts as it was guessed, so that a batch is not taken for a rate.
    expect(timing.blockMs).toBeGreaterThan(9.9)
    expect(timing.blockMs).toBeLessThan(14)
    expect(timing.roundTripMs).toBeGreaterThan(50)
    expect(timing.roundTripMs).toBeLessThan(61)
    const longer = new WireTiming(undefined)
    pipelined(longer, 40)
    expect(longer.blockMs).toBeCloseTo(10, 0)
  })

  test('tells the pause between the batches of a peer that sends in turns', () => {
    const timing = new WireTiming(20)
    for (let turn = 1; turn <= 10; turn++) {
      for (let block = 0; block < 4; block++) timing.arrived(request(0, 9), 500 * turn + block)
    }
    expect(timing.turnMs).toBeGreaterThan(450)
    expect(timing.turnMs).toBeLessThanOrEqual(500)
    expect(timing.blockMs).toBeCloseTo(125, -1)
  })

  test('tells no longer pause than a block takes where they come evenly, and forgets one hiccup', () => {
    const timing = new WireTiming(20)
    for (let block = 1; block <= 100; block++) timing.arrived(request(0, 9), 20 + 10 * block)
    expect(timing.turnMs).toBeLessThan(15)
    timing.arrived(request(0, 9), 2_000)
    expect(timing.turnMs).toBeGreaterThan(900)
    for (let block = 1; block <= 2_000; block++) timing.arrived(request(0, 9), 2_000 + 10 * block)
    expect(timing.turnMs).toBeLessThan(15)
  })

  test('takes a slow wire for slow after its first block', () => {
    const told = new WireTiming(150)
    told.arrived(request(0, 0), 423)
    expect(told.blockMs).toBeCloseTo(273)
    const untold = new WireTiming(undefined)
    untold.arrived(request(0, 0), 423)
    expect(untold.blockMs).toBeGreaterThan(100)
  })

  test('does not count the time in which nothing was asked', () => {
    const timing = new WireTiming(60)
    pipelined(timing, 20)
    timing.arrived(request(5_000, 0), 5_070)
    timing.arrived(request(5_000, 1), 5_080)
    expect(timing.blockMs).toBeCloseTo(10)
  })

  test('is not fooled by blocks that are read in batches', () => {
    const timing = new WireTiming(60)
    timing.arrived(request(0, 0), 70)
    for (let batch = 1; batch <= 20; batch++) {
      for (let block = 0; block < 5; block++) timing.arrived(request(0, 9), 70 + 50 * batch)
    }
    expect(timing.blockMs).toBeCloseTo(10, 0)
  })

  test('is not fooled by all that comes at once after a hiccup of ours', () => {
    const timing = new WireTiming(undefined)
    for (let ahead = 0; ahead < 4; ahead++) timing.arrived(request(0, ahead), 250 + 0.1 * ahead)
    expect(timing.blockMs).toBeGreaterThan(10)
    const known = new WireTiming(60)
    pipelined(known, 20)
    for (let ahead = 0; ahead < 4; ahead++) known.arrived(request(400, ahead), 650 + 0.1 * ahead)
    expect(known.blockMs).toBeGreaterThan(10)
  })

  test('follows a rate that falls', () => {
    const timing = new WireTiming(60)
    pipelined(timing, 20)
    for (let block = 1; block <= 40; block++) timing.arrived(request(0, 9), 260 + 100 * block)
    expect(timing.blockMs).toBeGreaterThan(80)
  })
})
