import { describe, expect, it } from 'vitest'
import { Tracker, type TrackerRequest } from '../../../src/torrents/discovery/tracker.ts'
import type { TrackerAnswer } from '../../../src/torrents/discovery/tracker-answer.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

const OK: TrackerAnswer = {
  ...{ kind: 'peers', peers: ['192.0.2.1:1'], intervalSeconds: 1_800, minIntervalSeconds: null },
  ...{ trackerId: null, warning: null, seeders: 1, leechers: 2, externalAddress: null },
}
const SECOND = 1_000
const never = new AbortController().signal

class Bench {
  readonly clock = new FakeClock(0)
  /** Time in seconds and event of each announce. */
  readonly announces: [number, string | null][] = []
  readonly requests: TrackerRequest[] = []
  readonly peers: string[] = []
  answer: (request: TrackerRequest) => Promise<TrackerAnswer> = () => Promise.resolve(OK)
  readonly tracker = new Tracker({
    label: 'http://tracker.example/announce',
    ask: (request) => {
      this.announces.push([this.clock.now() / SECOND, request.event])
      this.requests.push(request)
      return this.answer(request)
    },
    inTurn: (_, run) => run(),
    onPeers: (peers) => this.peers.push(...peers),
    clock: this.clock,
    random: () => 0,
    log: { debug: () => {} },
  })
}

describe('a tracker', () => {
  it('is told that we start, then that we are there, and hears that we stop', async () => {
    const bench = new Bench()
    bench.tracker.start(0)
    await bench.clock.advance(4_000 * SECOND)
    await bench.tracker.stop(never)
    expect(bench.announces).toEqual([
      [0, 'started'],
      [1_800, null],
      [3_600, null],
      [4_000, 'stopped'],
    ])
    await bench.clock.advance(10_000 * SECOND)
    expect(bench.announces).toHaveLength(4)
    expect(bench.clock.pending).toBe(0)
    expect(bench.peers).toHaveLength(3)
  })

  it('begins when it is its turn', async () => {
    const bench = new Bench()
    bench.tracker.start(2_500)
    expect(bench.tracker.status).toMatchObject({ state: 'waiting', nextAnnounceMs: 2_500 })
    await bench.clock.advance(3_000)
    expect(bench.announces).toEqual([[2.5, 'started']])
    expect(bench.tracker.status).toMatchObject({ state: 'working', seeders: 1, leechers: 2 })
  })

  it('that fails is tried again after 15, 30, 60 s', async () => {
    const bench = new Bench()
    bench.answer = () => Promise.reject(new Error('nobody listens there'))
    bench.tracker.start(0)
    await bench.clock.advance(110 * SECOND)
    expect(bench.announces.map(([at]) => at)).toEqual([0, 15, 45, 105])
    expect(bench.requests.map(({ attempt }) => attempt)).toEqual([0, 1, 2, 3])
    expect(bench.tracker.status).toMatchObject({
      ...{ state: 'failing', message: 'nobody listens there', nextAnnounceMs: 115 * SECOND },
    })
    bench.answer = () => Promise.resolve(OK)
    await bench.clock.advance(130 * SECOND)
    expect(bench.tracker.status).toMatchObject({ state: 'working', message: null })
    expect(bench.announces.every(([, event]) => event === 'started')).toBe(true)
  })

  it('that refuses is asked again when it wants, and its words are kept', async () => {
    const bench = new Bench()
    bench.answer = () =>
      Promise.resolve({ kind: 'failure', reason: 'too many', retryInSeconds: 600 })
    bench.tracker.start(0)
    await bench.clock.advance(601 * SECOND)
    expect(bench.announces.map(([at]) => at)).toEqual([0, 600])
    expect(bench.tracker.status).toMatchObject({ state: 'failing', message: 'too many' })
  })

  it.each([1, -5, 2_147_484, 2 ** 32 - 1])(
    'that names an interval of %d s is asked twice a minute at most, and daily at least',
    async (intervalSeconds) => {
      const bench = new Bench()
      bench.answer = () => Promise.resolve({ ...OK, intervalSeconds })
      bench.tracker.start(0)
      await bench.clock.advance(2 * 86_400 * SECOND)
      expect(bench.announces.length).toBeLessThanOrEqual((2 * 86_400) / 30 + 1)
      expect(bench.announces.length).toBeGreaterThanOrEqual(2)
    },
  )

  it('gets its id back', async () => {
    const bench = new Bench()
    const trackerId = Uint8Array.of(1, 2)
    bench.answer = () => Promise.resolve({ ...OK, trackerId })
    bench.tracker.start(0)
    await bench.clock.advance(1)
    bench.answer = () => Promise.resolve(OK)
    await bench.clock.advance(1_800 * SECOND)
    await bench.tracker.stop(never)
    expect(bench.requests.map((request) => request.trackerId)).toEqual([null, trackerId, trackerId])
  })

  it('keeps its warning for people', async () => {
    const bench = new Bench()
    bench.answer = () => Promise.resolve({ ...OK, warning: 'old client' })
    bench.tracker.start(0)
    await bench.clock.advance(1)
    expect(bench.tracker.status).toMatchObject({ state: 'working', message: 'old client' })
  })
})

