import { describe, expect, it } from 'vitest'
import type { LibraryTorrent } from '../../../src/library/files/library-source.ts'
import { Library } from '../../../src/library/library.ts'
import type { MediaObject } from '../../../src/library/objects/media-object.ts'
import { silentLogger } from '../../../src/log.ts'
import { hashOf, memoryStore, TorrentShelf, torrentOf } from '../../helpers/torrent-shelf.ts'

const SLICE = { startingIndex: 0, requestedCount: 0, sort: [] }

function libraryOf(...torrents: readonly LibraryTorrent[]): {
  shelf: TorrentShelf
  library: Library
} {
  const shelf = new TorrentShelf(torrents)
  const library = new Library({ source: shelf, updateIds: memoryStore(), log: silentLogger() })
  return { shelf, library }
}

function childrenOf(library: Library, id: string): readonly MediaObject[] {
  return library.children(id, SLICE)?.objects ?? []
}

function titlesOf(library: Library, id: string): readonly string[] {
  return childrenOf(library, id).map(({ title }) => title)
}

/** Titles from a view down, a space for each level. */
function outline(library: Library, id: string, indent = ''): readonly string[] {
  return childrenOf(library, id).flatMap((object) => [
    indent + object.title,
    ...outline(library, object.id, `${indent} `),
  ])
}

const SHOW = torrentOf('The Show', [
  'Season 1/The.Show.S01E10.mkv',
  'Season 1/The.Show.S01E02.mkv',
  'Season 2/the show 2x01.mkv',
  'Season 1/poster.jpg',
  'theme.mp3',
])
const FILM = torrentOf('River.2021', ['River.2021.1080p/River.2021.1080p.mkv'])

describe('the root', () => {
  it('shows the views that hold anything, then the torrents', () => {
    const { library } = libraryOf(SHOW, FILM)
    expect(titlesOf(library, '0')).toEqual([
      'Video',
      'Audio',
      'Images',
      'Recently added',
      'Films',
      'Series',
      'The Show',
      'River.2021.1080p.mkv',
    ])
    expect(titlesOf(libraryOf().library, '0')).toEqual([])
  })

  it('can be asked for every view, with anything in it or not', () => {
    const { library } = libraryOf()
    for (const id of ['V', 'A', 'I', 'R', 'C', 'F', 'S', 'V_T', '15']) {
      expect(library.children(id, SLICE)).toEqual({ objects: [], totalMatches: 0 })
    }
  })
})

