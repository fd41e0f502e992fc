import { expect, test } from 'vitest'
import { type Item, NO_TAGS } from '../../../src/library/objects/media-object.ts'
import { encodeObjectId, ROOT_ID } from '../../../src/library/objects/object-id.ts'
import { mediaTypeOf } from '../../../src/media/media-type.ts'
import { didlLite, didlObject } from '../../../src/upnp/content-directory/didl-lite.ts'
import { parseFilter } from '../../../src/upnp/content-directory/property-filter.ts'
import {
  DEFAULT_PROFILE,
  type RendererProfile,
} from '../../../src/upnp/renderers/renderer-profile.ts'
import { objectsOf } from '../../helpers/soap-request.ts'
import { hashOf } from '../../helpers/torrent-shelf.ts'

const BASE = 'http://h'
const ID = encodeObjectId({ kind: 'file', infoHash: hashOf('x'), fileIndex: 3 })

interface Image {
  readonly codec: string
  readonly width: number
  readonly height: number
  readonly isBroken?: true
}

function itemOf(name: string, facts?: Image): Item {
  const mediaType = mediaTypeOf(name)
  if (mediaType === null) throw new Error(`${name} is no media`)
  const common = { container: 'other' as const, title: null, cover: null }
  return {
    ...{ kind: 'item', id: ID, parentId: ROOT_ID, title: name, refId: null, addedAt: null },
    ...{ upnpClass: 'object.item', tags: NO_TAGS, playback: null },
    resource: { path: `/m/${name}`, size: 9, mediaType },
    ...(facts === undefined ? {} : { facts: { kind: 'image', ...common, ...facts } }),
  }
}

async function written(item: Item, changes: Partial<RendererProfile> = {}, filter = '*') {
  const renderer = { ...DEFAULT_PROFILE, ...changes }
  const options = { filter: parseFilter(filter), baseUrl: BASE, renderer, updateId: 0 }
  const xml = didlLite([didlObject(item, { ...options, position: null })]).toString()
  const { items } = await objectsOf(xml)
  const res = (items[0]?.res ?? []).map(({ _, $ }) =>
    [
      $.resolution,
      /PN=(\w+)/.exec($.protocolInfo ?? '')?.[1],
      /CI=\d/.exec($.protocolInfo ?? '')?.[0],
      _,
    ].join(' '),
  )
  const art = [...xml.matchAll(/profileID="(\w+)">([^<]+)</g)].map(
    ([, profile, url]) => `${profile} ${url}`,
  )
  return { res, art, xml }
}

const P = `http://h/p/${ID}`

test.each<[string, Image | undefined, string[]]>([
  [
    'a.jpg',
    { codec: 'JPEG', width: 1_280, height: 720 },
    [
      '1280x720 JPEG_LRG CI=0 http://h/m/a.jpg',
      `1024x576 JPEG_MED CI=1 ${P}/med.jpg`,
      `640x360 JPEG_SM CI=1 ${P}/sm.jpg`,
      `160x90 JPEG_TN CI=1 ${P}/tn.jpg`,
    ],
  ],
  ['b.jpg', { codec: 'JPEG', width: 100, height: 90 }, ['100x90 JPEG_TN CI=0 http://h/m/b.jpg']],
  [
    'c.jpg',
    { codec: 'JPEG', width: 6_000, height: 4_000 },
    [
      '6000x4000  CI=0 http://h/m/c.jpg',
      `4096x2731 JPEG_LRG CI=1 ${P}/lrg.jpg`,
      `1024x683 JPEG_MED CI=1 ${P}/med.jpg`,
      `640x427 JPEG_SM CI=1 ${P}/sm.jpg`,
      `160x107 JPEG_TN CI=1 ${P}/tn.jpg`,
    ],
  ],
  [
    'd.webp',
    { codec: 'WebP', width: 600, height: 400 },
    [
      `600x400 JPEG_SM CI=1 ${P}/sm.jpg`,
      `160x107 JPEG_TN CI=1 ${P}/tn.jpg`,
      '600x400  CI=0 http://h/m/d.webp',
    ],
  ],
  // It is cut off, or no picture could be made of it.
  [
    'c.jpg',
    { codec: 'JPEG', width: 800, height: 600, isBroken: true },
    ['800x600  CI=0 http://h/m/c.jpg'],
  ],
  ['e.jpg', undefined, ['  CI=0 http://h/m/e.jpg']],
  ['f.mkv', undefined, ['  CI=0 http://h/m/f.mkv']],
])('%s is offered in no size larger than it is', async (name, facts, res) => {
  expect((await written(itemOf(name, facts))).res).toEqual(res)
})

