import { expect, it } from 'vitest'
import { dlnaProfile } from '../../src/media/dlna-profile.ts'
import { PROFILE_NAMES } from '../../src/media/dlna-profile-names.ts'
import { knownMimeTypes } from '../../src/media/media-type.ts'
import type { AudioTrack, ContainerKind, MediaFacts } from '../../src/media/probe/media-facts.ts'

const SIZES = [
  ...['160x120', '352x288', '640x480', '720x480', '720x576'],
  ...['1024x768', '1280x720', '1920x1080', '4096x4096'],
].map((size) => {
  const [width = 0, height = 0] = size.split('x').map(Number)
  return { width, height }
})
const CONTAINERS: readonly ContainerKind[] = [
  ...(['mp4', '3gp', 'mpeg-ts', 'm2ts', 'm2ts-unstamped', 'mpeg-ps'] as const),
  ...(['asf', 'mp3', 'matroska', 'jpeg'] as const),
]
const VIDEO = [
  ...['Main', 'High', 'Baseline', 'Constrained Baseline'].map((profile) => ['AVC', profile]),
  ...['Simple', 'Advanced Simple'].map((profile) => ['MPEG-4 Visual', profile]),
  ...[
    ['MPEG Video', 'Main'],
    ['MPEG Video', null],
    ['VC-1', null],
    ['HEVC', 'Main'],
  ],
] as const
const SOUND: readonly Partial<AudioTrack>[] = [
  ...[2, 6].map((channels) => ({ codec: 'AAC', profile: 'LC', channels })),
  ...[{ codec: 'AC-3' }, { codec: 'AMR' }, { codec: 'PCM' }, { codec: 'DTS' }],
  ...['Layer 2', 'Layer 3'].map((profile) => ({ codec: 'MPEG Audio', profile })),
  ...[128_000, 300_000].map((bitRate) => ({ codec: 'WMA', bitRate })),
  ...['Pro', 'Lossless'].map((profile) => ({ codec: 'WMA', profile })),
  { codec: 'WMA', profile: 'Lossless', channels: 6 },
  { codec: 'AAC', profile: 'LC', bitRate: 500_000 },
]

const RATES = [500_000, 900_000, 4_000_000, 19_000_000].flatMap((bitRate) =>
  [15, 30].map((frameRate) => ({ bitRate, frameRate })),
)

function track(sound: Partial<AudioTrack>): AudioTrack {
  return {
    ...{ codec: 'AAC', profile: null, channels: 2, sampleRate: 44_100, bitRate: 128_000 },
    ...{ bitDepth: null, language: null, title: null, isDefault: true },
    ...sound,
  }
}

function* imagesIn(container: ContainerKind): Generator<MediaFacts> {
  const common = { container, title: null, cover: null }
  for (const codec of ['JPEG', 'PNG'])
    for (const size of SIZES) yield { kind: 'image', ...common, codec, ...size }
}

function* filmsIn(container: ContainerKind, sound: Partial<AudioTrack>): Generator<MediaFacts> {
  const common = { container, title: null, cover: null, durationMs: 1_000, audio: [track(sound)] }
  const plain = { level: '3', bitDepth: 8, isInterlaced: false }
  for (const [codec, profile] of VIDEO)
    for (const size of SIZES)
      for (const { bitRate, frameRate } of RATES) {
        const video = { ...plain, codec, profile, ...size, frameRate }
        yield { kind: 'video', ...common, bitRate, subtitles: [], video }
      }
}

function* manyFacts(): Generator<MediaFacts> {
  for (const container of CONTAINERS) {
    yield* imagesIn(container)
    for (const sound of SOUND) {
      const common = { container, title: null, cover: null, durationMs: 1_000 }
      yield { kind: 'audio', ...common, audio: [track(sound)], bitRate: 128_000 }
      yield* filmsIn(container, sound)
    }
  }
}

it('all names that files are given are listed under their type, and no others', () => {
  const given = new Set<string>()
  const mimeTypes = knownMimeTypes().filter((mimeType) => /^(video|audio|image)\//.test(mimeType))
  const possible = mimeTypes.filter((mimeType) =>
    PROFILE_NAMES.some((row) => row.mimeType === mimeType),
  )
  for (const facts of manyFacts()) {
    for (const mimeType of possible) {
      const name = dlnaProfile(facts, mimeType)
      if (name !== null) given.add(`${mimeType} ${name}`)
    }
  }
  const listed = PROFILE_NAMES.flatMap(({ mimeType, names }) =>
    names.map((name) => `${mimeType} ${name}`),
  )
  expect([...given].sort()).toEqual(listed.sort())
})
