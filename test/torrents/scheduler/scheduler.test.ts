import { beforeEach, describe, expect, test } from 'vitest'
import { BlockProvenance, type Sender } from '../../../src/torrents/pieces/block-provenance.ts'
import { PieceLayout } from '../../../src/torrents/pieces/piece-layout.ts'
import type {
  BlockAction,
  SchedulerAction,
} from '../../../src/torrents/scheduler/model/scheduler-action.ts'
import type { StreamWindow } from '../../../src/torrents/scheduler/model/stream-window.ts'
import { BlockScheduler } from '../../../src/torrents/scheduler/scheduler.ts'

const BLOCK = 16_384
const PIECE = 4 * BLOCK
const PIECES = 64

function windowAt(start: number, more: Partial<StreamWindow> = {}): StreamWindow {
  return {
    id: 1,
    start,
    end: PIECES * PIECE,
    endsWithFile: true,
    waiting: true,
    draining: true,
    bytesPerMs: 0,
    priority: 'viewer',
    verifiedOnly: false,
    ...more,
  }
}

function only(kind: 'request' | 'cancel', actions: readonly SchedulerAction[]): BlockAction[] {
  return actions.flatMap((action) => (action.kind === kind ? [action as BlockAction] : []))
}

function indexOf({ piece, offset }: BlockAction): number {
  return (piece * PIECE + offset) / BLOCK
}

let scheduler: BlockScheduler

beforeEach(() => {
  const layout = new PieceLayout(PIECE, PIECES * PIECE)
  const provenance = new BlockProvenance(layout, 'always')
  scheduler = new BlockScheduler({ layout, provenance, random: () => 0 })
})

/** Opens `count` wires to seeds that do not choke us. */
function seeds(count: number, requestLimit = 250): void {
  for (let wire = 1; wire <= count; wire++) {
    scheduler.wires.opened(wire, { address: `10.0.0.${wire}`, requestLimit }, 0)
    scheduler.wires.haveAll(wire)
    scheduler.wires.unchoked(wire, 0)
  }
}

function receive(action: BlockAction, now: number): string {
  return scheduler.blockReceived(action.wire, action, now)
}

describe('a background that is held to a rate', () => {
  test('is no reason to plan again where nothing is selected', () => {
    seeds(1)
    scheduler.setBackgroundRate(1_000_000)
    scheduler.plan(0)
    expect(scheduler.wakeAt).toBe(Number.POSITIVE_INFINITY)
  })

  test('is one where something is, once there is enough for a block', () => {
    seeds(1)
    scheduler.setSelected(new Uint8Array(PIECES / 8).fill(0xff))
    scheduler.setBackgroundRate(4 * BLOCK)
    expect(only('request', scheduler.plan(0))).toHaveLength(1)
    expect(scheduler.wakeAt).toBe(250)
  })
})