describe('completed', () => {
  it('is told at once, and once', async () => {
    const bench = new Bench()
    bench.tracker.start(0)
    await bench.clock.advance(100 * SECOND)
    bench.tracker.complete()
    await bench.clock.advance(2_000 * SECOND)
    expect(bench.announces).toEqual([
      [0, 'started'],
      [100, 'completed'],
      [1_900, null],
    ])
  })

  it('waits for a tracker that does not know us yet', async () => {
    const bench = new Bench()
    bench.answer = () => Promise.reject(new Error('dead'))
    bench.tracker.start(0)
    await bench.clock.advance(1 * SECOND)
    bench.tracker.complete()
    bench.answer = () => Promise.resolve(OK)
    await bench.clock.advance(20 * SECOND)
    expect(bench.announces).toEqual([
      [0, 'started'],
      [15, 'started'],
      [15, 'completed'],
    ])
  })

  it('comes behind an announce that is under way', async () => {
    const bench = new Bench()
    let answered = (): void => {}
    bench.answer = () => new Promise((resolve) => (answered = () => resolve(OK)))
    bench.tracker.start(0)
    await bench.clock.advance(1)
    bench.tracker.complete()
    expect(bench.announces).toHaveLength(1)
    bench.answer = () => Promise.resolve(OK)
    answered()
    await bench.clock.advance(1)
    expect(bench.announces.map(([, event]) => event)).toEqual(['started', 'completed'])
  })

  it('is told again where it was not heard', async () => {
    const bench = new Bench()
    bench.tracker.start(0)
    await bench.clock.advance(1)
    bench.answer = () => Promise.reject(new Error('dead'))
    bench.tracker.complete()
    await bench.clock.advance(1)
    bench.answer = () => Promise.resolve(OK)
    await bench.clock.advance(2_000 * SECOND)
    expect(bench.announces.map(([, event]) => event)).toEqual([
      ...['started', 'completed', 'completed'],
      null,
    ])
  })
})

describe('stopping', () => {
  it('says nothing to a tracker that never answered', async () => {
    const bench = new Bench()
    bench.answer = () => Promise.reject(new Error('dead'))
    bench.tracker.start(0)
    await bench.clock.advance(1)
    await bench.tracker.stop(never)
    expect(bench.announces).toHaveLength(1)
  })

  it('gives up an announce under way, and tells the tracker, which may have heard it', async () => {
    const bench = new Bench()
    bench.answer = ({ signal, event }) =>
      event === 'stopped'
        ? Promise.resolve(OK)
        : new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    bench.tracker.start(0)
    await bench.clock.advance(1)
    await bench.tracker.stop(never)
    expect(bench.announces.map(([, event]) => event)).toEqual(['started', 'stopped'])
    expect(bench.clock.pending).toBe(0)
  })

  it('does not reject where the tracker is gone', async () => {
    const bench = new Bench()
    bench.tracker.start(0)
    await bench.clock.advance(1)
    bench.answer = () => Promise.reject(new Error('dead'))
    await bench.tracker.stop(never)
    expect(bench.announces).toHaveLength(2)
    await bench.tracker.stop(never)
    expect(bench.announces).toHaveLength(2)
  })
})
