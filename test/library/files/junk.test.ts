import { describe, expect, it } from 'vitest'
import { runAtOnce } from '../../../src/concurrency/steps.ts'
import { junkOf } from '../../../src/library/files/junk.ts'
import type { TorrentFile } from '../../../src/torrents/metainfo/torrent-file.ts'
import { filesOf } from '../../helpers/torrent-shelf.ts'

/** Paths of the media that are not junk. */
function shown(files: readonly TorrentFile[]): readonly string[] {
  const isJunk = runAtOnce(junkOf(files))
  return files.filter((file) => !isJunk(file)).map(({ components }) => components.join('/'))
}

function sized(lengths: Readonly<Record<string, number>>): readonly TorrentFile[] {
  return filesOf(Object.keys(lengths)).map((file, index) => ({
    ...file,
    length: Object.values(lengths)[index] ?? 0,
  }))
}

describe('junk', () => {
  it.each([
    '.hidden.mkv',
    '._film.mkv',
    '.trash/film.mkv',
    '__MACOSX/film.mkv',
    'in/@eaDir/film.mkv',
    '#recycle/film.mkv',
    '$RECYCLE.BIN/film.mkv',
    'film.nfo',
    'film.txt',
  ])('is %s', (path) => {
    expect(shown(filesOf(['film.mkv', path]))).toEqual(['film.mkv'])
  })

  it.each(['...and then.mkv', '..and.mkv', 'in.visible.mkv', 'MACOSX/film.mkv'])(
    'is not %s',
    (path) => {
      expect(shown(filesOf(['film.mkv', path]))).toEqual(['film.mkv', path])
    },
  )

  it('is what BEP 47 calls hidden, and what is empty', () => {
    const [a, b, c] = filesOf(['a.mkv', 'b.mkv', 'c.mkv']) as [
      TorrentFile,
      TorrentFile,
      TorrentFile,
    ]
    expect(shown([a, { ...b, hidden: true }, { ...c, length: 0 }])).toEqual(['a.mkv'])
  })

  it.each([
    'sample.mkv',
    'Film-sample.avi',
    'Sample - film.mkv',
    'Sample/film.mkv',
    'SAMPLES/x.mp4',
  ])('is a sample beside a film that is as large or larger: %s', (path) => {
    expect(shown(sized({ 'film.mkv': 9_000, [path]: 9_000 }))).toEqual(['film.mkv'])
  })

  it.each([
    ['a file that is larger', { 'film.mkv': 1, 'sample.mkv': 2 }],
    ['too long for one', { 'film.mkv': 2e9, 'Free Sample.mkv': 1e9 }],
    ['music', { 'film.mkv': 9, 'sample.mp3': 1 }],
    ['a word of its own', { 'film.mkv': 9, 'resample.mkv': 1, 'samplers.mkv': 1 }],
  ])('is no sample: %s', (_, lengths) => {
    expect(shown(sized(lengths))).toEqual(Object.keys(lengths))
  })

  it('is no sample that is all there is', () => {
    expect(shown(filesOf(['Sample/sample.mkv']))).toEqual(['Sample/sample.mkv'])
  })

  it('is the artwork of the only film, not of more', () => {
    const art = ['cover.jpg', 'Film-poster.png', 'fanart.jpg', 'screens/screen1.png']
    expect(shown(filesOf(['film.mkv', ...art]))).toEqual(['film.mkv'])
    expect(shown(filesOf(['a.mkv', 'b.mkv', 'cover.jpg']))).toHaveLength(3)
    expect(shown(filesOf(['a.mp3', 'cover.jpg']))).toHaveLength(2)
    expect(shown(filesOf(['film.mkv', 'cover.jpg', 'beach.jpg']))).toHaveLength(3)
  })
})
