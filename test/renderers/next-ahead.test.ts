import { describe, expect, it } from 'vitest'
import { Library } from '../../src/library/library.ts'
import { silentLogger } from '../../src/log.ts'
import { type AheadTorrent, episodeAfter, NextAhead } from '../../src/renderers/next-ahead.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { hashOf, memoryStore, TorrentShelf, torrentOf } from '../helpers/torrent-shelf.ts'

/** `ftyp` and `mdat`, so that `moov` stands at the end. */
function mp4Head(length: number, mdat: number): Buffer {
  const head = Buffer.alloc(length)
  head.writeUInt32BE(16, 0)
  head.write('ftypisom', 4)
  head.writeUInt32BE(mdat, 16)
  head.write('mdat', 20)
  return head
}

class FetchedTorrent implements AheadTorrent {
  readonly files = [{ components: ['film.mp4'], length: 10_000_000 }]
  readonly wanted: string[] = []
  readonly released: string[] = []
  openStreams = 0
  read: (buffer: Uint8Array) => Promise<number> = async (buffer) => {
    buffer.set(mp4Head(buffer.length, 9_000_000))
    return buffer.length
  }

  prefetch(_: number, ranges: readonly { start: number; end: number }[]): () => void {
    const name = ranges.map(({ start, end }) => `${start}-${end}`).join()
    this.wanted.push(name)
    return () => this.released.push(name)
  }

  stream() {
    this.openStreams++
    return {
      read: (buffer: Uint8Array) => this.read(buffer),
      close: () => {
        this.openStreams--
      },
    }
  }
}

function start(torrent: FetchedTorrent = new FetchedTorrent()) {
  const clock = new FakeClock()
  const ahead = new NextAhead({ torrentOf: () => torrent, clock })
  return { torrent, clock, ahead }
}

describe('what is played next', () => {
  it('has its head and its index fetched, once, and not for ever', async () => {
    const { torrent, clock, ahead } = start()
    ahead.fetch({ infoHash: 'a', fileIndex: 0 })
    ahead.fetch({ infoHash: 'a', fileIndex: 0 })
    await clock.advance(10)
    const [head, index] = torrent.wanted
    expect(torrent.wanted).toHaveLength(2)
    expect(head).toBe('0-2097151')
    expect(index).toMatch(/^9000016-/)
    expect(torrent.openStreams).toBe(0)
    expect(torrent.released).toEqual([])
    await clock.advance(15 * 60_000)
    expect(torrent.released).toEqual(torrent.wanted)
  })

  it('is let go when the server ends, also in the middle of reading', async () => {
    const { torrent, clock, ahead } = start()
    torrent.read = () => new Promise(() => {})
    ahead.fetch({ infoHash: 'a', fileIndex: 0 })
    await clock.advance(10)
    expect(torrent.openStreams).toBe(1)
    ahead.close()
    expect([torrent.openStreams, torrent.released, clock.pending]).toEqual([0, ['0-2097151'], 0])
  })

  it('is nothing that cannot be read', async () => {
    const { torrent, clock, ahead } = start()
    torrent.read = async () => {
      throw new Error('removed')
    }
    ahead.fetch({ infoHash: 'a', fileIndex: 0 })
    ahead.fetch({ infoHash: 'a', fileIndex: 7 })
    await clock.advance(10)
    expect([torrent.openStreams, torrent.wanted]).toEqual([0, ['0-2097151']])
  })

  it('is let go for others that are played later', async () => {
    const { torrent, clock, ahead } = start()
    for (const infoHash of 'abcdef') ahead.fetch({ infoHash, fileIndex: 0 })
    await clock.advance(10)
    expect(torrent.released.length).toBeGreaterThanOrEqual(2)
  })
})

it('the episode after one is the next of its series, wherever it lies', () => {
  const library = new Library({
    source: new TorrentShelf([
      torrentOf('One', ['Show.S01E01.mkv', 'Show.S01E02.mkv', 'Other.S01E01.mkv']),
      torrentOf('Two', ['Show.S02E01.mkv', 'Show.S01E02.720p.mkv', 'Film.2020.mkv']),
    ]),
    updateIds: memoryStore(),
    log: silentLogger(),
  })
  const after = (torrent: string, fileIndex: number) =>
    episodeAfter(library, { infoHash: hashOf(torrent), fileIndex })
  expect(after('One', 0)).toMatchObject({ fileIndex: 1 })
  expect(after('One', 1)).toEqual({ infoHash: hashOf('Two'), fileIndex: 0 })
  expect(after('Two', 1)).toEqual({ infoHash: hashOf('Two'), fileIndex: 0 })
  expect([after('Two', 0), after('One', 2), after('Two', 2)]).toEqual([null, null, null])
  library.close()
})
