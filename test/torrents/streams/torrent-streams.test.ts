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
  /** The piece of all of them, where it is not verified. */
  unverifiedPiece: number | null = null
  beforeRead: () => void = () => {}
  readonly streams = new TorrentStreams(() => this.now)

  open(
    options: {
      start?: number
      length?: number
      priority?: 'viewer' | 'probe'
      lookAhead?: number
    } = {},
  ): FileStream {
    const { start = 0, length = GIB, priority = 'viewer', lookAhead } = options
    const place = { fileOffset: 100, start, length }
    return new FileStream(this, { ...place, priority, verifiedOnly: false, lookAhead })
  }

  available(_: FileStream, offset: number): Available {
    if (offset >= this.readable) return { kind: 'missing' }
    const { unverifiedPiece } = this
    return { kind: 'stored', length: this.readable - offset, unverifiedPiece }
  }

  read(_: number, target: Uint8Array): Promise<number> {
    this.beforeRead()
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
    expect(first).toMatchObject({ start: 105, end: 105 + LOOK_AHEAD_BYTES, endsWithFile: false })
    expect(second).toMatchObject({ start: 100 + GIB - 10, end: 100 + GIB, endsWithFile: true })
    expect([first?.priority, second?.priority]).toEqual(['viewer', 'probe'])
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

  it('end where the reader says how far ahead it wants, which may be nowhere', () => {
    const bench = new Bench()
    bench.open({ start: 1_000, lookAhead: 50_000 })
    bench.open({ start: 1_000, lookAhead: 0 })
    expect(bench.streams.windows()).toMatchObject([
      { start: 1_100, end: 51_100 },
      { start: 1_100, end: 1_100 },
    ])
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

  it('tell no rate of a reader that waits: it takes whatever comes', async () => {
    const bench = new Bench()
    bench.readable = 100 + MIB
    const stream = bench.open()
    await stream.read(Buffer.alloc(MIB))
    const reading = stream.read(Buffer.alloc(1))
    bench.now = 10_000
    expect(bench.streams.windows()).toMatchObject([{ waiting: true, bytesPerMs: 0 }])
    stream.close()
    await expect(reading).rejects.toMatchObject({ kind: 'closed' })
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
    bench.streams.end(new TorrentError('closed', 'removed'))
    await Promise.all(reads)
    expect(bench.streams.count).toBe(0)
  })
})

describe('pieces of which bytes were given out before they were verified', () => {
  const corrupt = new TorrentError('corrupt', 'piece 7 was wrong')

  /** A stream that has read ten bytes of a piece. */
  async function victimOf(bench: Bench, piece: number): Promise<FileStream> {
    const stream = bench.open()
    bench.readable = 1_000
    bench.unverifiedPiece = piece
    await stream.read(Buffer.alloc(10))
    return stream
  }

  it('end the streams that got them when they turn out wrong', async () => {
    const bench = new Bench()
    const victim = await victimOf(bench, 7)
    const lucky = await victimOf(bench, 8)
    bench.streams.failCorrupt(7, corrupt)
    await expect(victim.read(Buffer.alloc(1))).rejects.toBe(corrupt)
    expect([...bench.streams]).toEqual([lucky])
  })

  it('are forgotten when they turn out right', async () => {
    const bench = new Bench()
    await victimOf(bench, 7)
    bench.streams.verified(7)
    bench.streams.failCorrupt(7, corrupt)
    expect(bench.streams.count).toBe(1)
  })

  it('do not count where a stream only asked, or its read was still under way', async () => {
    const bench = new Bench()
    bench.readable = 1_000
    bench.unverifiedPiece = 7
    const [asking, reading] = [bench.open(), bench.open()]
    await asking.whenReadable()
    let reads = 0
    bench.beforeRead = () => {
      if (reads++ > 0) return
      bench.streams.failCorrupt(7, corrupt)
      bench.unverifiedPiece = null
    }
    expect(await reading.read(Buffer.alloc(10))).toBe(10)
    expect(reads).toBe(2)
    expect(bench.streams.count).toBe(2)
  })

  it('are right, too, where they are verified while they are read', async () => {
    const bench = new Bench()
    bench.readable = 1_000
    bench.unverifiedPiece = 7
    const stream = bench.open()
    bench.beforeRead = () => bench.streams.verified(7)
    await stream.read(Buffer.alloc(10))
    bench.streams.failCorrupt(7, corrupt)
    expect(bench.streams.count).toBe(1)
  })
})
