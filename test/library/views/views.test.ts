import { describe, expect, it } from 'vitest'
import type { Library } from '../../../src/library/library.ts'
import { changeOf, childrenOf, libraryOf } from '../../helpers/browsed-library.ts'
import { hashOf, torrentOf } from '../../helpers/torrent-shelf.ts'

const SLICE = { startingIndex: 0, requestedCount: 0, sort: [] }

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
    await changeOf(library)
    expect(titlesOf(library, 'R')).toEqual([...paths.slice(0, 50), 'River.2021.1080p.mkv'])
  })

  it('has at most 500 files, and older ones again when newer ones are removed', async () => {
    const paths = Array.from({ length: 50 }, (_, n) => `${n}.jpg`)
    const torrents = Array.from({ length: 12 }, (_, day) => ({
      ...torrentOf(`Day ${day}`, paths),
      addedAt: new Date(Date.UTC(2026, 10, day + 1)),
    }))
    const { shelf, library } = libraryOf(...torrents)
    await changeOf(library)
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