describe('requests', () => {
  test('follow the position of the reader, six for each stranger', () => {
    seeds(4)
    scheduler.setWindows([windowAt(10 * BLOCK)], 0)
    const requests = only('request', scheduler.plan(0))
    expect(requests).toHaveLength(24)
    const wanted = [...new Set(requests.map(indexOf))].sort((a, b) => a - b)
    expect(wanted[0]).toBe(10)
    expect(wanted.at(-1)).toBe(9 + wanted.length)
    // Nobody has delivered yet: the first block is asked of three.
    expect(requests.filter((request) => indexOf(request) === 10)).toHaveLength(3)
  })

  test('never exceed what a peer lets stand open', () => {
    seeds(2, 3)
    scheduler.setWindows([windowAt(0)], 0)
    const requests = only('request', scheduler.plan(0))
    for (const wire of [1, 2]) {
      expect(requests.filter((request) => request.wire === wire)).toHaveLength(3)
    }
    scheduler.wires.limited(1, 4)
    expect(only('request', scheduler.plan(1))).toMatchObject([{ wire: 1 }])
  })

  test('are not sent without a stream on demand', () => {
    seeds(2)
    expect(scheduler.plan(0)).toEqual([])
    expect(scheduler.wakeAt).toBe(Number.POSITIVE_INFINITY)
  })

  test('go to a choking peer for allowed-fast pieces only', () => {
    scheduler.wires.opened(1, { address: '10.0.0.1', requestLimit: 250 }, 0)
    scheduler.wires.haveAll(1)
    scheduler.wires.allowedFast(1, 2)
    scheduler.setWindows([windowAt(0)], 0)
    const requests = only('request', scheduler.plan(0))
    expect(requests.map(({ piece }) => piece)).toEqual([2, 2, 2, 2])
  })

  test('for nobody do not go at once to a peer that begins to choke: it may let us go on', () => {
    seeds(1)
    scheduler.wires.allowedFast(1, 2)
    scheduler.setSelected(new Uint8Array(PIECES / 8).fill(0xff))
    scheduler.plan(0)
    scheduler.wires.choked(1, 10, { requestsDropped: true })
    expect(only('request', scheduler.plan(1_000))).toEqual([])
    // Nothing else would make it plan again, and saying once more that it chokes changes nothing.
    expect(scheduler.wakeAt).toBe(2_010)
    scheduler.wires.choked(1, 1_900, { requestsDropped: true })
    const later = only('request', scheduler.plan(2_010))
    expect(later.length).toBeGreaterThan(0)
    expect(later.every(({ piece }) => piece === 2)).toBe(true)
  })

  test('go to others when a peer chokes and drops them', () => {
    seeds(1)
    scheduler.setWindows([windowAt(0)], 0)
    const before = only('request', scheduler.plan(0)).map(indexOf)
    scheduler.wires.choked(1, 10, { requestsDropped: true })
    expect(only('request', scheduler.plan(10))).toEqual([])
    scheduler.wires.opened(2, { address: '10.0.0.2', requestLimit: 250 }, 20)
    scheduler.wires.haveAll(2)
    scheduler.wires.unchoked(2, 20)
    const after = only('request', scheduler.plan(20))
    expect(after.map(indexOf)).toEqual(before)
    expect(after.every(({ wire }) => wire === 2)).toBe(true)
  })

  test('are sent elsewhere after a reject, and to the same peer some time later', () => {
    seeds(1)
    scheduler.setWindows([windowAt(0)], 0)
    const [first] = only('request', scheduler.plan(0))
    if (first === undefined) throw new Error('nothing was requested')
    scheduler.requestRejected(1, first.piece, first.offset, 50)
    expect(only('request', scheduler.plan(50)).map(indexOf)).not.toContain(indexOf(first))
    scheduler.requestRejected(1, 0, BLOCK, 60)
    expect(scheduler.wakeAt).toBeLessThanOrEqual(550)
    expect(only('request', scheduler.plan(1_100)).map(indexOf)).toContain(indexOf(first))
  })

  test('only for what is waited for while the store is full', () => {
    seeds(4)
    scheduler.setWriteBackpressure({ isFull: true })
    scheduler.setWindows([windowAt(0)], 0)
    const requests = only('request', scheduler.plan(0))
    expect(new Set(requests.map(({ piece }) => piece))).toEqual(new Set([0]))
    scheduler.setWriteBackpressure({ isFull: false })
    expect(only('request', scheduler.plan(1)).length).toBeGreaterThan(0)
  })
})

