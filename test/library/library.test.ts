import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createLogger } from '../../src/json-log.ts'
import { Library } from '../../src/library/library.ts'
import type { MediaObject } from '../../src/library/objects/media-object.ts'
import type { SortKey } from '../../src/library/sorting/object-order.ts'
import { silentLogger } from '../../src/log.ts'
import type { TorrentFile } from '../../src/torrents/metainfo/torrent-file.ts'
import { childrenOf, outline, titlesOf, topsOf } from '../helpers/browsed-library.ts'
import { filesOf, hashOf, memoryStore, TorrentShelf, torrentOf } from '../helpers/torrent-shelf.ts'

function libraryOf(source: TorrentShelf, updateIds = memoryStore(), log = silentLogger()): Library {
  return new Library({ source, updateIds, log })
}

describe('the tree', () => {
  it('nests folders as the torrent does, containers first, in natural order', () => {
    const show = torrentOf('Show', [
      'Season 10/e1.mkv',
      'Season 2/e10.mkv',
      'Season 2/e9.mkv',
      'trailer.mp4',
      'Season 2/Extras/making of.avi',
      'Season 2/cover.jpg',
    ])
    const library = libraryOf(new TorrentShelf([show, torrentOf('Film', ['Film.2021.mkv'])]))
    expect(outline(library)).toEqual([
      'Show/',
      'Show/Season 2/',
      'Show/Season 2/Extras/',
      'Show/Season 2/Extras/making of.avi',
      'Show/Season 2/cover.jpg',
      'Show/Season 2/e9.mkv',
      'Show/Season 2/e10.mkv',
      'Show/Season 10/',
      'Show/Season 10/e1.mkv',
      'Show/trailer.mp4',
      'Film.2021.mkv',
    ])
  })

  it('shows a torrent of one file as an item, without the folders around it', () => {
    const torrents = [
      torrentOf('A', ['a.mkv']),
      torrentOf('B', ['in/b.mkv', 'in/b.nfo', 'in/Subs/b.srt', 'in/poster.jpg']),
      torrentOf('C', ['in/c.mkv', 'in/holiday.jpg']),
    ]
    expect(outline(libraryOf(new TorrentShelf(torrents)))).toEqual([
      'C/',
      'C/in/',
      'C/in/c.mkv',
      'C/in/holiday.jpg',
      'a.mkv',
      'b.mkv',
    ])
  })

  it('leaves out padding, symlinks, what is no media, and folders without any', () => {
    const files = filesOf(['cd/a.mp3', 'cd/a.nfo', 'b.mp3', 'txt/b.txt', '.pad/1.mkv', 'l.mkv'])
    const odd = files.map((file): TorrentFile => {
      if (file.index === 4) return { ...file, padding: true }
      return file.index === 5 ? { ...file, symlink: ['cd', 'a.mp3'] } : file
    })
    const library = libraryOf(new TorrentShelf([{ ...torrentOf('Album', []), files: odd }]))
    expect(outline(library)).toEqual(['Album/', 'Album/cd/', 'Album/cd/a.mp3', 'Album/b.mp3'])
  })

  it('gives every object a parent that lists it, an exact childCount, and an id of its own', () => {
    const paths = ['a/b/c/1.mkv', 'a/b/2.mkv', 'a/3.mkv', '4.mkv', 'b/a/5.mkv', 'a/b/c/6.mkv']
    const library = libraryOf(new TorrentShelf([torrentOf('T', paths), torrentOf('U', paths)]))
    const seen = new Set<string>()
    const visit = (object: MediaObject): void => {
      expect(library.get(object.id)).toEqual(object)
      expect(seen.has(object.id)).toBe(false)
      seen.add(object.id)
      const children = childrenOf(library, object.id)
      if (object.kind === 'container') expect(object.childCount).toBe(children.length)
      for (const child of children) {
        expect(child.parentId).toBe(object.id)
        visit(child)
      }
    }
    const root = library.get('0')
    expect(root?.parentId).toBe('-1')
    if (root !== null) visit(root)
    const inTorrents = [...seen].filter((id) => /^[0-9a-f]{40}/.test(id))
    expect(inTorrents).toHaveLength(2 * (1 + 5 + 6))
    expect(seen.size).toBeGreaterThan(inTorrents.length + 2 * 12)
  })

  it('shows both of two torrents with one name', () => {
    const twin = { ...torrentOf('other', ['1.mkv', '2.mkv']), name: 'Film' }
    const library = libraryOf(new TorrentShelf([torrentOf('Film', ['1.mkv', '2.mkv']), twin]))
    expect(titlesOf(topsOf(library))).toEqual(['Film', 'Film'])
  })

  it('survives a folder path that is thousands of names deep', () => {
    const deep = `${'d/'.repeat(20_000)}film.mkv`
    const library = libraryOf(new TorrentShelf([torrentOf('Deep', [deep, 'film.mkv'])]))
    expect(childrenOf(library, hashOf('Deep'))).toHaveLength(2)
  })

  it('skips a file that cannot be listed, and only that', () => {
    const [good, better, bad] = filesOf(['a.mkv', 'b.mkv', 'c.mkv'])
    const broken = {
      ...bad,
      get components(): never {
        throw new Error('a bug of ours')
      },
    } as unknown as TorrentFile
    const files = good === undefined || better === undefined ? [] : [good, better, broken]
    const library = libraryOf(new TorrentShelf([{ ...torrentOf('Half', []), files }]))
    expect(outline(library)).toEqual(['Half/', 'Half/a.mkv', 'Half/b.mkv'])
  })
})