describe('views', () => {
  const { library } = libraryOf(SHOW, FILM)

  it('show video, audio and images by their names, episodes in their order', () => {
    expect(titlesOf(library, 'V')).toEqual([
      'River.2021.1080p.mkv',
      'The.Show.S01E02.mkv',
      'The.Show.S01E10.mkv',
      'the show 2x01.mkv',
    ])
    expect(titlesOf(library, 'A')).toEqual(['theme.mp3'])
    expect(titlesOf(library, 'I')).toEqual(['poster.jpg'])
  })

  it('show films by title and year, series by season and episode', () => {
    expect(titlesOf(library, 'F')).toEqual(['River (2021)'])
    expect(outline(library, 'S')).toEqual([
      'The Show',
      ' Season 1',
      '  S01E02',
      '  S01E10',
      ' Season 2',
      '  S02E01',
    ])
  })

  it('tell releases of one film apart, in whatever order they came', () => {
    const release = (name: string) => torrentOf(name, [`${name}/${name}.mkv`])
    const names = [
      ...['River.2021.1080p.BluRay', 'River.2021.720p.WEB-DL', 'River.2021.1080p.WEB-DL'],
      ...['Delta.2020.1080p', 'Spring.2019', 'Other.2018.mkv'],
    ]
    const torrents = names.map(release)
    const { library, shelf } = libraryOf(...torrents, torrentOf('x', ['Spring.2019.avi']))
    const remove = (index: number) =>
      torrents.slice(index, index + 1).map((one) => shelf.remove(one))
    const films = () => titlesOf(library, 'F')
    expect(films()).toEqual([
      ...['Delta (2020)', 'Other (2018)', 'River (2021) [720p WEB-DL]'],
      ...['River (2021) [1080p BluRay]', 'River (2021) [1080p WEB-DL]'],
      ...['Spring (2019)', 'Spring (2019) [2]'],
    ])
    for (const { id, title } of childrenOf(library, 'F')) expect(library.get(id)?.title).toBe(title)
    remove(0)
    expect(films().slice(2, 4)).toEqual(['River (2021) [720p]', 'River (2021) [1080p]'])
    remove(2)
    expect(films()[2]).toBe('River (2021)')
    shelf.add(release('River.2021.480p'))
    expect(films().slice(2, 4)).toEqual(['River (2021) [480p]', 'River (2021) [720p]'])
  })

  it('show films by title where that is asked for, whatever tells their releases apart', () => {
    const names = ['River.720p.WEB.mkv', 'River.1080p.BluRay.mkv', 'River.2021.mkv']
    const { library } = libraryOf(...names.map((name) => torrentOf(name, [name])))
    expect(titlesOf(library, 'F')).toEqual(['River [720p]', 'River [1080p]', 'River (2021)'])
    const sorted = (descending: boolean): readonly string[] | undefined =>
      library
        .children('F', { ...SLICE, sort: [{ property: 'title', descending }] })
        ?.objects.map(({ title }) => title)
    expect(sorted(false)).toEqual(['River (2021)', 'River [720p]', 'River [1080p]'])
    expect(sorted(true)).toEqual(['River [1080p]', 'River [720p]', 'River (2021)'])
  })

  it('hold other entries for items that lie in the torrents', () => {
    const visit = (id: string): void => {
      for (const object of childrenOf(library, id)) {
        expect(library.get(object.id)).toEqual(object)
        expect(object.parentId).toBe(id)
        expect(Buffer.byteLength(object.id)).toBeLessThan(64)
        if (object.kind === 'container') {
          expect(object.childCount).toBe(childrenOf(library, object.id).length)
          visit(object.id)
        } else {
          const original = library.get(object.refId ?? '')
          expect(original).toMatchObject({ refId: null, resource: object.resource })
        }
      }
    }
    for (const id of ['V', 'A', 'I', 'R', 'F', 'S']) visit(id)
  })

  it('are searched from within, and below the root every file is found once', async () => {
    const find = async (id: string) =>
      (await library.search(id, { kind: 'exists', property: 'size', expected: true }, SLICE))
        ?.totalMatches
    expect([await find('0'), await find('V'), await find('S'), await find('F')]).toEqual([
      6, 4, 3, 1,
    ])
  })

  it('know the series, season and episode of an item', async () => {
    const episode = { kind: 'relation', property: 'episode', relation: '=', value: '10' } as const
    const found = await library.search('S', episode, SLICE)
    expect(found?.objects[0]).toMatchObject({
      tags: { series: 'The Show', season: 1, episode: 10 },
    })
  })

  it('know nothing of what is not in them', () => {
    for (const id of [
      `A.${SHOW.infoHash}-0`,
      `V.${SHOW.infoHash}-99`,
      `V.${hashOf('gone')}-0`,
      'S.0123456789',
      'S.0123456789.1',
    ]) {
      expect(library.get(id)).toBeNull()
      expect(library.children(id, SLICE)).toBeNull()
    }
  })
})

