import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { FactsSource } from '../../../src/library/facts/facts-source.ts'
import { Library } from '../../../src/library/library.ts'
import { silentLogger } from '../../../src/log.ts'
import type { AudioFacts, MediaFacts } from '../../../src/media/probe/media-facts.ts'
import { memoryStore, TorrentShelf, torrentOf } from '../../helpers/torrent-shelf.ts'

const FACTS: MediaFacts = {
  ...{ kind: 'image', container: 'jpeg', title: null, cover: null, codec: 'JPEG' },
  ...{ width: 10, height: 20 },
}
const SONG: AudioFacts = {
  ...{ kind: 'audio', container: 'mp3', title: null, cover: null },
  ...{ durationMs: 1_000, bitRate: 96_000, audio: [], tags: {} },
}

/** Facts that a test finds out. */
class FoundFacts implements FactsSource {
  readonly probing = null
  readonly known = new Set<string>()
  readonly asked: string[] = []
  #listener: Parameters<FactsSource['onFacts']>[0] = () => {}

  factsOf: FactsSource['factsOf'] = (infoHash, fileIndex) =>
    this.known.has(`${infoHash}-${fileIndex}`) ? FACTS : undefined

  readonly version = 0

  propertyOf: FactsSource['propertyOf'] = () => null

  lookedAt: FactsSource['lookedAt'] = (infoHash, fileIndices) => {
    this.asked.push(...fileIndices.map((fileIndex) => `${infoHash}-${fileIndex}`))
  }

  onFacts: FactsSource['onFacts'] = (listener) => {
    this.#listener = listener
  }

  find(...[infoHash, fileIndex]: Parameters<FactsSource['factsOf']>): void {
    this.known.add(`${infoHash}-${fileIndex}`)
    this.#listener(infoHash, fileIndex)
  }
}

const ALBUM = torrentOf('Album', ['1.jpg', '2.jpg', '3.jpg'])
const slice = { startingIndex: 0, requestedCount: 0, sort: [] }

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function libraryOf(facts: FactsSource, torrent = ALBUM) {
  const source = new TorrentShelf([torrent])
  const library = new Library({ source, updateIds: memoryStore(), facts, log: silentLogger() })
  const changes: number[] = []
  library.on('changed', () => changes.push(library.systemUpdateId))
  return { library, changes }
}

describe('an item whose file nobody has looked at', () => {
  it('is listed at once, without facts, and its file is asked for', () => {
    const facts = new FoundFacts()
    const { library } = libraryOf(facts)
    const page = library.children(ALBUM.infoHash, { ...slice, requestedCount: 2 })
    expect(page?.objects.map((object) => object.kind === 'item' && object.facts)).toEqual([
      undefined,
      undefined,
    ])
    expect(facts.asked).toEqual([`${ALBUM.infoHash}-0`, `${ALBUM.infoHash}-1`])
  })

  it('has facts when they are known, in lists and by itself', () => {
    const facts = new FoundFacts()
    facts.find(ALBUM.infoHash, 0)
    const { library } = libraryOf(facts)
    expect(library.children(ALBUM.infoHash, slice)?.objects[0]).toMatchObject({ facts: FACTS })
    expect(library.get(`${ALBUM.infoHash}-0`)).toMatchObject({ facts: FACTS })
    expect(facts.asked).not.toContain(`${ALBUM.infoHash}-0`)
  })

  it('makes one change for all facts that arrive within 3 s', () => {
    const facts = new FoundFacts()
    const { library, changes } = libraryOf(facts)
    library.children(ALBUM.infoHash, slice)
    facts.find(ALBUM.infoHash, 0)
    vi.advanceTimersByTime(2_000)
    facts.find(ALBUM.infoHash, 1)
    expect(changes).toEqual([])
    vi.advanceTimersByTime(1_000)
    expect(changes).toEqual([1])
    facts.find(ALBUM.infoHash, 2)
    vi.advanceTimersByTime(3_000)
    expect(changes).toEqual([1, 2])
  })

  it('makes no change where nobody was given it without them', () => {
    const facts = new FoundFacts()
    const { library, changes } = libraryOf(facts)
    facts.find(ALBUM.infoHash, 0)
    library.children(ALBUM.infoHash, { ...slice, startingIndex: 1, requestedCount: 1 })
    facts.find(ALBUM.infoHash, 2)
    vi.advanceTimersByTime(60_000)
    expect(changes).toEqual([])
  })

  it('makes no change after the library was closed', () => {
    const facts = new FoundFacts()
    const { library } = libraryOf(facts)
    library.children(ALBUM.infoHash, slice)
    facts.find(ALBUM.infoHash, 0)
    library.close()
    vi.advanceTimersByTime(60_000)
    expect(library.systemUpdateId).toBe(0)
  })
})

describe('an item whose name says another kind than its bytes', () => {
  const liars = torrentOf('Liars', ['liar.jpg', 'liar.mkv', 'sound.mp4'])
  const knowing = (facts: MediaFacts): FoundFacts =>
    Object.assign(new FoundFacts(), { factsOf: () => facts })

  it.each([
    ['a song', SONG, [undefined, SONG, SONG]],
    ['a picture', FACTS, [FACTS, undefined, undefined]],
  ])('has no facts of %s where it is listed as what has none of them', (_, facts, listed) => {
    const found = knowing(facts)
    const { library } = libraryOf(found, liars)
    const objects = library.children(liars.infoHash, slice)?.objects ?? []
    expect(objects.map((object) => object.kind === 'item' && object.facts)).toEqual(listed)
    expect(found.asked).toEqual([])
  })
})

it('an item with facts of an earlier version is listed with them, and its file is asked for', () => {
  const facts = new FoundFacts()
  const { tags: _, ...old } = SONG
  let found: MediaFacts = old
  facts.factsOf = () => found
  const { library, changes } = libraryOf(facts, torrentOf('Album', ['1.mp3', '2.mp3']))
  const page = library.children(torrentOf('Album', []).infoHash, slice)
  expect(page?.objects).toMatchObject([{ facts: { durationMs: 1_000 } }, { facts: old }])
  expect(facts.asked).toHaveLength(2)
  found = { ...SONG, tags: { artist: 'N', album: 'B' } }
  facts.find(torrentOf('Album', []).infoHash, 0)
  vi.advanceTimersByTime(3_000)
  expect(changes).toHaveLength(1)
  const [first] = library.children(torrentOf('Album', []).infoHash, slice)?.objects ?? []
  expect(first).toMatchObject({ tags: { artist: 'N', album: 'B', track: 1 } })
  expect(facts.asked).toHaveLength(2)
})