test.each([
  ['g.png', { codec: 'PNG', width: 12_000, height: 10_000 }, 9, 1],
  ['g.png', { codec: 'PNG', width: 8_000, height: 8_000 }, 9, 5],
  ['g.webp', { codec: 'WebP', width: 8_000, height: 3_001 }, 9, 1],
  ['g.webp', { codec: 'WebP', width: 8_000, height: 3_000 }, 9, 5],
  ['g.jpg', { codec: 'JPEG', width: 1_280, height: 720 }, 33_554_433, 1],
])(
  '%s of %o and %d bytes is offered in as many sizes as can be made',
  async (name, facts, size, count) => {
    const item = itemOf(name, facts)
    const { res } = await written({ ...item, resource: { ...item.resource, size } })
    expect(res).toHaveLength(count)
    expect(res.some((line) => line.endsWith(`http://h/m/${name}`))).toBe(true)
  },
)

test('an image that a renderer shows as it is comes first, before its smaller sizes', async () => {
  const plays = { ...DEFAULT_PROFILE.plays, images: ['jpeg', 'webp'] as const }
  const item = itemOf('d.webp', { codec: 'WebP', width: 600, height: 400 })
  expect((await written(item, { plays })).res[0]).toBe('600x400  CI=0 http://h/m/d.webp')
  expect((await written(item)).res).toHaveLength(3)
})

test('the pictures in albumArtURI are those of the renderer, in its order, where the filter asks for them', async () => {
  const film = itemOf('f.mkv')
  expect((await written(film)).art).toEqual([`JPEG_TN ${P}/tn.jpg`, `JPEG_SM ${P}/sm.jpg`])
  expect((await written(film, { albumArt: ['JPEG_SM'] })).art).toEqual([`JPEG_SM ${P}/sm.jpg`])
  expect((await written(film, { albumArt: [] })).art).toEqual([])
  expect((await written(film, {}, 'dc:title,res')).art).toEqual([])
  expect((await written(film, {}, 'upnp:albumArtURI@dlna:profileID')).art).toHaveLength(2)
})

test('all entries for a file have the same picture', async () => {
  const entry = { ...itemOf('f.mkv'), refId: ID, id: 'F.x' as Item['id'] }
  expect((await written(entry)).art[0]).toBe(`JPEG_TN ${P}/tn.jpg`)
})

test('a renderer that looks for pictures in res finds them there, last', async () => {
  const { res } = await written(itemOf('f.mkv'), { pictureRes: true })
  expect(res).toEqual(['  CI=0 http://h/m/f.mkv', ` JPEG_TN CI=1 ${P}/tn.jpg`])
})

test('a renderer that refuses converted media is not told of it, and one without flags of nothing', async () => {
  const photo = itemOf('a.jpg', { codec: 'JPEG', width: 200, height: 200 })
  expect((await written(photo, { convertedFlag: 0 })).res[1]).toContain('JPEG_TN CI=0')
  expect((await written(photo, { contentFeatures: 'none' })).xml).toContain(
    `<res resolution="160x160" protocolInfo="http-get:*:image/jpeg:*">${P}/tn.jpg</res>`,
  )
})
