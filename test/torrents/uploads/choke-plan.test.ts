import { describe, expect, it } from 'vitest'
import {
  CHOKE_ROUND_MS,
  type ChokeCandidate,
  type ChokeRules,
  type ChokeState,
  chokePlan,
  NO_CHOKE_STATE,
} from '../../../src/torrents/uploads/choke-plan.ts'

const RULES: ChokeRules = { slots: 4, isSeeding: false, random: () => 0 }
const SEEDING = { ...RULES, isSeeding: true }

function candidate(id: number, facts: Partial<ChokeCandidate> = {}): ChokeCandidate {
  return { id, isInterested: true, isUnchoked: false, receivedBytes: 0, sentBytes: 0, ...facts }
}

function unchoked(state: ChokeState): number[] {
  return [...state.unchokedAt.keys()].sort((a, b) => a - b)
}

/** Rounds of choking, told who gives and takes what. */
class Rounds {
  state = NO_CHOKE_STATE
  now = 0

  next(peers: readonly ChokeCandidate[], rules: ChokeRules): number[] {
    const candidates = peers.map((peer) => ({
      ...peer,
      isUnchoked: this.state.unchokedAt.has(peer.id),
    }))
    this.state = chokePlan(candidates, this.state, this.now, rules)
    this.now += CHOKE_ROUND_MS
    return unchoked(this.state)
  }
}

describe('chokePlan()', () => {
  it('unchokes all that are interested where there are slots', () => {
    const peers = [candidate(1), candidate(2), candidate(3, { isInterested: false })]
    expect(unchoked(chokePlan(peers, NO_CHOKE_STATE, 0, RULES))).toEqual([1, 2])
  })

  it('unchokes nobody where there are no slots', () => {
    expect(unchoked(chokePlan([candidate(1)], NO_CHOKE_STATE, 0, { ...RULES, slots: 0 }))).toEqual(
      [],
    )
  })

  it('never unchokes more than there are slots', () => {
    const peers = Array.from({ length: 50 }, (_, id) => candidate(id, { receivedBytes: id % 7 }))
    const rounds = new Rounds()
    for (let round = 0; round < 20; round++) {
      expect(rounds.next(peers, RULES)).toHaveLength(4)
      expect(rounds.next(peers, SEEDING)).toHaveLength(4)
    }
  })

  it('prefers whoever sends us most while we download, and gives one slot by chance', () => {
    const peers = [10, 50, 40, 30, 20, 0].map((receivedBytes, id) =>
      candidate(id, { receivedBytes }),
    )
    const first = chokePlan(peers, NO_CHOKE_STATE, 0, RULES)
    expect(unchoked(first)).toEqual([1, 2, 3, 4])
    expect(first.optimistic).toBe(4)
    const other = chokePlan(peers, NO_CHOKE_STATE, 0, { ...RULES, random: () => 0.99 })
    expect(unchoked(other)).toEqual([1, 2, 3, 5])
  })

  it('prefers whoever takes most while we seed', () => {
    const peers = [5, 50, 40, 30, 20].map((sentBytes, id) =>
      candidate(id, { sentBytes, receivedBytes: 100 - sentBytes }),
    )
    expect(unchoked(chokePlan(peers, NO_CHOKE_STATE, 0, SEEDING)).slice(0, 3)).toEqual([1, 2, 3])
  })

  it('keeps the optimistic unchoke for half a minute, then gives it to another', () => {
    const rounds = new Rounds()
    const peers = [90, 80, 70, 0, 0, 0].map((receivedBytes, id) => candidate(id, { receivedBytes }))
    const optimistic = Array.from({ length: 7 }, () => {
      rounds.next(peers, RULES)
      return rounds.state.optimistic
    })
    expect(optimistic.slice(0, 3)).toEqual([3, 3, 3])
    expect(optimistic[3]).not.toBe(3)
    expect(new Set(optimistic.slice(3, 6)).size).toBe(1)
  })

  it.each([
    ['while we download', RULES],
    ['while we seed', SEEDING],
  ])('lets everybody have a turn, %s', (_, rules) => {
    const rounds = new Rounds()
    const peers = Array.from({ length: 9 }, (__, id) =>
      candidate(id, id < 3 ? { receivedBytes: 100, sentBytes: 100 } : {}),
    )
    const had = new Set<number>()
    let seed = 1
    const random = (): number => {
      seed = (seed * 16_807) % 2_147_483_647
      return seed / 2_147_483_647
    }
    for (let round = 0; round < 300; round++) {
      for (const id of rounds.next(peers, { ...rules, random })) had.add(id)
    }
    expect(had.size).toBe(9)
  })

  it('takes the slot of an optimistic unchoke back from a peer that is no longer interested', () => {
    const peers = Array.from({ length: 6 }, (_, id) => candidate(id))
    const state = chokePlan(peers, NO_CHOKE_STATE, 0, RULES)
    const without = peers.map((peer) => ({ ...peer, isInterested: peer.id !== state.optimistic }))
    const next = chokePlan(without, state, 1, RULES)
    expect(unchoked(next)).toHaveLength(4)
    expect(unchoked(next)).not.toContain(state.optimistic)
  })
})