describe('a seek', () => {
  test('takes stale requests back and asks anew in one plan', () => {
    seeds(2)
    scheduler.setWindows([windowAt(0)], 0)
    const stale = only('request', scheduler.plan(0))
    scheduler.setWindows([windowAt(40 * PIECE)], 10)
    const actions = scheduler.plan(10)
    expect(only('cancel', actions)).toHaveLength(stale.length)
    expect(only('request', actions).map(indexOf)).toContain(160)
    const kinds = actions.map(({ kind }) => kind)
    expect(kinds.lastIndexOf('cancel')).toBeLessThan(kinds.indexOf('request'))
  })

  test('clears the background download out of its way', () => {
    seeds(2)
    scheduler.setSelected(new Uint8Array(PIECES / 8).fill(0xff))
    const background = only('request', scheduler.plan(0))
    expect(background.length).toBeGreaterThan(0)
    scheduler.setWindows([windowAt(40 * PIECE, { end: 44 * PIECE })], 10)
    const actions = scheduler.plan(10)
    expect(only('cancel', actions)).toHaveLength(background.length)
    expect(only('request', actions)[0]).toMatchObject({ piece: 40, offset: 0 })
  })

  test('keeps what was cancelled and comes all the same', () => {
    seeds(1)
    scheduler.setWindows([windowAt(0)], 0)
    const [first] = only('request', scheduler.plan(0))
    if (first === undefined) throw new Error('nothing was requested')
    scheduler.setWindows([windowAt(40 * PIECE)], 10)
    scheduler.plan(10)
    expect(receive(first, 60)).toBe('fresh')
    expect(receive(first, 61)).toBe('unasked')
  })
})

test('closing releases everything in the same plan', () => {
  seeds(3)
  scheduler.setWindows([windowAt(0)], 0)
  const requests = only('request', scheduler.plan(0))
  scheduler.setWindows([], 10)
  expect(only('cancel', scheduler.plan(10))).toHaveLength(requests.length)
  expect(scheduler.stats()).toMatchObject({ outstandingBlocks: 0, downloadingPieces: 0 })
})

describe('a block', () => {
  test('that nobody asked for is told apart, as is what is none', () => {
    seeds(1)
    expect(scheduler.blockReceived(1, { piece: 0, offset: 0, length: BLOCK }, 0)).toBe('unasked')
    scheduler.setWindows([windowAt(0)], 0)
    scheduler.plan(0)
    expect(scheduler.blockReceived(1, { piece: 0, offset: 0, length: BLOCK - 1 }, 5)).toBe(
      'unasked',
    )
    for (const odd of [7, -BLOCK, 0.5, 2 ** 40, Number.NaN]) {
      expect(scheduler.blockReceived(1, { piece: 0, offset: odd, length: BLOCK }, 5)).toBe(
        'unasked',
      )
    }
    for (const odd of [PIECES, -1, 0.5, 2 ** 32, Number.NaN]) {
      expect(scheduler.blockReceived(1, { piece: odd, offset: 0, length: BLOCK }, 5)).toBe(
        'unasked',
      )
    }
    expect(scheduler.blockReceived(9, { piece: 0, offset: 0, length: BLOCK }, 5)).toBe('unwanted')
  })

  test('that came from another address too is told apart', () => {
    seeds(3)
    scheduler.setWindows([windowAt(0)], 0)
    scheduler.plan(0)
    expect(scheduler.blockReceived(1, { piece: 0, offset: 0, length: BLOCK }, 50)).toBe('fresh')
    // The others had been asked; theirs were on the way when they were cancelled.
    expect(only('cancel', scheduler.plan(50))).toHaveLength(2)
    expect(scheduler.blockReceived(2, { piece: 0, offset: 0, length: BLOCK }, 60)).toBe('second')
    scheduler.comparisons.proven(0, 0)
    expect(scheduler.blockReceived(3, { piece: 0, offset: 0, length: BLOCK }, 70)).toBe('unwanted')
  })

  test('whose copies differ is fetched again, from others first', () => {
    seeds(3)
    scheduler.setWindows([windowAt(0, { end: BLOCK })], 0)
    scheduler.plan(0)
    scheduler.blockReceived(1, { piece: 0, offset: 0, length: BLOCK }, 50)
    scheduler.plan(50)
    expect(scheduler.blockReceived(2, { piece: 0, offset: 0, length: BLOCK }, 60)).toBe('second')
    scheduler.comparisons.discarded(0, 0)
    const again = only('request', scheduler.plan(400)).filter((request) => indexOf(request) === 0)
    expect(again.map(({ wire }) => wire)).toEqual([3])
  })

  test('is fetched again when its piece fails, or is lost from the disk', () => {
    seeds(1)
    scheduler.setHave(new Uint8Array(PIECES / 8).fill(0xff))
    scheduler.setWindows([windowAt(0)], 0)
    expect(only('request', scheduler.plan(0))).toEqual([])
    scheduler.pieceFailed(3)
    const requests = only('request', scheduler.plan(1))
    expect(requests.map(indexOf)).toEqual([12, 13, 14, 15])
    for (const request of requests) receive(request, 100)
    scheduler.pieceFailed(3)
    expect(only('request', scheduler.plan(101)).map(indexOf)).toEqual([12, 13, 14, 15])
  })
})

