import { describe, expect, it } from 'vitest'
import { Library } from '../../../src/library/library.ts'
import type { SortKey } from '../../../src/library/sorting/object-order.ts'
import { silentLogger } from '../../../src/log.ts'
import {
  changeOf,
  childrenOf,
  libraryOf,
  outline,
  titlesOf,
  topsOf,
} from '../../helpers/browsed-library.ts'
import { hashOf, memoryStore, TorrentShelf, torrentOf } from '../../helpers/torrent-shelf.ts'

describe('opening with many torrents', () => {
  it('lets others have their turn, and knows what came and went meanwhile', async () => {
    const many = Array.from({ length: 2_000 }, (_, index) =>
      torrentOf(
        `Show ${index}`,
        Array.from({ length: 8 }, (__, file) => `S01E${file + 1}.mkv`),
      ),
    )
    const source = new TorrentShelf(many)
    let isOpen = false
    const opening = Library.open({ source, updateIds: memoryStore(), log: silentLogger() })
    void opening.then(() => {
      isOpen = true
    })
    // What is below runs while it is being opened, or there is nothing to be seen here.
    expect(isOpen).toBe(false)
    source.remove(many[0] as (typeof many)[0])
    source.add(torrentOf('New', ['New.mkv']))
    const library = await opening
    const titles = titlesOf(topsOf(library))
    expect(titles).toHaveLength(2_000)
    expect(titles).not.toContain('Show 0')
    expect(titles).toContain('New.mkv')
    library.close()
  })
})

describe('a torrent of very many files', () => {
  const paths = Array.from(
    { length: 3_000 },
    (_, n) => `Show ${n % 3}/Season ${n % 7}/S01E${String((n * 7) % 3_000).padStart(2, '0')}.mkv`,
  )
  const big = torrentOf('Big', paths)

  it('is seen a moment later, whole and in order', async () => {
    const { shelf, library } = libraryOf()
    shelf.add(big)
    expect(library.get(big.infoHash)).toBeNull()
    await changeOf(library)
    expect(library.systemUpdateId).toBe(1)
    const lines = outline(library)
    expect(lines).toHaveLength(1 + 3 + 21 + 3_000)
    const episodes = lines.filter((line) => line.startsWith('Big/Show 1/Season 4/S'))
    const numbers = episodes.map((line) => Number(/E(\d+)/.exec(line)?.[1]))
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
  })

  it('is seen a moment after a restart as well', async () => {
    const { library } = libraryOf(torrentOf('a', ['a.mkv']), big)
    expect(titlesOf(topsOf(library))).toEqual(['a.mkv'])
    await changeOf(library)
    expect(titlesOf(topsOf(library))).toEqual(['Big', 'a.mkv'])
  })

  it('is not seen when it was removed meanwhile, and seen when it came back', async () => {
    const { shelf, library } = libraryOf()
    shelf.add(big)
    shelf.remove(big)
    shelf.add(big)
    await changeOf(library)
    expect(titlesOf(topsOf(library))).toEqual(['Big'])
    expect(library.systemUpdateId).toBe(1)
  })

  it('may have as many folders as files', async () => {
    const deep = paths.map(
      (_, n) => `${[1, 2, 3, 4, 5, 6, 7].map((level) => `${level} ${n}`).join('/')}/f.mkv`,
    )
    const { shelf, library } = libraryOf()
    shelf.add(torrentOf('Deep', deep))
    await changeOf(library)
    expect(childrenOf(library, hashOf('Deep'))).toHaveLength(3_000)
    expect(library.get(`${hashOf('Deep')}-d7-2999`)).toMatchObject({
      title: '7 2999',
      childCount: 1,
    })
    expect(library.get(`${hashOf('Deep')}-2999`)?.parentId).toBe(`${hashOf('Deep')}-d7-2999`)
    expect(library.get(`${hashOf('Deep')}-d8-2999`)).toBeNull()
    expect(library.get(`${hashOf('Deep')}-d7-3000`)).toBeNull()
  })

  it('is given 5,000 objects at a time, whoever asks for all', async () => {
    const flat = torrentOf(
      'Flat',
      Array.from({ length: 5_100 }, (_, n) => `${n}.mkv`),
    )
    const { shelf, library } = libraryOf()
    shelf.add(flat)
    await changeOf(library)
    const sort: SortKey[] = [{ property: 'title', descending: true }]
    const slice = { startingIndex: 0, requestedCount: 0, sort }
    const first = library.children(flat.infoHash, slice)
    expect(first?.objects).toHaveLength(5_000)
    expect(first?.totalMatches).toBe(5_100)
    expect(first?.objects[0]?.title).toBe('5099.mkv')
    expect(
      library.children(flat.infoHash, { ...slice, startingIndex: 5_000 })?.objects,
    ).toHaveLength(100)
  })
})
