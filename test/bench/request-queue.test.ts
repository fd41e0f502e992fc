import { describe, expect, it } from 'vitest'
import { RequestQueue } from '../../bench/swarm/request-queue.ts'
import type { BlockAddress } from '../../bench/swarm/wire-codec.ts'

const BLOCK = 16_384

function block(index: number): BlockAddress {
  return { piece: 0, offset: index * BLOCK, length: BLOCK }
}

/** One block in each 16 ms, answered after a round trip of 60 ms. */
function slowPeer(): RequestQueue {
  return new RequestQueue(BLOCK / 0.016, 60)
}

describe('RequestQueue', () => {
  it('gives the first block after a round trip and its time on the line', () => {
    const queue = slowPeer()
    queue.add(block(0), 100)
    expect(queue.take(175)).toBeNull()
    expect(queue.take(176)).toEqual(block(0))
  })

  it('keeps the rate although blocks are taken late', () => {
    const queue = slowPeer()
    for (const index of [0, 1, 2]) queue.add(block(index), 0)
    expect(queue.take(90)).toEqual(block(0))
    expect(queue.dueAt()).toBe(92)
    expect(queue.take(92)).toEqual(block(1))
    expect(queue.dueAt()).toBe(108)
  })

  it('cancels what waits, not what is on the line or was never asked', () => {
    const queue = slowPeer()
    queue.add(block(0), 0)
    queue.add(block(1), 0)
    expect(queue.cancel(block(0), 65)).toBe(false)
    expect(queue.cancel(block(1), 65)).toBe(true)
    expect(queue.cancel(block(2), 65)).toBe(false)
    expect(queue.length).toBe(1)
  })

  it('gives no credit for the time in which the receiver took nothing', () => {
    const queue = slowPeer()
    queue.add(block(0), 0)
    queue.resume(1_000)
    expect(queue.dueAt()).toBe(1_016)
  })
})