describe('Recently added', () => {
  it('has the newest torrent first, and at most 50 files of one', async () => {
    const { shelf, library } = libraryOf()
    const addedAt = new Date(Date.UTC(2026, 10, 23))
    const paths = Array.from({ length: 60 }, (_, n) => `${n}.jpg`)
    shelf.add(FILM)
    shelf.add({ ...torrentOf('Photos', paths), addedAt })
    await new Promise((resolve) => library.once('changed', () => resolve(null)))
    expect(titlesOf(library, 'R')).toEqual([...paths.slice(0, 50), 'River.2021.1080p.mkv'])
  })

  it('has at most 500 files, and older ones again when newer ones are removed', async () => {
    const paths = Array.from({ length: 50 }, (_, n) => `${n}.jpg`)
    const torrents = Array.from({ length: 12 }, (_, day) => ({
      ...torrentOf(`Day ${day}`, paths),
      addedAt: new Date(Date.UTC(2026, 10, day + 1)),
    }))
    const { shelf, library } = libraryOf(...torrents)
    await new Promise((resolve) => library.once('changed', () => resolve(null)))
    expect(childrenOf(library, 'R')).toHaveLength(500)
    for (const torrent of torrents.slice(-3)) shelf.remove(torrent)
    expect(childrenOf(library, 'R')).toHaveLength(450)
  })
})

describe('Continue watching', () => {
  it('has what was begun, the latest first, until it is watched or removed', () => {
    const { shelf, library } = libraryOf(SHOW, FILM)
    const at = (id: string, positionMs: number) =>
      library.setPlayback(id, { positionMs }, new Date())
    expect(titlesOf(library, '0')).not.toContain('Continue watching')
    at(`${SHOW.infoHash}-0`, 60_000)
    at(`F.${FILM.infoHash}-0`, 90_000)
    expect(titlesOf(library, '0')).toContain('Continue watching')
    expect(titlesOf(library, 'C')).toEqual(['River.2021.1080p.mkv', 'The.Show.S01E10.mkv'])
    const [entry] = childrenOf(library, 'C')
    expect(entry).toMatchObject({ playback: { positionMs: 90_000 } })
    at(entry?.id ?? '', 0)
    expect(titlesOf(library, 'C')).toEqual(['The.Show.S01E10.mkv'])
    shelf.remove(SHOW)
    expect(titlesOf(library, 'C')).toEqual([])
  })
})

describe('Continue watching, searched', () => {
  it('is in the order that Browse has', async () => {
    const { library } = libraryOf(SHOW)
    const found = async () =>
      (await library.search('C', { kind: 'everything' }, SLICE))?.objects.map(({ id }) => id)
    const at = (file: number, positionMs: number) =>
      library.setPlayback(`${SHOW.infoHash}-${file}`, { positionMs }, new Date(0))
    at(0, 60_000)
    at(1, 60_000)
    const [before] = (await found()) ?? []
    at(0, 70_000)
    const after = childrenOf(library, 'C').map(({ id }) => id)
    expect(after[0]).not.toBe(before)
    expect(await found()).toEqual(after)
  })
})

describe('the containers that an event names', () => {
  /** Of the changes that `act` makes. */
  function changedBy(library: Library, act: () => void): readonly string[] {
    const before = library.systemUpdateId
    act()
    return [...library.containersChangedSince(before).keys()]
  }

  it('are the series and seasons of episodes that come and go as well', () => {
    const { shelf, library } = libraryOf(SHOW)
    const [series] = childrenOf(library, 'S')
    const [first, second] = childrenOf(library, series?.id ?? '')
    const more = torrentOf('More', ['The.Show.S02E02.mkv'])
    for (const act of [() => shelf.add(more), () => shelf.remove(more)]) {
      const changed = changedBy(library, act)
      expect(changed).toEqual(expect.arrayContaining([series?.id, second?.id, 'S', '0']))
      expect(changed).not.toContain(first?.id)
    }
  })

  it('are those of many episodes as well, when their names have been read', async () => {
    const { shelf, library } = libraryOf()
    const paths = Array.from({ length: 30 }, (_, n) => `The.Show.S01E${n}.mkv`)
    shelf.add(torrentOf('Many', paths))
    const before = library.systemUpdateId
    await new Promise((resolve) => library.once('changed', () => resolve(null)))
    const [series] = childrenOf(library, 'S')
    expect([...library.containersChangedSince(before).keys()]).toContain(`${series?.id}.1`)
  })

  it('are all in which a file is shown that was watched, by whichever entry', () => {
    const { library } = libraryOf(SHOW)
    const [series] = childrenOf(library, 'S')
    const [season] = childrenOf(library, series?.id ?? '')
    const [entry] = childrenOf(library, season?.id ?? '')
    const original = library.get((entry?.kind === 'item' && entry.refId) || '')
    const changed = changedBy(library, () =>
      library.setPlayback(entry?.id ?? '', { playCount: 1 }, new Date(0)),
    )
    expect(changed).toEqual(
      expect.arrayContaining([season?.id, 'V', 'R', 'C', '0', original?.parentId]),
    )
    expect(changed).not.toContain('A')
  })
})

