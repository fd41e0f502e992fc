import { beforeEach, describe, expect, test } from 'vitest'
import { BlockProvenance } from '../../../../src/torrents/pieces/block-provenance.ts'
import { PieceLayout } from '../../../../src/torrents/pieces/piece-layout.ts'
import {
  backgroundQueueLimit,
  CROWD_TURNS,
  ownQueueLimit,
  type QueuedWire,
  queueLimit,
  STARVING_QUEUE_MS,
  STEADY_QUEUE_MS,
} from '../../../../src/torrents/scheduler/model/queue-limit.ts'
import type { BlockAction } from '../../../../src/torrents/scheduler/model/scheduler-action.ts'
import { type PacedWire, SwarmPace } from '../../../../src/torrents/scheduler/model/swarm-pace.ts'
import { BlockScheduler } from '../../../../src/torrents/scheduler/scheduler.ts'

const BLOCK = 16_384
const MIB = 1_048_576

interface WireTraits {
  /** For one block. */
  readonly blockMs: number
  readonly roundTripMs?: number
  readonly deviationMs?: number
  readonly turnMs?: number
  readonly requestLimit?: number
}

type TestWire = PacedWire & QueuedWire

/** Wires that have delivered for a while. */
function wiresOf(...traits: readonly WireTraits[]): TestWire[] {
  return traits.map(
    ({ blockMs, roundTripMs = 0, deviationMs = 0, turnMs = 0, requestLimit = 2_000 }, id) => ({
      peer: `10.0.0.${id}:6881`,
      requestLimit,
      conduct: { delivered: 1_000, isSnubbed: false },
      isDelivering: true,
      canBeAsked: true,
      isBusy: true,
      answers: { overdueMs: 0 },
      timing: { blockMs, roundTripMs, deviationMs, turnMs, isRateKnown: true },
    }),
  )
}

/** How many requests each may have outstanding while nobody streams. */
function limitsOf(wires: readonly TestWire[]): number[] {
  const provenance = new BlockProvenance(new PieceLayout(BLOCK, BLOCK), 'always')
  const pace = new SwarmPace(wires, provenance)
  return wires.map((wire) => backgroundQueueLimit(wire, pace))
}