describe('starving', () => {
  test('ends with 2 MiB, and is not counted where nobody could help', () => {
    scheduler.setWindows([windowAt(0)], 0)
    expect(scheduler.starving(0)).toBe(false)
    seeds(1)
    expect(scheduler.starving(0)).toBe(true)
    for (let piece = 0; piece < 32; piece++) scheduler.pieceVerified(piece)
    expect(scheduler.starving(1)).toBe(false)
  })

  test('does not go on for a stream that has been stuck for 10 s', () => {
    seeds(1)
    scheduler.setWindows([windowAt(0)], 0)
    expect(scheduler.starving(9_000)).toBe(true)
    expect(scheduler.starving(10_001)).toBe(false)
  })

  test('is no matter of probes, prefetching or paused streams', () => {
    seeds(1)
    for (const more of [
      { priority: 'probe' },
      { priority: 'prefetch' },
      { draining: false, waiting: false },
    ] as const) {
      scheduler.setWindows([windowAt(0, more)], 0)
      expect(scheduler.starving(0)).toBe(false)
    }
  })
})

describe('a banned address', () => {
  test('is asked for nothing', () => {
    seeds(2)
    scheduler.setWindows([windowAt(0)], 0)
    scheduler.plan(0)
    scheduler.peerBanned('10.0.0.1')
    const actions = scheduler.plan(1)
    expect(only('cancel', actions).every(({ wire }) => wire === 1)).toBe(true)
    expect(only('request', actions).every(({ wire }) => wire === 2)).toBe(true)
    scheduler.setWindows([windowAt(20 * PIECE)], 2)
    expect(only('request', scheduler.plan(2)).every(({ wire }) => wire === 2)).toBe(true)
  })
})

test('prefetching comes after what a viewer starts with, and before the rest', () => {
  seeds(1)
  const viewer = windowAt(0, { end: 8 * PIECE })
  const tail = windowAt(60 * PIECE, { id: 2, priority: 'prefetch', waiting: false })
  scheduler.setWindows([viewer, tail], 0)
  const order: number[] = []
  let actions = only('request', scheduler.plan(0))
  for (let now = 50; actions.length > 0; now += 50) {
    order.push(...actions.map(({ piece }) => piece))
    for (const action of actions) receive(action, now)
    actions = only('request', scheduler.plan(now))
  }
  expect(order.indexOf(60)).toBeGreaterThan(order.lastIndexOf(7))
  expect(order).toContain(63)
})