describe('views of what comes and goes', () => {
  const paths = Array.from({ length: 400 }, (_, n) => `Show ${n % 3}.S0${n % 7}E${n}.mkv`)
  const big = torrentOf('Big', paths)

  function changeOf(library: Library): Promise<void> {
    return new Promise((resolve) => library.once('changed', resolve))
  }

  it('lose a torrent at once, and have one of many names a moment later', async () => {
    const { shelf, library } = libraryOf(SHOW)
    const ids = childrenOf(library, 'V').map(({ id }) => id)
    shelf.add(big)
    expect(titlesOf(library, 'V')).toHaveLength(3)
    await changeOf(library)
    expect(titlesOf(library, 'V')).toHaveLength(403)
    expect(titlesOf(library, 'S')).toEqual(['Show 0', 'Show 1', 'Show 2', 'The Show'])
    shelf.remove(big)
    expect(childrenOf(library, 'V').map(({ id }) => id)).toEqual(ids)
  })

  it('never show one that was removed while its names were read', async () => {
    const { shelf, library } = libraryOf(SHOW)
    shelf.add(big)
    shelf.remove(big)
    shelf.add(FILM)
    await changeOf(library)
    expect(titlesOf(library, 'V')).toHaveLength(4)
  })

  it('tell nobody of what is read when the library has been closed', async () => {
    const updateIds = memoryStore()
    const shelf = new TorrentShelf()
    const library = new Library({ source: shelf, updateIds, log: silentLogger() })
    shelf.add(big)
    library.close()
    const told = updateIds.read()
    // It begins later, and so ends later.
    await changeOf(libraryOf(big).library)
    expect(updateIds.read()).toBe(told)
    expect(titlesOf(library, 'V')).toEqual([])
  })

  it.each([
    ['a', 'b'],
    ['b', 'a'],
  ])(
    'have files of one title in the same order after a restart: %s, then %s',
    async (one, other) => {
      const others = Array.from({ length: 20 }, (_, n) => torrentOf(`${n}`, [`Film ${n}.2001.mkv`]))
      const { shelf, library } = libraryOf()
      for (const torrent of others) shelf.add(torrent)
      for (const name of [one, other]) shelf.add(torrentOf(name, ['Spring.2019.mkv']))
      const again = new Library({ source: shelf, updateIds: memoryStore(), log: silentLogger() })
      await changeOf(again)
      const shownBy = (shown: Library, id: string) =>
        childrenOf(shown, id).map(({ id, title }) => `${id} ${title}`)
      expect(titlesOf(library, 'F').slice(-2)).toEqual(['Spring (2019)', 'Spring (2019) [2]'])
      for (const id of ['V', 'F', 'R']) expect(shownBy(again, id)).toEqual(shownBy(library, id))
    },
  )

  it('are the same in whatever order torrents came, and after a restart', async () => {
    const first = libraryOf(FILM)
    first.shelf.add(SHOW)
    first.shelf.add(big)
    await changeOf(first.library)
    const second = libraryOf(big, SHOW, FILM)
    await changeOf(second.library)
    for (const id of ['V', 'F', 'S']) {
      expect(childrenOf(second.library, id)).toEqual(childrenOf(first.library, id))
    }
  })
})
