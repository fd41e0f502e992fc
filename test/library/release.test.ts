import { describe, expect, it } from 'vitest'
import { type Release, ReleaseReader } from '../../src/library/release.ts'
import { nastyNames } from '../helpers/nasty-names.ts'

/** @param path - The name of the torrent first. */
function read(path: string, isOnlyVideo = false): Release {
  const [torrent = '', ...components] = path.split('/')
  return new ReleaseReader(torrent).read(components, isOnlyVideo)
}

describe('an episode', () => {
  it.each([
    ['x/The.Show.S01E02.1080p.WEB.mkv', 'The Show', 1, 2, 'S01E02'],
    ['x/The Show - 2x10 - Pilot.avi', 'The Show', 2, 10, 'S02E10 Pilot'],
    ['The Show/Season 3/E04.mkv', 'The Show', 3, 4, 'S03E04'],
    ['The.Show.S02.1080p/05.mkv', 'The Show', 2, 5, 'S02E05'],
    ['The Show/Season 1/The Show E07.mkv', 'The Show', 1, 7, 'S01E07'],
    ['x/[Group] Anime - 05 [720p].mkv', 'Anime', 1, 5, 'E05'],
    ['x/The.Daily.2024.03.05.720p.mkv', 'The Daily', 2024, 305, '2024-03-05'],
    ['x/Show.S00E01.mkv', 'Show', 0, 1, 'S00E01'],
    ['x/Сериал.Сезон 1.Серия 2.mkv', 'Сериал', 1, 2, 'S01E02'],
    ['x/أفلام.S01E02.1080p.mkv', 'أفلام', 1, 2, 'S01E02'],
  ])('%s', (path, series, season, episode, title) => {
    expect(read(path)).toMatchObject({ kind: 'episode', series, season, episode, title })
  })

  it('is of one series however it is spelled', () => {
    const keys = ['The.Show.S01E01.mkv', 'the show 1x02.mkv', 'Thé Show - S01E03.mkv'].map(
      (name) => Object(read(`x/${name}`)).seriesKey,
    )
    expect(new Set(keys).size).toBe(1)
    expect(keys[0]).toMatch(/^[0-9a-f]{10}$/)
  })
})

describe('a film', () => {
  it.each([
    ['x/River.2021.1080p.BluRay.mkv', 'River (2021)'],
    ['x/1917.2019.mkv', '1917 (2019)'],
    ['x/River.1080p.mkv', 'River'],
    ['x/البحر الهادئ (2021).mkv', 'البحر الهادئ (2021)'],
    ['x/한국.영화.2020.1080p.mkv', '한국 영화 (2020)'],
    ['x/[דני] 1080p.mkv', 'דני'],
  ])('%s', (path, title) => {
    expect(read(path)).toEqual({ kind: 'film', title })
  })

  it('is the only video of its torrent, called by its folder where that says more', () => {
    expect(read('x/holiday.mp4', true)).toEqual({ kind: 'film', title: 'holiday' })
    expect(read('x/2012.mkv', true)).toEqual({ kind: 'film', title: '2012' })
    expect(read('River.2021.1080p/abc.mkv', true)).toEqual({ kind: 'film', title: 'River (2021)' })
  })

  it('is not any clip', () => {
    expect(read('Clips/holiday.mp4')).toEqual({ kind: 'other' })
  })
})

it('takes any name, in a moment', () => {
  for (const name of [...nastyNames(300), 'a.'.repeat(5_000), '', '1'.repeat(300)]) {
    const start = performance.now()
    read(`${name}/${name}`, true)
    expect(performance.now() - start).toBeLessThan(1_000)
  }
})
