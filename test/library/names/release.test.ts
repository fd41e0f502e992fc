import { describe, expect, it } from 'vitest'
import { type Release, ReleaseReader, type VideoRank } from '../../../src/library/names/release.ts'
import { nastyNames } from '../../helpers/nasty-names.ts'

/** @param path - The name of the torrent first. */
function read(path: string, rank: VideoRank = 'small'): Release {
  const [torrent = '', ...components] = path.split('/')
  return new ReleaseReader(torrent).read(components, rank)
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
    expect(read(path)).toMatchObject({ kind: 'film', title })
  })

  it('is the only video of its torrent, called by its folder where that says more', () => {
    expect(read('x/holiday.mp4', 'only')).toMatchObject({ kind: 'film', title: 'holiday' })
    expect(read('River.2021.1080p/abc.mkv', 'only')).toMatchObject({
      ...{ kind: 'film', title: 'River (2021)', version: ['1080p'] },
    })
    expect(read('x/2012.mkv', 'only')).toMatchObject({ kind: 'film', title: '2012' })
    expect(read('1917.mkv/1917.mkv', 'only')).toMatchObject({ kind: 'film', title: '1917' })
    expect(read('Anime/05.mkv', 'only')).toMatchObject({ series: 'Anime', episode: 5 })
    expect(read('Show.S01/05.mkv', 'only')).toMatchObject({ kind: 'episode' })
  })

  it('is as large as films are, without year and resolution', () => {
    expect(read('Films/Blade Runner.mkv', 'large')).toMatchObject({ title: 'Blade Runner' })
    expect(read('Films/Заводной апельсин.avi', 'large')).toMatchObject({ kind: 'film' })
    expect(read('Films/Show.S01E02.mkv', 'large')).toMatchObject({ kind: 'episode' })
  })

  it.each(['GX010023.MP4', 'VID_20240505_101010.mp4', 'IMG_1234.MOV', 'DJI_0001.mp4', 'C0001.MP4'])(
    'is not what a camera calls %s',
    (name) => {
      expect(read(`Trip/${name}`, 'large').kind).not.toBe('film')
    },
  )

  it.each(['holiday.mp4', 'clip.ts', 'x.ts'])('is not any clip: %s', (name) => {
    expect(read(`Clips/${name}`)).toEqual({ kind: 'other' })
  })

  it('says what tells its releases apart', () => {
    const version = (path: string) => Object(read(path)).version
    expect(version('x/River.2021.1080p.BluRay.x264-GRP.mkv')).toEqual([
      ...['1080p', 'BluRay', 'x264', 'GRP'],
    ])
    expect(version('x/River.2021.TS.mkv')).toEqual(['TeleSync'])
    expect(version('x/River.2021.mkv')).toEqual([])
  })
})

it('takes any name, in a moment', () => {
  for (const name of [...nastyNames(300), 'a.'.repeat(5_000), '', '1'.repeat(300)]) {
    const start = performance.now()
    read(`${name}/${name}`, 'only')
    expect(performance.now() - start).toBeLessThan(1_000)
  }
})