/** What each may have whatever the others do. */
function ownLimitsOf(wires: readonly TestWire[]): number[] {
  const provenance = new BlockProvenance(new PieceLayout(BLOCK, BLOCK), 'always')
  const pace = new SwarmPace(wires, provenance)
  return wires.map((wire) => ownQueueLimit(wire, pace))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

describe('queues while nobody streams', () => {
  test('last 4 s where wires are slow', () => {
    expect(limitsOf(wiresOf({ blockMs: 100 }, { blockMs: 50 }))).toEqual([40, 80])
  })

  test('are no shorter because of what others once sent, of whom nothing is asked', () => {
    const [idle, ...busy] = wiresOf({ blockMs: 0.5 }, { blockMs: 100 }, { blockMs: 50 })
    const wires = [...busy, ...(idle === undefined ? [] : [{ ...idle, isBusy: false }])]
    expect(limitsOf(wires).slice(0, 2)).toEqual([40, 80])
    // What it may be asked for now counts for itself.
    expect(limitsOf(wires)[2]).toBeLessThanOrEqual(256)
  })

  test.each([
    ['one', [0.1]],
    ['equal ones', [0.25, 0.25, 0.25, 0.25]],
    ['different ones', [0.2, 1, 5, 25]],
    ['many', Array.from({ length: 40 }, () => 4)],
  ])('hold 4 MiB together where wires are fast: %s', (_, speeds) => {
    const limits = limitsOf(wiresOf(...speeds.map((blockMs) => ({ blockMs }))))
    const bytes = sum(limits) * BLOCK
    expect(bytes).toBeGreaterThanOrEqual(4 * MIB)
    // Each is rounded up to whole blocks.
    expect(bytes).toBeLessThanOrEqual(4 * MIB + speeds.length * BLOCK)
  })

  test('are longer by what is under way to a peer that is far', () => {
    expect(limitsOf(wiresOf({ blockMs: 100, roundTripMs: 200 }))).toEqual([42])
    // 256 blocks, and 50 ms of 2 blocks each.
    expect(limitsOf(wiresOf({ blockMs: 0.5, roundTripMs: 50 }))).toEqual([256 + 100])
  })

  test('hold no more where answers come unevenly, and two where others are far faster', () => {
    const uneven = wiresOf(...new Array(4).fill({ blockMs: 0.25, deviationMs: 50 }))
    expect(sum(limitsOf(uneven)) * BLOCK).toBeLessThanOrEqual(4 * MIB)
    expect(limitsOf(wiresOf({ blockMs: 0.1 }, { blockMs: 200 }))).toEqual([256, 2])
  })

  test('may last 4 s all the same, as one may look fast after a batch, but hold 32 blocks at most', () => {
    expect(ownLimitsOf(wiresOf({ blockMs: 0.1 }, { blockMs: 200 }))).toEqual([32, 20])
    expect(ownLimitsOf(wiresOf({ blockMs: 0.1 }, { blockMs: 20 }))).toEqual([32, 32])
    // Many share what is for all.
    const many = wiresOf(...new Array(32).fill({ blockMs: 20 }))
    expect(ownLimitsOf(many)).toEqual(new Array(32).fill(8))
  })

  test('never exceed what a peer lets stand open', () => {
    expect(limitsOf(wiresOf({ blockMs: 0.1, requestLimit: 250 }))).toEqual([250])
    expect(limitsOf(wiresOf({ blockMs: 100, requestLimit: 5 }))).toEqual([5])
  })
})

describe('queues while somebody streams', () => {
  /** How many requests one of two wires like this may have outstanding. */
  function limitOf(traits: WireTraits, beyondMs: number, turns?: number): number {
    const provenance = new BlockProvenance(new PieceLayout(BLOCK, BLOCK), 'always')
    const [wire, ...others] = wiresOf(traits, { blockMs: 10 })
    if (wire === undefined) throw new Error('no wire')
    return queueLimit(wire, new SwarmPace([wire, ...others], provenance), beyondMs, turns)
  }

  test('hold two turns of a peer that sends in turns', () => {
    // Five blocks each 500 ms.
    const limited = { blockMs: 100, turnMs: 500 }
    expect(limitOf(limited, STEADY_QUEUE_MS)).toBe(10)
    expect(limitOf(limited, STARVING_QUEUE_MS)).toBe(10)
    // 1.2 s at most.
    expect(limitOf({ blockMs: 100, turnMs: 3_000 }, STARVING_QUEUE_MS)).toBe(12)
  })

  test('hold four where slow seeds hold a film up', () => {
    expect(limitOf({ blockMs: 100, turnMs: 500 }, STARVING_QUEUE_MS, CROWD_TURNS)).toBe(20)
    expect(limitOf({ blockMs: 100, turnMs: 110 }, STARVING_QUEUE_MS, CROWD_TURNS)).toBe(2)
  })

  test('are short where a peer sends evenly, however slowly', () => {
    expect(limitOf({ blockMs: 100, turnMs: 110 }, STEADY_QUEUE_MS)).toBe(4)
    // On a full line one peer's block waits for another's.
    expect(limitOf({ blockMs: 100, turnMs: 250 }, STEADY_QUEUE_MS)).toBe(4)
    expect(limitOf({ blockMs: 4_000, turnMs: 4_000 }, STARVING_QUEUE_MS)).toBe(1)
  })
})

describe('the background download', () => {
  const PIECE = 4 * BLOCK
  const PIECES = 1_024
  const LIMIT = 40
  let scheduler: BlockScheduler
  let outstanding: BlockAction[]
  let now: number

  beforeEach(() => {
    const layout = new PieceLayout(PIECE, PIECES * PIECE)
    const provenance = new BlockProvenance(layout, 'always')
    scheduler = new BlockScheduler({ layout, provenance, random: () => 0 })
    outstanding = []
    now = 0
    scheduler.wires.opened(1, { address: '10.0.0.1', requestLimit: LIMIT }, now)
    scheduler.wires.haveAll(1)
    scheduler.wires.unchoked(1, now)
    scheduler.setSelected(new Uint8Array(PIECES / 8).fill(0xff))
  })

  /** How many blocks are asked for now. */
  function plan(): number {
    const before = outstanding.length
    for (const action of scheduler.plan(now)) {
      if (action.kind === 'request') outstanding.push(action)
    }
    return outstanding.length - before
  }

  /** How many are asked for after each of the next blocks, one of which comes each ms. */
  function receive(count: number): number[] {
    return Array.from({ length: count }, () => {
      const block = outstanding.shift()
      if (block === undefined) throw new Error('nothing is outstanding')
      now++
      expect(
        scheduler.blockReceived(
          1,
          { piece: block.piece, offset: block.offset, length: BLOCK },
          now,
        ),
      ).toBe('fresh')
      return plan()
    })
  }

  /** Until the queue is as long as the peer lets it be. */
  function fillUp(): void {
    plan()
    for (let blocks = 0; outstanding.length < LIMIT && blocks < 1_000; blocks++) receive(1)
    expect(outstanding).toHaveLength(LIMIT)
  }

  test('fills a queue up once a quarter of it is free while nobody streams', () => {
    fillUp()
    for (let round = 0; round < 3; round++) {
      expect(receive(LIMIT / 4)).toEqual([...new Array(LIMIT / 4 - 1).fill(0), LIMIT / 4])
    }
  })

  test('does so, too, where somebody streams what the peer has not or we have', () => {
    const have = new Uint8Array(PIECES / 8)
    have[0] = 0x80
    scheduler.setHave(have)
    const reader = {
      id: 1,
      start: 0,
      end: PIECE,
      endsWithFile: true,
      waiting: false,
      draining: true,
      bytesPerMs: 1,
    }
    scheduler.setWindows([{ ...reader, priority: 'viewer', verifiedOnly: false }], now)
    fillUp()
    expect(receive(LIMIT / 4)).toEqual([...new Array(LIMIT / 4 - 1).fill(0), LIMIT / 4])
  })

  test('asks at once for the next block where a peer lets few stand open', () => {
    for (const limit of [1, 2, 3]) {
      scheduler.wires.limited(1, limit)
      plan()
      while (outstanding.length > limit) receive(1)
      expect(receive(6)).toEqual(new Array(6).fill(1))
    }
  })
})
