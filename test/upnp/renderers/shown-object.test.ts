import { describe, expect, test } from 'vitest'
import { type Container, type Item, NO_TAGS } from '../../../src/library/objects/media-object.ts'
import type { ObjectId } from '../../../src/library/objects/object-id.ts'
import { knownMimeTypes, mimeTypeOf } from '../../../src/media/media-type.ts'
import { DEFAULT_PROFILE } from '../../../src/upnp/renderers/renderer-profile.ts'
import { changedProfile, type ProfileChanges } from '../../../src/upnp/renderers/renderer-rule.ts'
import {
  featuresFor,
  profileNamesFor,
  sourceProtocolInfoFor,
} from '../../../src/upnp/renderers/resource-info.ts'
import {
  askedId,
  shownClass,
  shownId,
  shownTitle,
} from '../../../src/upnp/renderers/shown-object.ts'
import { spelledType } from '../../../src/upnp/renderers/spelled-type.ts'

function profile(changes: ProfileChanges) {
  return changedProfile(DEFAULT_PROFILE, changes)
}

function item(title: string, upnpClass = 'object.item.videoItem'): Item {
  const id = 'x' as ObjectId
  const mediaType = { mimeType: 'video/mp4', kind: 'video' } as const
  const resource = { path: '/m/x/0.mp4', size: 1, mediaType }
  const nothing = { addedAt: null, refId: null, tags: NO_TAGS, playback: null }
  return { kind: 'item', id, parentId: id, title, upnpClass, ...nothing, resource }
}

function container(title: string, upnpClass = 'object.container.storageFolder'): Container {
  const id = 'x' as ObjectId
  return { kind: 'container', id, parentId: id, title, upnpClass, childCount: 0, addedAt: null }
}

const MUSIC = 'object.item.audioItem.musicTrack'

describe('a title', () => {
  test.each<[string, ProfileChanges, string]>([
    ['Füße № 5 Ж.mkv', {}, 'Füße № 5 Ж.mkv'],
    ['Füße № 5 Ж.mkv', { asciiTitles: true }, 'Fusse No 5 ?.mkv'],
    ['Æther – “Łódź”.mkv', { asciiTitles: true }, 'AEther - "Lodz".mkv'],
    ['AC/DC 1/2.mkv', { titleCharacters: { '/': ':' } }, 'AC:DC 1:2.mkv'],
    ['a film', { titleDot: true }, 'a film.'],
    ['a film.mkv', { titleDot: true }, 'a film.mkv'],
    ['a film.mkv', { numberedTitles: true }, 'a film.mkv'],
  ])('%s with %j is %s', (title, changes, shown) => {
    expect(shownTitle(profile(changes), item(title), 4)).toBe(shown)
  })

  test('of music has its number where it is known and sorted by', () => {
    const renderer = profile({ numberedTitles: true })
    expect(shownTitle(renderer, item('song.mp3', MUSIC), 0)).toBe('001 - song.mp3')
    expect(shownTitle(renderer, item('song.mp3', MUSIC), 1_233)).toBe('1234 - song.mp3')
    expect(shownTitle(renderer, item('song.mp3', MUSIC), null)).toBe('song.mp3')
    expect(shownTitle(DEFAULT_PROFILE, item('song.mp3', MUSIC), 0)).toBe('song.mp3')
  })

  test('of a folder needs no dot and no number', () => {
    const renderer = profile({ numberedTitles: true, titleDot: true })
    expect(shownTitle(renderer, container('Films'), 3)).toBe('Films')
  })
})

test.each([
  [item('', 'object.item.videoItem.movie'), 'object.item.videoItem'],
  [item('', MUSIC), MUSIC],
  [item('', 'object.item.imageItem.photo.x'), 'object.item.imageItem.photo'],
  [item('', 'object.item.other'), 'object.item.other'],
  [container('', 'object.container.album.videoAlbum'), 'object.container.storageFolder'],
])('%o has a plain class', (object, plain) => {
  expect(shownClass(profile({ plainClasses: true }), object)).toBe(plain)
  expect(shownClass(DEFAULT_PROFILE, object)).toBe(object.upnpClass)
})

