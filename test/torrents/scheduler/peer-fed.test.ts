import { beforeEach, describe, expect, test } from 'vitest'
import { BlockProvenance } from '../../../src/torrents/pieces/block-provenance.ts'
import { PieceLayout } from '../../../src/torrents/pieces/piece-layout.ts'
import type {
  BlockAction,
  SchedulerAction,
} from '../../../src/torrents/scheduler/model/scheduler-action.ts'
import { BlockScheduler } from '../../../src/torrents/scheduler/scheduler.ts'

const BLOCK = 16_384
const PIECE = 4 * BLOCK
const PIECES = 2_048
const NO_PIECE = [PIECES, -1, 0.5, 2 ** 32, 1e300, Number.NaN, Number.POSITIVE_INFINITY]

let scheduler: BlockScheduler

beforeEach(() => {
  const layout = new PieceLayout(PIECE, PIECES * PIECE)
  const provenance = new BlockProvenance(layout, 'always')
  scheduler = new BlockScheduler({ layout, provenance, random: () => 0 })
  scheduler.wires.opened(1, { address: '10.0.0.1', requestLimit: 250 }, 0)
  scheduler.setSelected(new Uint8Array(PIECES / 8).fill(0xff))
})

function requestsOf(actions: readonly SchedulerAction[]): BlockAction[] {
  return actions.flatMap((action) => (action.kind === 'request' ? [action] : []))
}

describe('what a peer has', () => {
  test.each(NO_PIECE)('is nothing where it is no piece of the torrent: %s', (piece) => {
    scheduler.wires.unchoked(1, 0)
    expect(scheduler.wires.have(1, piece)).toBe(false)
    expect(requestsOf(scheduler.plan(0))).toEqual([])
  })

  test('is news once', () => {
    expect(scheduler.wires.have(1, 7)).toBe(true)
    expect(scheduler.wires.have(1, 7)).toBe(false)
  })

  test('ends with the torrent, however long its bitfield', () => {
    scheduler.wires.bitfield(1, new Uint8Array(PIECES).fill(0xff))
    scheduler.wires.unchoked(1, 0)
    const pieces = requestsOf(scheduler.plan(0)).map(({ piece }) => piece)
    expect(pieces.length).toBeGreaterThan(0)
    expect(Math.max(...pieces)).toBeLessThan(PIECES)
  })

  test('may be told in part', () => {
    scheduler.wires.bitfield(1, Uint8Array.of(0x80))
    scheduler.wires.unchoked(1, 0)
    expect(new Set(requestsOf(scheduler.plan(0)).map(({ piece }) => piece))).toEqual(new Set([0]))
  })
})

describe('pieces that a choking peer allows', () => {
  test.each(NO_PIECE)('are ignored where there is no such piece: %s', (piece) => {
    expect(scheduler.wires.allowedFast(1, piece)).toBe(false)
  })

  test('are a hundred at most, told once each', () => {
    const told = Array.from({ length: PIECES }, (_, piece) => piece)
    expect(told.filter((piece) => scheduler.wires.allowedFast(1, piece))).toHaveLength(100)
    expect(scheduler.wires.allowedFast(1, 0)).toBe(false)
  })
})

describe('a peer that lets no sensible number of requests stand open', () => {
  test.each([0, -1, 0.5, Number.NaN])('is asked for one at a time: %s', (limit) => {
    scheduler.wires.haveAll(1)
    scheduler.wires.limited(1, limit)
    scheduler.wires.unchoked(1, 0)
    expect(requestsOf(scheduler.plan(0))).toHaveLength(1)
  })
})