describe('what is not shown', () => {
  it('is a torrent without media; the log says why, once', () => {
    const lines: string[] = []
    const destination = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk))
        done()
      },
    })
    const shelf = new TorrentShelf()
    const library = libraryOf(shelf, memoryStore(), createLogger('info', destination))
    const rar = torrentOf('Film', ['film.rar', 'film.r00', 'film.nfo'])
    shelf.add(rar)
    shelf.change(rar)
    expect(topsOf(library)).toEqual([])
    expect(library.get(rar.infoHash)).toBeNull()
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      infoHash: rar.infoHash,
      torrent: 'Film',
      msg: 'torrent is not shown on TVs: no video, audio or image file in it',
    })
  })

  it('is a magnet whose metadata has not arrived', () => {
    const shelf = new TorrentShelf()
    const library = libraryOf(shelf)
    shelf.add({ ...torrentOf('Film', []), name: null })
    expect(topsOf(library)).toEqual([])
    expect(library.systemUpdateId).toBe(0)
    shelf.change(torrentOf('Film', ['film.mkv']))
    expect(titlesOf(topsOf(library))).toEqual(['film.mkv'])
    expect(library.systemUpdateId).toBe(1)
  })
})

describe('children()', () => {
  const paths = ['e3.mkv', 'e1.mp3', 'e10.jpg', 'e2.mkv', 'z/e0.mkv']
  const library = libraryOf(new TorrentShelf([torrentOf('T', paths)]))
  const id = hashOf('T')

  it.each([
    [0, 2, ['z', 'e1.mp3']],
    [3, 1, ['e3.mkv']],
    [3, 0, ['e3.mkv', 'e10.jpg']],
    [4, 200, ['e10.jpg']],
    [5, 10, []],
    [4_294_967_295, 4_294_967_295, []],
  ])('from %i, %i of them', (startingIndex, requestedCount, titles) => {
    const found = library.children(id, { startingIndex, requestedCount, sort: [] })
    expect(titlesOf(found?.objects ?? [])).toEqual(titles)
    expect(found?.totalMatches).toBe(5)
  })

  it.each<[SortKey['property'], boolean, readonly string[]]>([
    ['title', false, ['e1.mp3', 'e2.mkv', 'e3.mkv', 'e10.jpg', 'z']],
    ['title', true, ['z', 'e10.jpg', 'e3.mkv', 'e2.mkv', 'e1.mp3']],
    ['size', false, ['z', 'e3.mkv', 'e1.mp3', 'e10.jpg', 'e2.mkv']],
    ['class', false, ['z', 'e1.mp3', 'e10.jpg', 'e2.mkv', 'e3.mkv']],
    ['date', false, ['z', 'e1.mp3', 'e2.mkv', 'e3.mkv', 'e10.jpg']],
  ])('sorts by %s, descending: %s', (property, descending, titles) => {
    expect(titlesOf(childrenOf(library, id, [{ property, descending }]))).toEqual(titles)
  })

  it('asks the second key where the first one ties', () => {
    const sort: SortKey[] = [
      { property: 'class', descending: true },
      { property: 'title', descending: true },
    ]
    const titles = ['e3.mkv', 'e2.mkv', 'e10.jpg', 'e1.mp3', 'z']
    expect(titlesOf(childrenOf(library, id, sort))).toEqual(titles)
  })

  it('knows the newest torrents by date, and its own order again after a change', () => {
    const shelf = new TorrentShelf()
    const root = libraryOf(shelf)
    const sort: SortKey[] = [{ property: 'date', descending: true }]
    for (const [day, name] of ['b', 'c', 'a'].entries()) {
      const addedAt = new Date(Date.UTC(2026, 0, 1 + day))
      shelf.add({ ...torrentOf(name, [`${name}.mkv`]), addedAt })
      expect(topsOf(root, sort)[0]?.title).toBe(`${name}.mkv`)
    }
    expect(titlesOf(topsOf(root))).toEqual(['a.mkv', 'b.mkv', 'c.mkv'])
  })

  it('of an item are an empty list, of nothing are null', () => {
    const slice = { startingIndex: 0, requestedCount: 0, sort: [] }
    expect(library.children(`${id}-0`, slice)).toEqual({ objects: [], totalMatches: 0 })
    expect(library.children(`${id}-99`, slice)).toBeNull()
    expect(library.children(hashOf('unknown'), slice)).toBeNull()
    expect(library.children('X', slice)).toBeNull()
  })
})

describe('close()', () => {
  it('leaves no listener behind', () => {
    const shelf = new TorrentShelf()
    libraryOf(shelf).close()
    expect(shelf.eventNames()).toEqual([])
  })
})

describe('object ids', () => {
  it('are the same whatever else is in the library, and in whatever order it came', () => {
    const paths = ['s/1.mkv', 's/t/2.mkv', '3.mkv']
    const [a, b] = [torrentOf('A', paths), torrentOf('B', paths)]
    const idsOf = (library: Library): readonly string[] =>
      childrenOf(library, a.infoHash).map(({ id }) => id)
    expect(idsOf(libraryOf(new TorrentShelf([a, b])))).toEqual(
      idsOf(libraryOf(new TorrentShelf([b, a]))),
    )
    expect(idsOf(libraryOf(new TorrentShelf([a])))).toEqual([
      `${a.infoHash}-d1-0`,
      `${a.infoHash}-2`,
    ])
  })
})
