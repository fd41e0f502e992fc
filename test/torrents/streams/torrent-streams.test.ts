import { describe, expect, it } from 'vitest'
import {
  type Available,
  FileStream,
  type StreamSource,
} from '../../../src/torrents/streams/file-stream.ts'
import { LOOK_AHEAD_BYTES, TorrentStreams } from '../../../src/torrents/streams/torrent-streams.ts'
import { TorrentError } from '../../../src/torrents/torrent-error.ts'

const MIB = 1024 * 1024
const GIB = 1024 * MIB

/** Streams of a torrent under a clock of the test's; bytes below `readable` are on the disk. */
class Bench implements StreamSource {
  now = 0
  readable = 0
  readonly streams = new TorrentStreams(() => this.now)

  open(
    options: { start?: number; length?: number; priority?: 'viewer' | 'probe' } = {},
  ): FileStream {
    const { start = 0, length = GIB, priority = 'viewer' } = options
    return new FileStream(this, { fileOffset: 100, start, length, priority, verifiedOnly: false })
  }

  available(_: FileStream, offset: number): Available {
    if (offset >= this.readable) return { kind: 'missing' }
    return { kind: 'stored', length: this.readable - offset }
  }

  read(_: number, target: Uint8Array): Promise<number> {
    return Promise.resolve(target.length)
  }

  changed(stream: FileStream, change: Parameters<StreamSource['changed']>[1]): void {
    if (change === 'opened') this.streams.add(stream)
    if (change === 'closed') this.streams.remove(stream)
    if (change === 'moved') this.streams.wasRead(stream)
    if (change === 'sought') this.streams.sought(stream)
  }
}

describe('the windows of streams', () => {
  it('begin at the position and look 32 MiB ahead, within the file', () => {
    const bench = new Bench()
    bench.open({ start: 5 })
    bench.open({ start: GIB - 10, priority: 'probe' })
    const [first, second] = bench.streams.windows()
    expect(first).toMatchObject({ start: 105, end: 105 + LOOK_AHEAD_BYTES, priority: 'viewer' })
    expect(second).toMatchObject({ start: 100 + GIB - 10, end: 100 + GIB, priority: 'probe' })
    expect(first?.id).not.toBe(second?.id)
  })

  it('go with their streams', () => {
    const bench = new Bench()
    const stream = bench.open()
    expect(bench.streams.count).toBe(1)
    stream.seek(MIB)
    expect(bench.streams.windows()).toMatchObject([{ start: 100 + MIB }])
    stream.close()
    expect(bench.streams.windows()).toEqual([])
    expect(bench.streams.count).toBe(0)
  })

  it('are drained as long as somebody reads, and again as soon as somebody waits', async () => {
    const bench = new Bench()
    bench.readable = 10_000
    const stream = bench.open()
    bench.now = 1_999
    expect(bench.streams.windows()).toMatchObject([{ draining: true, waiting: false }])
    bench.now = 2_000
    expect(bench.streams.windows()).toMatchObject([{ draining: false }])
    await stream.read(Buffer.alloc(9_900))
    expect(bench.streams.windows()).toMatchObject([{ draining: true }])
    bench.now = 60_000
    const reading = stream.read(Buffer.alloc(10))
    expect(bench.streams.windows()).toMatchObject([{ draining: true, waiting: true }])
    stream.close()
    await expect(reading).rejects.toMatchObject({ kind: 'closed' })
  })

  it('tell what a reader consumes, but not what it skips', async () => {
    const bench = new Bench()
    bench.readable = GIB
    const stream = bench.open()
    await stream.read(Buffer.alloc(10_000))
    stream.seek(500 * MIB)
    await stream.read(Buffer.alloc(10_000))
    bench.now = 4_999
    expect(bench.streams.windows()).toMatchObject([{ bytesPerMs: 0 }])
    bench.now = 10_000
    expect(bench.streams.windows()).toMatchObject([{ bytesPerMs: 2 }])
  })
})

describe('prefetching', () => {
  it('adds windows of its own, until it is ended', () => {
    const bench = new Bench()
    bench.open()
    const end = bench.streams.prefetch([
      { start: 10, end: 20 },
      { start: 30, end: 40 },
    ])
    const windows = bench.streams.windows()
    expect(windows.slice(1)).toMatchObject([
      { start: 10, end: 20, priority: 'prefetch', verifiedOnly: true, waiting: false },
      { start: 30, end: 40, priority: 'prefetch' },
    ])
    expect(new Set(windows.map(({ id }) => id)).size).toBe(3)
    expect(bench.streams.count).toBe(1)
    end()
    end()
    expect(bench.streams.windows()).toHaveLength(1)
  })
})

describe('waking streams', () => {
  it('wakes who waits for a byte of the range, both ends included, and nobody else', async () => {
    const bench = new Bench()
    const waiting = [99, 100, 199, 200].map((start) => bench.open({ start }))
    const reads = waiting.map((stream) => stream.read(Buffer.alloc(1)).catch(() => 0))
    bench.readable = GIB
    bench.streams.wake(200, 299)
    expect(waiting.map(({ isWaiting }) => isWaiting)).toEqual([true, false, false, true])
    bench.streams.failAll(new TorrentError('closed', 'removed'))
    await Promise.all(reads)
    expect(bench.streams.count).toBe(0)
  })
})

describe('pieces that were given out unverified', () => {
  const corrupt = new TorrentError('corrupt', 'piece 7 was wrong')

  it('end the streams that got bytes of them when they turn out wrong', async () => {
    const bench = new Bench()
    const [victim, lucky] = [bench.open(), bench.open()]
    victim.unverifiedPieces.add(7)
    lucky.unverifiedPieces.add(8)
    bench.streams.failCorrupt(7, corrupt)
    await expect(victim.read(Buffer.alloc(1))).rejects.toBe(corrupt)
    expect([...bench.streams]).toEqual([lucky])
  })

  it('are forgotten when they turn out right', () => {
    const bench = new Bench()
    const stream = bench.open()
    stream.unverifiedPieces.add(7)
    bench.streams.forget(7)
    bench.streams.failCorrupt(7, corrupt)
    expect(bench.streams.count).toBe(1)
  })
})