describe('rejections', () => {
  test('of what was never asked for change nothing', () => {
    scheduler.wires.haveAll(1)
    scheduler.wires.unchoked(1, 0)
    const [first] = requestsOf(scheduler.plan(0))
    for (const odd of NO_PIECE) {
      expect(scheduler.requestRejected(1, odd, 0, 1)).toBe(false)
      expect(scheduler.requestRejected(1, first?.piece ?? 0, odd, 1)).toBe(false)
    }
    expect(scheduler.requestRejected(9, 0, 0, 1)).toBe(false)
    expect(requestsOf(scheduler.plan(2))).toEqual([])
  })

  test('of everything do not make us ask in a loop', () => {
    scheduler.wires.haveAll(1)
    scheduler.wires.unchoked(1, 0)
    let asked = 0
    for (let now = 0; now < 60_000; now += 10) {
      for (const { piece, offset } of requestsOf(scheduler.plan(now))) {
        asked++
        scheduler.requestRejected(1, piece, offset, now + 5)
      }
    }
    expect(asked).toBeGreaterThan(10)
    expect(asked).toBeLessThan(100)
  })

  test('that come with a choke are no reason to ask for less after it', () => {
    scheduler.wires.haveAll(1)
    scheduler.wires.unchoked(1, 0)
    const before = requestsOf(scheduler.plan(0))
    scheduler.wires.choked(1, 1, { requestsDropped: false })
    for (const { piece, offset } of before) scheduler.requestRejected(1, piece, offset, 2)
    scheduler.wires.unchoked(1, 3)
    expect(requestsOf(scheduler.plan(3))).toHaveLength(before.length)
  })
})

describe('blocks that nobody asked for', () => {
  test('are too many once they exceed 16 MiB and all that was asked for', () => {
    scheduler.wires.haveAll(1)
    scheduler.wires.unchoked(1, 0)
    scheduler.plan(0)
    for (let count = 0; count < 1_024; count++)
      scheduler.blockReceived(1, { piece: 9, offset: 0, length: BLOCK - 1 }, 1)
    expect(scheduler.isFlooding(1)).toBe(false)
    scheduler.blockReceived(1, { piece: 2_000, offset: 0, length: BLOCK }, 1)
    expect(scheduler.isFlooding(1)).toBe(true)
    expect(scheduler.stats()).toMatchObject({ receivedBytes: 0, redundantBytes: 0 })
  })
})

describe('a reject of a request that was taken back', () => {
  test('says nothing of the next request for the block, and one more says it', () => {
    scheduler.wires.haveAll(1)
    scheduler.wires.unchoked(1, 0)
    const [first] = requestsOf(scheduler.plan(0))
    if (first === undefined) throw new Error('nothing was requested')
    const { piece, offset } = first
    scheduler.setSelected(null)
    expect(scheduler.plan(1).some(({ kind }) => kind === 'cancel')).toBe(true)
    scheduler.setSelected(new Uint8Array(PIECES / 8).fill(0xff))
    const again = requestsOf(scheduler.plan(2_000))
    expect(again.some((request) => request.piece === piece && request.offset === offset)).toBe(true)
    const outstanding = scheduler.stats().outstandingBlocks
    expect(scheduler.requestRejected(1, piece, offset, 2_001)).toBe(true)
    expect(scheduler.stats().outstandingBlocks).toBe(outstanding)
    expect(scheduler.requestRejected(1, piece, offset, 2_002)).toBe(true)
    expect(scheduler.stats().outstandingBlocks).toBe(outstanding - 1)
  })

  test('says nothing of it either where it was taken back twice', () => {
    scheduler.wires.haveAll(1)
    scheduler.wires.unchoked(1, 0)
    const [first] = requestsOf(scheduler.plan(0))
    if (first === undefined) throw new Error('nothing was requested')
    const { piece, offset } = first
    for (const time of [1, 2_001]) {
      scheduler.setSelected(null)
      scheduler.plan(time)
      scheduler.setSelected(new Uint8Array(PIECES / 8).fill(0xff))
      const again = requestsOf(scheduler.plan(time + 1_999))
      expect(again.some((one) => one.piece === piece && one.offset === offset)).toBe(true)
    }
    const outstanding = scheduler.stats().outstandingBlocks
    for (const time of [4_001, 4_002]) {
      expect(scheduler.requestRejected(1, piece, offset, time)).toBe(true)
      expect(scheduler.stats().outstandingBlocks).toBe(outstanding)
    }
    scheduler.requestRejected(1, piece, offset, 4_003)
    expect(scheduler.stats().outstandingBlocks).toBe(outstanding - 1)
  })
})