describe('samples', () => {
  beforeEach(() => {
    const layout = new PieceLayout(PIECE, PIECES * PIECE)
    const provenance = new BlockProvenance(layout, 'proven')
    scheduler = new BlockScheduler({ layout, provenance, random: () => 0.5 })
  })

  function samplesOf(actions: readonly SchedulerAction[]): BlockAction[] {
    return only('request', actions).filter(({ offset }) => offset % BLOCK !== 0)
  }

  test('are asked of another wire than the block, and before the blocks', () => {
    seeds(4)
    scheduler.setWindows([windowAt(0)], 0)
    const actions = scheduler.plan(0)
    const samples = samplesOf(actions)
    expect(samples.length).toBeGreaterThan(0)
    expect(actions.slice(0, samples.length)).toEqual(samples)
    for (const { wire, piece, offset } of samples) {
      const block = offset - (offset % BLOCK)
      const holds = only('request', actions).some(
        (other) => other.wire === wire && other.piece === piece && other.offset === block,
      )
      expect(holds).toBe(false)
    }
  })

  test('are not asked of a wire that closed over them when it comes back', () => {
    seeds(3)
    scheduler.setWindows([windowAt(0)], 0)
    const [first] = samplesOf(scheduler.plan(0))
    const id = first?.wire ?? 0
    scheduler.wires.closed(id, 10)
    scheduler.wires.opened(9, { address: `10.0.0.${id}`, requestLimit: 250 }, 20)
    scheduler.wires.haveAll(9)
    scheduler.wires.unchoked(9, 20)
    const later = [...scheduler.plan(20), ...scheduler.plan(400), ...scheduler.plan(800)]
    expect(only('request', later).some(({ wire }) => wire === 9)).toBe(true)
    expect(samplesOf(later).some(({ wire }) => wire === 9)).toBe(false)
  })

  test('are taken once, and nothing that was not asked for', () => {
    seeds(3)
    scheduler.setWindows([windowAt(0)], 0)
    const [sample] = samplesOf(scheduler.plan(0))
    if (sample === undefined) throw new Error('no sample was asked for')
    expect(receive(sample, 50)).toBe('sample')
    expect(receive(sample, 60)).toBe('unasked')
    expect(scheduler.stats().copyBytes).toBe(128)
  })
})

describe('a peer that two addresses contradict', () => {
  const senders = [1, 2, 3, 4].map((n) => ({ peer: `10.0.0.${n}`, address: `10.0.0.${n}` }))
  const [liar, second, third] = senders as [Sender, Sender, Sender]

  function playing(): BlockAction[] {
    seeds(4)
    scheduler.setWindows([windowAt(0)], 0)
    const requests = only('request', scheduler.plan(0))
    for (const wire of [2, 3, 4]) {
      const first = requests.find((request) => request.wire === wire)
      if (first === undefined) throw new Error('nothing was asked of it')
      receive(first, 50)
      // Who agrees with others has a say.
      const voucher = senders[wire === 2 ? 2 : 1]
      scheduler.comparisons.vouched(first.piece, first.offset, voucher?.peer ?? '')
    }
    return requests
  }

  test('is asked for nothing that others would send, from the second one on', () => {
    const before = playing().filter(({ wire }) => wire === 1)
    expect(scheduler.comparisons.contradicted(liar, second)).toEqual([])
    expect(scheduler.comparisons.contradicted(third, liar)).toEqual([liar.peer])
    const actions = scheduler.plan(60)
    const cancelled = only('cancel', actions).filter(({ wire }) => wire === 1)
    expect(cancelled.map(indexOf).sort()).toEqual(before.map(indexOf).sort())
    expect(only('request', actions).filter(({ wire }) => wire === 1)).toEqual([])
    expect(scheduler.comparisons.contradicted(liar, senders[3] ?? third)).toEqual([])
  })

  test('has nothing taken that comes too late', () => {
    const [late] = playing().filter(({ wire }) => wire === 1)
    scheduler.comparisons.contradicted(liar, second)
    scheduler.comparisons.contradicted(liar, third)
    expect(late && receive(late, 60)).toBe('unwanted')
  })

  test('is asked all the same where nobody else has anything', () => {
    playing()
    scheduler.comparisons.contradicted(liar, second)
    scheduler.comparisons.contradicted(liar, third)
    for (const wire of [2, 3, 4]) scheduler.wires.closed(wire, 100)
    expect(only('request', scheduler.plan(10_000)).map(({ wire }) => wire)).toContain(1)
  })
})
