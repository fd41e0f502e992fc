import { expect, it } from 'vitest'
import { type EvictionCandidate, piecesToEvict } from '../../../src/torrents/session/eviction.ts'

function candidate(
  of: string,
  seconds: Readonly<Record<number, number>>,
): EvictionCandidate<string> {
  const pieces = Object.keys(seconds).map(Number)
  return { of, pieces, lastUse: { of: (piece) => seconds[piece] ?? 0 }, lengthOf: () => 100 }
}

it('chooses what was needed least recently, whichever torrent it is of', () => {
  const candidates = [candidate('a', { 0: 50, 1: 10, 2: 30 }), candidate('b', { 0: 20, 7: 40 })]
  expect(piecesToEvict(candidates, 300)).toEqual(
    new Map([
      ['a', [1, 2]],
      ['b', [0]],
    ]),
  )
})

it('frees no more than is needed of pieces that are as old', () => {
  const candidates = [candidate('a', { 0: 5, 1: 5, 2: 5 }), candidate('b', { 0: 5 })]
  expect(piecesToEvict(candidates, 150)).toEqual(new Map([['a', [0, 1]]]))
  expect(piecesToEvict(candidates, 0)).toEqual(new Map())
})

it('frees all there is where that is not enough', () => {
  expect(piecesToEvict([candidate('a', { 3: 1 })], 1_000)).toEqual(new Map([['a', [3]]]))
})
