import { beforeEach, describe, expect, test } from 'vitest'
import type { Sender } from '../../../src/torrents/pieces/block-provenance.ts'
import { Contradictions } from '../../../src/torrents/pieces/contradictions.ts'

function peer(address: string, port = 6_881): Sender {
  return { peer: `${address}:${port}`, address }
}

const [liar, one, other, third] = [
  peer('9.9.9.9'),
  peer('1.1.1.1'),
  peer('2.2.2.2'),
  peer('3.3.3.3'),
] as const
let contradictions: Contradictions

beforeEach(() => {
  contradictions = new Contradictions()
  contradictions.agreed(one.peer, other.peer)
})

function doubted(): boolean[] {
  return [liar, one, other, third].map(({ peer }) => contradictions.isDoubted(peer))
}

describe('of two peers that contradict each other', () => {
  test('both are doubted, and nobody else', () => {
    contradictions.add(liar, one)
    contradictions.add(liar, one)
    expect(doubted()).toEqual([true, true, false, false])
  })

  test('the one that a second address contradicts is doubted, and the others no longer', () => {
    contradictions.add(one, liar)
    contradictions.add(liar, other)
    expect(doubted()).toEqual([true, false, false, false])
  })

  test('none is outvoted by two ports of one address', () => {
    contradictions.add(one, liar)
    contradictions.add(one, peer(liar.address, 7_000))
    expect(contradictions.isDoubted(one.peer)).toBe(true)
    expect(contradictions.isDoubted(liar.peer)).toBe(true)
  })

  test('the rest is cleared once a liar is banned', () => {
    contradictions.add(liar, one)
    contradictions.forget(liar.peer)
    expect(doubted()).toEqual([false, false, false, false])
  })

  test('one that two liars contradict is cleared when they are banned', () => {
    contradictions.add(one, liar)
    contradictions.add(one, other)
    expect(contradictions.isDoubted(one.peer)).toBe(true)
    contradictions.forget(liar.peer)
    contradictions.forget(other.peer)
    expect(doubted()).toEqual([false, false, false, false])
  })
})

describe('who has agreed with nobody', () => {
  const noise = [peer('7.7.7.7'), peer('8.8.8.8'), peer('9.9.9.9')]

  test('outvotes nobody, however many there are', () => {
    for (const liar of noise) {
      contradictions.add(liar, one)
      contradictions.add(liar, other)
    }
    expect([one, other].map(({ peer }) => contradictions.isOutvoted(peer))).toEqual([false, false])
    expect(noise.map(({ peer }) => contradictions.isOutvoted(peer))).toEqual([true, true, true])
  })

  test('is heard once he agrees with somebody, and that tells who is outvoted now', () => {
    contradictions = new Contradictions()
    expect(contradictions.add(liar, one)).toEqual([])
    expect(contradictions.add(liar, other)).toEqual([])
    expect(contradictions.agreed(one.peer, other.peer)).toEqual([liar.peer])
    expect(contradictions.agreed(one.peer, other.peer)).toEqual([])
  })
})
