import { expect, test } from 'vitest'
import type { LibraryFile, LibraryItem } from '../../../src/web/api/library-types.ts'
import {
  continueWatching,
  filteredTitles,
  nextAfter,
  seasonsOf,
  titlesOf,
} from '../../../src/web/logic/library-titles.ts'

function file(index: number, given: Partial<LibraryFile> = {}): LibraryFile {
  return {
    ...{ file_idx: index, name: `file ${index}.mkv`, title: null, season: null, episode: null },
    ...{ length: 1, mime: 'video/x-matroska', duration_s: 100, resolution: null, audio: [] },
    ...{ subtitles: [], resume_s: null, watched: false, stream_url: `/${index}`, poster: null },
    ...{ finished: 1, selected: true, ...given },
  }
}

function item(id: string, given: Partial<LibraryItem> = {}): LibraryItem {
  return {
    ...{ id, kind: 'film', title: id, year: null, torrent_id: 0, info_hash: id, added_at: 1e12 },
    ...{ poster: null, files: [file(0)], ...given },
  }
}

const SECOND = item('b', {
  ...{ kind: 'series', title: 'The Bridge', added_at: 2e12 },
  files: [file(0, { season: 2, episode: 1 })],
})
const FIRST = item('a', {
  ...{ kind: 'series', title: 'the bridge', year: 2011, poster: '/p' },
  files: [
    file(0, { season: 1, episode: 10, name: 'E10' }),
    file(1, { season: 1, episode: 2, name: 'E2', watched: true }),
    file(2, { name: 'readme.nfo', mime: null }),
  ],
})
const FILM = item('c', { title: 'Ünïcode', year: 2026, files: [file(0, { resume_s: 30 })] })

test('torrents of one series are one title', () => {
  const [series, film, ...others] = titlesOf([SECOND, FIRST, FILM])
  expect(others).toEqual([])
  expect(series).toMatchObject({ title: 'The Bridge', year: 2011, poster: '/p', addedAt: 2e12 })
  expect(series?.files.length).toBe(4)
  expect(film?.title).toBe('Ünïcode')
})

test('episodes are in order within their seasons, what has no season comes last', () => {
  const [series] = titlesOf([SECOND, FIRST])
  const seasons = series === undefined ? [] : seasonsOf(series)
  expect(seasons.map(({ number, episodes }) => [number, episodes.map((e) => e.file.name)])).toEqual(
    [
      [1, ['E2', 'E10']],
      [2, ['file 0.mkv']],
      [null, ['readme.nfo']],
    ],
  )
})

test('one goes on with what was begun, or with the episode after the last watched', () => {
  const continued = continueWatching(titlesOf([SECOND, FIRST, FILM]))
  expect(continued.map(({ entry }) => entry.file.name)).toEqual(['E10', 'file 0.mkv'])
  const watched = item('d', { files: [file(0, { resume_s: 30, watched: true })] })
  expect(continueWatching(titlesOf([watched]))).toEqual([])
})

test('the next episode may lie in another torrent; after the last there is none', () => {
  const [series] = titlesOf([SECOND, FIRST])
  if (series === undefined) throw new Error('no series')
  expect(nextAfter(series, 'a', 0)?.item.id).toBe('b')
  expect(nextAfter(series, 'b', 0)).toBeUndefined()
})

test('after a picture comes the next picture, and no film', () => {
  const mime = 'image/jpeg'
  const files = [file(0, { mime, name: '2.jpg' }), file(1), file(2, { mime, name: '10.jpg' })]
  const [title] = titlesOf([{ ...FILM, kind: 'image', files }])
  if (title === undefined) throw new Error('no title')
  expect(nextAfter(title, FILM.info_hash, 0)?.file.name).toBe('10.jpg')
  expect(nextAfter(title, FILM.info_hash, 2)).toBeUndefined()
})

test('search ignores case and accents and takes every word', () => {
  const all = titlesOf([SECOND, FIRST, FILM])
  const found = (search: string, given = {}): string[] =>
    filteredTitles(all, {
      ...{ search, kind: 'all', onlyUnwatched: false, order: 'title', ...given },
    }).map(({ title }) => title)
  expect(found('UNICODE 2026')).toEqual(['Ünïcode'])
  expect(found('bridge e10')).toEqual(['The Bridge'])
  expect(found('bridge unicode')).toEqual([])
  expect(found('', { kind: 'series' })).toEqual(['The Bridge'])
  expect(found('', { order: 'year' })).toEqual(['Ünïcode', 'The Bridge'])
  expect(found('', { order: 'added' })).toEqual(['The Bridge', 'Ünïcode'])
})
