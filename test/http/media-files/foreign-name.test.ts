import { describe, expect, test } from 'vitest'
import { foreignExtension } from '../../../src/http/media-files/foreign-name.ts'
import { shortStreamPath, streamPath } from '../../../src/media/stream-path.ts'

const HASH = '1797daf7010faa70134d5ce6e9715cde4389bf8c'
const SHORT = shortStreamPath(HASH, 3, '')
const LONG = `/torrents/${HASH}/stream/3`

const BESIDE =
  'srt sub smi ass ssa vtt idx nfo tbn edl txt xml jpg png utf utf8 utf-8 rt text aqt jss ifo ' +
  'zip rar lrc psb ttxt pjs mpl dks usf sup mks cue json thm bif xmp htm html m3u m3u8 pls pdf'

describe.each([
  ['short', SHORT],
  ['long', `${LONG}/a/film`],
])('by the %s path', (_, path) => {
  test.each(BESIDE.split(' '))('.%s is another file than the film', (extension) => {
    expect(foreignExtension(`${path}.${extension}`, 'film.mkv')).toBe(`.${extension}`)
    expect(foreignExtension(`${path}.${extension.toUpperCase()}?x`, 'film')).toBe(`.${extension}`)
    expect(foreignExtension(`${path}.${extension}`, `film.${extension}`)).toBeNull()
  })

  test.each(['', '.mkv', '.MKV', '.mk3d', '.xyz', '.mkv?x=/a.srt', '?x=.srt', '.mp4', '.TS?x'])(
    '%j is the film',
    (extension) => {
      expect(foreignExtension(path + extension, 'film.mkv')).toBeNull()
    },
  )
})

test('a dot and letters may be percent-encoded', () => {
  expect(foreignExtension(`${LONG}/film%2Esrt`, 'film.mkv')).toBe('.srt')
  expect(foreignExtension(`${LONG}/film.%73rt`, 'film.mkv')).toBe('.srt')
  expect(foreignExtension(`${LONG}/100%.mkv`, '100%.mkv')).toBeNull()
})

test.each([
  'film.mkv',
  'FILM.M2TS',
  'film.txt',
  'film.zip',
  'film.jpg',
  'film.расш',
  'a. b',
  'film',
])('the paths that we give of %s name it', (name) => {
  const origin = 'http://192.168.1.2:3030'
  for (const path of [shortStreamPath(HASH, 3, name), streamPath(HASH, 3, [name]), SHORT, LONG]) {
    expect(foreignExtension(path, name)).toBeNull()
    expect(foreignExtension(`${origin}${path}?albumArt=true`, name)).toBeNull()
  }
})
