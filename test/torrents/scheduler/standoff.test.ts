import { beforeEach, describe, expect, test } from 'vitest'
import { BlockProvenance, type Sender } from '../../../src/torrents/pieces/block-provenance.ts'
import { PieceLayout } from '../../../src/torrents/pieces/piece-layout.ts'
import type {
  BlockAction,
  SchedulerAction,
} from '../../../src/torrents/scheduler/model/scheduler-action.ts'
import { BlockScheduler } from '../../../src/torrents/scheduler/scheduler.ts'

const BLOCK = 16_384
const PIECE = 64 * BLOCK
const LENGTH = 16 * PIECE

const [one, other, third] = [1, 2, 3].map((wire) => {
  return { peer: `10.0.0.${wire}`, address: `10.0.0.${wire}` }
}) as [Sender, Sender, Sender]
let scheduler: BlockScheduler
let now: number
/** Pieces that each wire was asked for blocks of since this was emptied. */
let asked: Map<number, Set<number>>
/** What each wire has been asked for and has not answered. */
let outstanding: BlockAction[]

beforeEach(() => {
  const layout = new PieceLayout(PIECE, LENGTH)
  const provenance = new BlockProvenance(layout, 'proven')
  scheduler = new BlockScheduler({ layout, provenance, random: () => 0.5 })
  now = 0
  asked = new Map()
  outstanding = []
  for (const wire of [1, 2]) open(wire)
  const window = { id: 1, start: 0, end: LENGTH, endsWithFile: true, bytesPerMs: 1_000 }
  scheduler.setWindows(
    [{ ...window, waiting: true, draining: true, priority: 'viewer', verifiedOnly: false }],
    0,
  )
  plan()
  // Both are heard of before it is known that they never agree.
  answer(6)
})

function open(wire: number): void {
  scheduler.wires.opened(wire, { address: `10.0.0.${wire}`, requestLimit: 250 }, now)
  scheduler.wires.haveAll(wire)
  scheduler.wires.unchoked(wire, now)
}

function plan(): readonly SchedulerAction[] {
  now += 10
  const actions = scheduler.plan(now)
  for (const action of actions) {
    if (action.kind === 'discard') continue
    outstanding = outstanding.filter(({ wire, piece, offset }) => {
      return wire !== action.wire || piece !== action.piece || offset !== action.offset
    })
    if (action.kind !== 'request' || action.length !== BLOCK) continue
    outstanding.push(action)
    const pieces = asked.get(action.wire) ?? new Set()
    asked.set(action.wire, pieces.add(action.piece))
  }
  return actions
}

/** So many blocks of each wire come. */
function answer(count: number): void {
  for (let times = 0; times < count; times++) {
    for (const wire of [1, 2, 3]) {
      const request = outstanding.find((action) => action.wire === wire)
      if (request === undefined) continue
      outstanding.splice(outstanding.indexOf(request), 1)
      scheduler.blockReceived(wire, request, ++now)
    }
    plan()
  }
}

function differ(times: number): void {
  for (let count = 0; count < times; count++) scheduler.comparisons.contradicted(one, other)
}

describe('two peers that never agree', () => {
  test('download from the same pieces while they have differed twice', () => {
    differ(2)
    asked.clear()
    answer(40)
    expect([...(asked.get(1) ?? [])]).toContain(0)
    expect([...(asked.get(2) ?? [])]).toContain(0)
  })

  test('download one piece each, alone, from the third difference on', () => {
    differ(3)
    asked.clear()
    const actions = plan()
    expect(actions.filter(({ kind }) => kind === 'discard')).toHaveLength(1)
    answer(20)
    const [first, second] = [1, 2].map((wire) => [...(asked.get(wire) ?? [])])
    expect([first, second].map((pieces) => pieces?.length)).toEqual([1, 1])
    expect([...(first ?? []), ...(second ?? [])].sort()).toEqual([0, 1])
  })

  test('have nothing taken of what was asked of them before, of the other piece', () => {
    const before = outstanding.filter(({ piece }) => piece === 0)
    differ(3)
    plan()
    const late = before.filter((request) => !outstanding.includes(request))
    expect(late.length).toBeGreaterThan(0)
    const arrivals = late.map((request) => scheduler.blockReceived(request.wire, request, ++now))
    expect(new Set(arrivals)).toEqual(new Set(['unwanted']))
  })

  test('share pieces again once a third one sends, who can tell who lies', () => {
    differ(3)
    plan()
    open(3)
    answer(4)
    scheduler.comparisons.vouched(0, 0, third.peer)
    asked.clear()
    answer(30)
    const pieces = [1, 2, 3].map((wire) => [...(asked.get(wire) ?? [])])
    const shared = pieces.filter((each) => each.includes(0))
    expect(shared.length).toBeGreaterThan(1)
  })
})
