import { expect, it } from 'vitest'
import { type Item, NO_TAGS } from '../../../src/library/objects/media-object.ts'
import type { ObjectId } from '../../../src/library/objects/object-id.ts'
import { spellDuration } from '../../../src/media/duration.ts'
import { mediaTypeOf } from '../../../src/media/media-type.ts'
import type { AudioTrack, MediaFacts } from '../../../src/media/probe/media-facts.ts'
import { didlObject } from '../../../src/upnp/content-directory/didl-lite.ts'
import { parseFilter } from '../../../src/upnp/content-directory/property-filter.ts'
import { DEFAULT_PROFILE } from '../../../src/upnp/renderers/renderer-profile.ts'
import { featuresFor } from '../../../src/upnp/renderers/resource-info.ts'

const AV = 'DLNA.ORG_OP=01;DLNA.ORG_CI=0;DLNA.ORG_FLAGS=01700000000000000000000000000000'
const IMAGE = 'DLNA.ORG_OP=01;DLNA.ORG_CI=0;DLNA.ORG_FLAGS=00F00000000000000000000000000000'

const TRACK: AudioTrack = {
  ...{ codec: 'AAC', profile: 'LC', channels: 2, sampleRate: 44_100, bitRate: 96_000 },
  ...{ bitDepth: null, language: null, title: null, isDefault: true },
}
const FILM: MediaFacts = {
  ...{ kind: 'video', container: 'mp4', title: null, cover: null },
  ...{ durationMs: 90_061_007, bitRate: 497_206, audio: [TRACK], subtitles: [] },
  video: {
    ...{ codec: 'AVC', profile: 'Main', level: '3.1', bitDepth: 8, width: 1280, height: 720 },
    ...{ frameRate: 24, isInterlaced: false },
  },
}
const SONG: MediaFacts = {
  ...{ kind: 'audio', container: 'mp3', title: null, cover: null },
  ...{ durationMs: 24_032, bitRate: 96_126 },
  audio: [{ ...TRACK, codec: 'MPEG Audio', profile: 'Layer 3' }],
}
const PICTURE: MediaFacts = {
  ...{ kind: 'image', container: 'jpeg', title: null, cover: null },
  ...{ codec: 'JPEG', width: 640, height: 480 },
}

function resOf(
  name: string,
  facts: MediaFacts | undefined,
  { filter = '*', renderer = DEFAULT_PROFILE } = {},
): string {
  const mediaType = mediaTypeOf(name)
  if (mediaType === null) throw new Error(name)
  const item: Item = {
    ...{ kind: 'item', id: 'i' as ObjectId, parentId: '0' as ObjectId, title: name },
    ...{ upnpClass: 'object.item', addedAt: null, refId: null, tags: NO_TAGS, playback: null },
    resource: { path: '/x', size: 1_000, mediaType },
    ...(facts === undefined ? {} : { facts }),
  }
  const place = { renderer, updateId: 1, position: null }
  const options = { filter: parseFilter(filter), baseUrl: 'http://h', ...place }
  return /<res.*<\/res>/.exec(didlObject(item, options).toString())?.[0] ?? ''
}

it.each([
  [
    'a.mp4',
    FILM,
    '<res size="1000" duration="25:01:01.007" bitrate="62151" sampleFrequency="44100" ' +
      'nrAudioChannels="2" resolution="1280x720" ' +
      `protocolInfo="http-get:*:video/mp4:DLNA.ORG_PN=AVC_MP4_MP_HD_720p_AAC;${AV}">http://h/x</res>`,
  ],
  [
    'a.mkv',
    { ...FILM, container: 'matroska' as const },
    '<res size="1000" duration="25:01:01.007" bitrate="62151" sampleFrequency="44100" ' +
      `nrAudioChannels="2" resolution="1280x720" protocolInfo="http-get:*:video/x-matroska:${AV}">http://h/x</res>`,
  ],
  [
    'a.mp3',
    SONG,
    '<res size="1000" duration="0:00:24.032" bitrate="12016" sampleFrequency="44100" ' +
      `nrAudioChannels="2" protocolInfo="http-get:*:audio/mpeg:DLNA.ORG_PN=MP3;${AV}">http://h/x</res>`,
  ],
  [
    'a.jpg',
    PICTURE,
    `<res size="1000" resolution="640x480" protocolInfo="http-get:*:image/jpeg:DLNA.ORG_PN=JPEG_SM;${IMAGE}">http://h/x</res>` +
      `<res resolution="160x120" protocolInfo="http-get:*:image/jpeg:DLNA.ORG_PN=JPEG_TN;${IMAGE.replace('CI=0', 'CI=1')}">http://h/p/i/tn.jpg</res>`,
  ],
  [
    'a.mp4',
    undefined,
    `<res size="1000" protocolInfo="http-get:*:video/mp4:${AV}">http://h/x</res>`,
  ],
])('the res of %s says what its bytes say', (name, facts, res) => {
  expect(resOf(name, facts)).toBe(res)
})

it('says nothing of what is not known', () => {
  const live: MediaFacts = { ...FILM, durationMs: null, bitRate: null, audio: [] }
  expect(resOf('a.mp4', live)).toBe(
    `<res size="1000" resolution="1280x720" protocolInfo="http-get:*:video/mp4:${AV}">http://h/x</res>`,
  )
})

it('says of a film that is listed as a song how long it is, not how large', () => {
  const res = resOf('a.mka', { ...FILM, container: 'matroska' })
  expect(res).toContain('duration="25:01:01.007"')
  expect(res).not.toContain('resolution')
})

it('sends the attributes that a filter names, and the protocolInfo always', () => {
  const res = resOf('a.mp4', FILM, { filter: 'res@duration,res@resolution' })
  expect(res).toContain('<res duration="25:01:01.007" resolution="1280x720" protocolInfo=')
  expect(resOf('a.mp4', FILM, { filter: 'res' })).toMatch(/^<res protocolInfo="[^"]*">/)
})

it('says the same as contentFeatures.dlna.org', () => {
  const type = mediaTypeOf('a.mp4')
  expect(resOf('a.mp4', FILM)).toContain(`:${featuresFor(DEFAULT_PROFILE, type, FILM)}"`)
})

it('names no profile to a renderer that wants none', () => {
  const renderer = { ...DEFAULT_PROFILE, profileNames: false }
  expect(resOf('a.mp4', FILM, { renderer })).toContain(`protocolInfo="http-get:*:video/mp4:${AV}"`)
  const silent = { ...DEFAULT_PROFILE, contentFeatures: 'none' as const }
  expect(resOf('a.mp4', FILM, { renderer: silent })).toContain(
    'protocolInfo="http-get:*:video/mp4:*"',
  )
})

it.each([
  [1, '0:00:00.001'],
  [59_999, '0:00:59.999'],
  [3_600_000, '1:00:00.000'],
  [360_000_000, '100:00:00.000'],
])('%d ms are spelled %s', (milliseconds, spelled) => {
  expect(spellDuration(milliseconds)).toBe(spelled)
})
