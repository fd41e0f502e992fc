import { describe, expect, it } from 'vitest'
import {
  STALLED_AFTER_MS,
  type TurnCandidate,
  turnsOf,
} from '../../../src/torrents/session/turns.ts'

const NOW = 10_000_000
const LIMITS = { maxActiveDownloads: 2, maxActiveSeeds: 1 }

function candidate(id: number, facts: Partial<TurnCandidate> = {}): TurnCandidate {
  return { id, wish: 'download', isStreamed: false, hasTurn: false, since: 0, ...facts }
}

const turns = (...candidates: TurnCandidate[]) => [...turnsOf(candidates, LIMITS, NOW)].sort()

describe('turnsOf()', () => {
  it('gives turns to those that were added first, downloads and seeds apart', () => {
    const seed = { wish: 'seed' } as const
    expect(turns(candidate(3), candidate(1), candidate(2), candidate(5, seed), candidate(4, seed)))
      // The third download and the later seed wait.
      .toEqual([1, 2, 4])
  })

  it('gives whoever is streamed a turn, in place of others and beyond the limit', () => {
    const streamed = { isStreamed: true }
    expect(turns(candidate(1), candidate(2), candidate(3, streamed))).toEqual([1, 3])
    expect(turns(...[1, 2, 3].map((id) => candidate(id, streamed)))).toEqual([1, 2, 3])
  })

  it('lets those go on that move bytes', () => {
    const moving = { hasTurn: true, since: NOW - 1_000 }
    expect(turns(candidate(1), candidate(2), candidate(3, moving))).toEqual([1, 3])
  })

  it('gives the turn of one that stalls to one that waits, and none where nobody waits', () => {
    const stalled = { hasTurn: true, since: NOW - STALLED_AFTER_MS.download }
    const moving = { hasTurn: true, since: NOW - 1 }
    expect(turns(candidate(1, stalled), candidate(2, moving), candidate(3))).toEqual([2, 3])
    expect(turns(candidate(1, stalled), candidate(2, moving))).toEqual([1, 2])
  })

  it('gives no turn where the limit is 0, but to whoever is streamed', () => {
    const none = { maxActiveDownloads: 0, maxActiveSeeds: 0 }
    const all = [candidate(1), candidate(2, { isStreamed: true })]
    expect([...turnsOf(all, none, NOW)]).toEqual([2])
  })
})
