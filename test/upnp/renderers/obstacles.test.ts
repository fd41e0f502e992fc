import { describe, expect, it, test } from 'vitest'
import { mediaFactsSchema, type VideoFacts } from '../../../src/media/probe/media-facts.ts'
import { obstaclesFor } from '../../../src/upnp/renderers/obstacles.ts'
import { DEFAULT_PROFILE } from '../../../src/upnp/renderers/renderer-profile.ts'
import { rendererNamed } from '../../helpers/renderer-named.ts'

interface Film {
  readonly container?: VideoFacts['container']
  readonly picture?: string
  readonly bits?: number
  readonly lines?: number
  readonly sound?: readonly string[]
}

function film({
  container = 'matroska',
  picture = 'AVC',
  bits = 8,
  lines = 1_080,
  sound = ['AC-3'],
}: Film) {
  return mediaFactsSchema.parse({
    ...{ kind: 'video', container, title: null, cover: null, durationMs: 1, bitRate: 1 },
    video: {
      ...{ codec: picture, profile: null, level: null, bitDepth: bits, width: 1_920 },
      ...{ height: lines, frameRate: 24, isInterlaced: false },
    },
    audio: sound.map((codec) => ({
      ...{ codec, profile: null, channels: 6, sampleRate: 48_000, bitRate: null, bitDepth: null },
      ...{ language: null, title: null, isDefault: false },
    })),
    subtitles: [],
  })
}

describe('what is in the way of a film', () => {
  test.each<[string, Film, readonly string[]]>([
    ['samsung-2021', { sound: ['DTS'] }, ['the sound is DTS']],
    ['samsung-2021', { sound: ['DTS', 'AC-3'] }, []],
    ['samsung-2021', { picture: 'AV1', bits: 10, lines: 2_160 }, []],
    ['samsung-c-e', { picture: 'HEVC', bits: 10 }, ['the picture is HEVC']],
    ['samsung-c-e', { sound: ['DTS'] }, []],
    ['lg-webos-2020', { bits: 10 }, ['the picture has 10 bits']],
    ['ps3', { lines: 2_160 }, ['the file is mkv', 'the picture has 2160 lines']],
    ['kodi', { picture: 'HEVC', bits: 10, lines: 2_160, sound: ['MLP FBA'] }, []],
    ['vlc', { container: 'flv', picture: 'Sorenson Spark', sound: ['Nellymoser'] }, []],
    ['sonos', { picture: 'HEVC' }, []],
  ])('for %s of %o is: %j', (id, facts, obstacles) => {
    expect(obstaclesFor(rendererNamed(id), film(facts))).toEqual(obstacles)
  })

  it('is not guessed: of a renderer that nobody knows, or before the film was probed', () => {
    expect(obstaclesFor(DEFAULT_PROFILE, film({ sound: ['DTS'] }))).toEqual([])
    expect(obstaclesFor(rendererNamed('samsung-2021'), undefined)).toEqual([])
  })
})
