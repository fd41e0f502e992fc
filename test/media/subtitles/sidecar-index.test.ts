import { describe, expect, it, test } from 'vitest'
import { type NamedFile, SidecarIndex } from '../../../src/media/subtitles/sidecar-index.ts'
import { inTurns } from '../../../src/media/subtitles/steps.ts'
import { filesOf } from '../../helpers/torrent-shelf.ts'

/** The names of the subtitles of each video, with what their names say. */
async function matches(
  paths: readonly string[],
): Promise<Readonly<Record<string, readonly string[]>>> {
  const files = filesOf(paths)
  const index = await inTurns(SidecarIndex.grow(files))
  const videos = files.filter(({ components }) => /\.(mkv|mp4)$/.test(components.at(-1) ?? ''))
  return Object.fromEntries(
    videos.map((video) => [
      video.components.join('/'),
      index
        .sidecarsOf(video)
        .map(({ fileIndex, language, forced, hearingImpaired }) =>
          [paths[fileIndex], language, forced ? 'forced' : '', hearingImpaired ? 'sdh' : '']
            .filter((word) => word !== null && word !== '')
            .join(' '),
        ),
    ]),
  )
}

describe('subtitles of a video', () => {
  test.each([
    ['stand beside it under its name', ['a/Film.mkv', 'a/Film.srt', 'a/Other.mkv'], ['a/Film.srt']],
    [
      'have words about them behind it',
      ['A.mkv', 'B.mkv', 'A.en.srt', 'A.forced.ger.srt', 'A.pt-BR.sdh.ass'],
      ['A.en.srt en', 'A.forced.ger.srt de forced', 'A.pt-BR.sdh.ass pt-BR sdh'],
    ],
    ['have its name in any case', ['Film.MKV', 'x.mkv', 'FILM.Eng.SRT'], []],
    [
      'are in a folder Subs',
      ['d/A.mkv', 'd/B.mkv', 'd/Subs/A.srt', 'd/subtitles/A.English.srt', 'd/Subs/B.srt'],
      ['d/Subs/A.srt', 'd/subtitles/A.English.srt en'],
    ],
    [
      'are in a folder with its name in Subs',
      [
        'S/E1.mkv',
        'S/E2.mkv',
        'S/Subs/E1/2_English.srt',
        'S/Subs/E1/3_German.srt',
        'S/Subs/E2/2_English.srt',
      ],
      ['S/Subs/E1/2_English.srt en', 'S/Subs/E1/3_German.srt de'],
    ],
    [
      'are in a folder with its name beside it',
      ['E1.mkv', 'E2.mkv', 'E1/2_English.srt'],
      ['E1/2_English.srt en'],
    ],
    [
      'have any name where it is alone',
      ['Film.2020.mkv', 'sample-film.mkv', 'whatever.srt', 'Subs/English.srt'],
      ['whatever.srt', 'Subs/English.srt en'],
    ],
    ['are not those of another video', ['Film.mkv', 'Film 2.mkv', 'Film 2.srt', 'Filmed.srt'], []],
    ['are no larger than text can be', ['Film.mkv', 'Film.srt'], ['Film.srt']],
  ])('%s', async (_, paths, expected) => {
    const [first = ''] = paths
    expect((await matches(paths))[first] ?? []).toEqual(expected)
  })

  it('have any name where no other video is shown', async () => {
    const files = filesOf(['Film.mkv', 'hidden.mkv', 'Subs/2_English.srt'])
    const [film = { components: [] }] = files
    const shown = await inTurns(SidecarIndex.grow(files))
    expect(shown.sidecarsOf(film)).toEqual([])
    const index = await inTurns(SidecarIndex.grow(files, ({ index }) => index === 1))
    expect(index.sidecarsOf(film)).toMatchObject([{ fileIndex: 2, language: 'en' }])
  })

  it('are offered by no more than so many, none of them empty or huge', async () => {
    const name = (index: number): NamedFile => ({
      index,
      components: [`Film.${index}.srt`],
      length: 1,
    })
    const files = Array.from({ length: 200 }, (_, index) => name(index))
    files.push({ index: 200, components: ['Film.mkv'], length: 1 })
    files.push({ index: 201, components: ['Film.en.srt'], length: 0 })
    files.push({ index: 202, components: ['Film.de.srt'], length: 1e9 })
    const index = await inTurns(SidecarIndex.grow(files))
    const sidecars = index.sidecarsOf({ components: ['Film.mkv'] })
    expect(sidecars.length).toBeLessThanOrEqual(64)
    expect(sidecars.every(({ fileIndex }) => fileIndex < 200)).toBe(true)
  })

  it('are found among 100,000 files in steps of some milliseconds', () => {
    const files = Array.from({ length: 100_000 }, (_, index) => ({
      index,
      components: ['Show', `Episode ${index >> 1}.${index % 2 === 0 ? 'mkv' : 'en.srt'}`],
      length: 1,
    }))
    const steps = SidecarIndex.grow(files)
    let longest = 0
    let step = steps.next()
    while (!step.done) {
      const startedAt = process.cpuUsage()
      step = steps.next()
      const { user, system } = process.cpuUsage(startedAt)
      longest = Math.max(longest, (user + system) / 1_000)
    }
    expect(longest).toBeLessThan(50)
    expect(step.value.sidecarsOf({ components: ['Show', 'Episode 4711.mkv'] })).toHaveLength(1)
  })
})