describe('an id', () => {
  test('changes with SystemUpdateID where it has to, and means the same', () => {
    const renderer = profile({ versionedIds: true })
    expect(shownId(renderer, 'abc-1', 7)).toBe('abc-1#7')
    expect(shownId(renderer, '0', 7)).toBe('0')
    expect(shownId(renderer, '-1', 7)).toBe('-1')
    expect(shownId(DEFAULT_PROFILE, 'abc-1', 7)).toBe('abc-1')
    expect(askedId(' abc-1#7 ')).toBe('abc-1')
    expect(askedId('abc-1')).toBe('abc-1')
    expect(askedId('a#b')).toBe('a#b')
  })
})

describe('a MIME type', () => {
  const renderer = profile({
    mimeTypes: { mkv: 'video/x-mkv', avi: 'video/avi', ts: 'video/mp2t', wav: 'audio/L16' },
  })

  test.each([
    ['a.mkv', 'video/x-mkv'],
    ['a.AVI', 'video/avi'],
    ['a.divx', 'video/avi'],
    ['a.ts', 'video/mp2t'],
    ['a.mpg', 'video/mpeg'],
    ['a.m2ts', 'video/vnd.dlna.mpeg-tts'],
    ['a.wav', 'audio/L16'],
    ['a.mp4', 'video/mp4'],
    ['a.nfo', mimeTypeOf('a.nfo')],
  ])('of %s is %s', (name, spelled) => {
    expect(spelledType(renderer, mimeTypeOf(name), name)).toBe(spelled)
  })

  test('is told in GetProtocolInfo as it is sent', () => {
    const told = sourceProtocolInfoFor(renderer)
    for (const type of ['video/x-mkv', 'video/avi', 'video/mp2t', 'video/mpeg', 'audio/L16']) {
      expect(told).toContain(`http-get:*:${type}:*`)
    }
    expect(told).not.toContain('video/x-matroska:')
    const byDefault = sourceProtocolInfoFor(DEFAULT_PROFILE).split(',')
    expect(byDefault.filter((entry) => entry.endsWith(':*'))).toHaveLength(knownMimeTypes().length)
    expect(new Set(byDefault).size).toBe(byDefault.length)
  })

  test('names the profiles under the type that files of them have there', () => {
    const named = sourceProtocolInfoFor(renderer)
    expect(named).toContain('http-get:*:video/mp2t:DLNA.ORG_PN=AVC_TS_HP_HD_AC3_ISO,')
    expect(named).toContain('http-get:*:video/mpeg:DLNA.ORG_PN=MPEG_PS_PAL,')
    expect(sourceProtocolInfoFor({ ...renderer, profileNames: false })).not.toContain('DLNA.ORG_PN')
    expect(sourceProtocolInfoFor(DEFAULT_PROFILE).length).toBeLessThan(8_192)
  })
})

test('features are left out where they do harm', () => {
  const type = { mimeType: 'video/mp4', kind: 'video' } as const
  expect(featuresFor(profile({ contentFeatures: 'none' }), type, undefined)).toBe('*')
  expect(featuresFor(DEFAULT_PROFILE, type, undefined)).toContain('DLNA.ORG_OP=01')
})

test('a file is offered under its profile name, under others besides, or under none', () => {
  const sony = profile({ alsoAs: { AVC_TS_MP_HD_AC3_ISO: ['AVC_TS_HD_50_AC3_ISO'] } })
  expect(profileNamesFor(sony, 'AVC_TS_MP_HD_AC3_ISO')).toEqual([
    'AVC_TS_MP_HD_AC3_ISO',
    'AVC_TS_HD_50_AC3_ISO',
  ])
  expect(profileNamesFor(sony, 'MP3')).toEqual(['MP3'])
  expect(profileNamesFor(sony, null)).toEqual([null])
  expect(profileNamesFor(profile({ profileNames: false }), 'MP3')).toEqual([null])
  expect(profileNamesFor(profile({ contentFeatures: 'none' }), 'MP3')).toEqual([null])
})
