import { beforeEach, describe, expect, it } from 'vitest'
import { type FactsSource, NO_FACTS } from '../../../src/library/facts/facts-source.ts'
import { FactsFile } from '../../../src/library/probing/facts-file.ts'
import { SubtitleCatalog } from '../../../src/library/subtitles/subtitle-catalog.ts'
import type { MediaFacts, VideoFacts } from '../../../src/media/probe/media-facts.ts'
import {
  DEFAULT_PROFILE,
  type RendererProfile,
} from '../../../src/upnp/renderers/renderer-profile.ts'
import { AskedDirectory } from '../../helpers/content-directory.ts'
import { rendererNamed } from '../../helpers/renderer-named.ts'
import { faultCodeOf } from '../../helpers/soap-request.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'
import { torrentOf } from '../../helpers/torrent-shelf.ts'

const FILMS = torrentOf('Films', ['a.mkv', 'b.mkv', 'c.mkv', 'd.jpg'])
const OTHER = torrentOf('e.mkv', ['e.mkv'])
const SUBTITLE: VideoFacts['subtitles'][number] = {
  ...{ number: 3, codec: 'UTF-8', form: 'text', language: 'fr', title: null },
  ...{ isDefault: true, isForced: false },
}

const DTS: VideoFacts['audio'][number] = {
  ...{ codec: 'DTS', profile: null, channels: 6, sampleRate: 48_000, bitRate: null },
  ...{ bitDepth: null, language: null, title: null, isDefault: true },
}

function film(durationMs: number, bitRate: number, [width, height] = [1920, 1080]): VideoFacts {
  return {
    ...{ kind: 'video', container: 'matroska', title: '"durationMs":7 [x]', cover: null },
    ...{ durationMs, bitRate, audio: [], subtitles: [SUBTITLE] },
    video: {
      ...{ codec: 'AVC', profile: null, level: null, bitDepth: 8, width, height },
      ...{ frameRate: null, isInterlaced: false },
    },
  }
}

/** Facts of one torrent's files, kept as the server keeps them. */
class KeptFacts implements FactsSource {
  readonly probing = null
  readonly #file: FactsFile
  readonly #infoHash: string
  version = 0
  lookedAt = NO_FACTS.lookedAt
  onFacts = NO_FACTS.onFacts

  constructor(file: FactsFile, infoHash: string = FILMS.infoHash) {
    this.#file = file
    this.#infoHash = infoHash
  }

  factsOf: FactsSource['factsOf'] = (infoHash, fileIndex) =>
    infoHash === this.#infoHash ? (this.#file.get(fileIndex)?.facts ?? undefined) : undefined

  propertyOf: FactsSource['propertyOf'] = (infoHash, ...asked) =>
    infoHash === this.#infoHash ? this.#file.propertyOf(...asked) : null

  async find(fileIndex: number, facts: MediaFacts): Promise<void> {
    await this.#file.set(fileIndex, { facts, isPartial: false, fetchedBytes: 0 })
    this.version++
  }
}

let facts: KeptFacts
let directory: AskedDirectory

beforeEach(async () => {
  facts = new KeptFacts(await FactsFile.open(`${await temporaryFolder()}/facts.jsonl`))
  await facts.find(0, film(7_200_000, 8_000_000))
  await facts.find(1, film(600_500, 16_000_000, [1280, 720]))
  await facts.find(3, {
    ...{ kind: 'image', container: 'jpeg', title: null, cover: null },
    ...{ codec: 'JPEG', width: 640, height: 480 },
  })
  directory = new AskedDirectory([FILMS, OTHER], { facts })
})

const sorted = async (SortCriteria: string): Promise<readonly (string | undefined)[]> =>
  (await directory.browse({ ObjectID: FILMS.infoHash, SortCriteria })).titles

describe('what is known of files', () => {
  it('is what a folder can be sorted by; what is not known comes first', async () => {
    expect(await sorted('+res@duration')).toEqual(['c.mkv', 'd.jpg', 'b.mkv', 'a.mkv'])
    expect(await sorted('-res@bitrate')).toEqual(['b.mkv', 'a.mkv', 'c.mkv', 'd.jpg'])
    expect(await sorted('-res@resolution')).toEqual(['a.mkv', 'b.mkv', 'd.jpg', 'c.mkv'])
  })

  it('sorts anew when more is known', async () => {
    await sorted('+res@duration')
    await facts.find(2, film(1, 1))
    expect(await sorted('+res@duration')).toEqual(['d.jpg', 'c.mkv', 'b.mkv', 'a.mkv'])
  })

  it.each([
    ['res@duration > "1:00:00"', ['a.mkv']],
    ['res@duration = "0:10:00.500"', ['b.mkv']],
    ['res@duration < "3600"', ['b.mkv']],
    ['res@duration contains "2:00:00"', ['a.mkv']],
    ['res@duration > "long"', []],
    ['res@duration exists true', ['a.mkv', 'b.mkv']],
    [
      'res@duration exists false and upnp:class derivedfrom "object.item"',
      ['d.jpg', 'c.mkv', 'e.mkv'],
    ],
    ['res@bitrate >= "2000000"', ['b.mkv']],
    ['res@bitrate = "1000000"', ['a.mkv']],
    ['res@resolution = "1920x1080"', ['a.mkv']],
    ['res@resolution startsWith "640"', ['d.jpg']],
  ])('is found by %s', async (criteria, titles) => {
    expect([...(await directory.search(criteria)).titles].sort()).toEqual([...titles].sort())
  })

  it('is found as Browse tells it: in whole bytes per second, and in one form of each letter', async () => {
    await facts.find(0, { ...film(7_200_000, 8_000_003), tags: { artist: 'Andre\u0301' } })
    const { didl } = await directory.browse({ ObjectID: FILMS.infoHash })
    expect(didl).toContain('bitrate="1000000"')
    expect(didl).toContain('<upnp:artist>Andr\u00e9</upnp:artist>')
    for (const criteria of [
      ...['res@bitrate = "1000000"', 'res@bitrate <= "1000000"'],
      ...['upnp:artist = "Andr\u00e9"', 'upnp:artist contains "R\u00c9"'],
    ]) {
      expect([criteria, (await directory.search(criteria)).titles]).toEqual([criteria, ['a.mkv']])
    }
    for (const criteria of ['res@bitrate > "1000000"', 'upnp:artist doesNotContain "\u00e9"']) {
      expect((await directory.search(criteria)).titles).not.toContain('a.mkv')
    }
  })

  it('is found anew when more is known', async () => {
    const search = async (): Promise<readonly (string | undefined)[]> =>
      (await directory.search('res@duration exists true')).titles
    expect(await search()).toEqual(['a.mkv', 'b.mkv'])
    await facts.find(2, film(5, 5))
    expect(await search()).toEqual(['a.mkv', 'b.mkv', 'c.mkv'])
  })

  it('is told of as capabilities', async () => {
    for (const action of ['GetSortCapabilities', 'GetSearchCapabilities']) {
      const { xml } = await directory.ask(action)
      expect(xml).toMatch(/res@duration,res@bitrate,res@resolution/)
    }
  })

  it('names the tracks of text in a film, in all forms, without the film being opened', async () => {
    const { didl } = await directory.browse({ ObjectID: FILMS.infoHash })
    const path = `http://192.168.1.2:3030/torrents/${FILMS.infoHash}/subtitles/0-3/fr.srt`
    expect(didl).toContain(`<res protocolInfo="http-get:*:text/srt:*">${path}</res>`)
    expect(didl).toContain(`<sec:CaptionInfoEx sec:type="srt">${path}</sec:CaptionInfoEx>`)
    expect(didl).toContain(`pv:subtitleFileUri="${path}"`)
  })
})

describe('what tags say', () => {
  const MUSIC = torrentOf('Rip', ['1.flac', '2.flac', 'film.mkv', 'no.flac'])
  const SONG: MediaFacts = {
    ...{ kind: 'audio', container: 'flac', title: 'x', cover: null },
    ...{ durationMs: 1_000, bitRate: 1_000, audio: [] },
  }
  const TAGS = { artist: 'Nina "N" \\ S', albumArtist: 'Various', album: 'Ö', genre: 'Jazz' }

  beforeEach(async () => {
    const file = await FactsFile.open(`${await temporaryFolder()}/facts.jsonl`)
    facts = new KeptFacts(file, MUSIC.infoHash)
    await facts.find(0, { ...SONG, tags: { ...TAGS, track: 12 } })
    await facts.find(1, { ...SONG, tags: { ...TAGS, artist: 'Aretha', track: 2 } })
    await facts.find(2, { ...film(1, 1), tags: { actor: 'Somebody', genre: 'Drama' } })
    await facts.find(3, { ...SONG, tags: {} })
    directory = new AskedDirectory([MUSIC], { facts })
  })

  it('is told of an item, the album before the name of the folder', async () => {
    const { didl } = await directory.browse({ ObjectID: MUSIC.infoHash })
    const [first = '', , , last = ''] = didl.split('<item ').slice(1)
    expect(first).toContain('<dc:creator>Nina &quot;N&quot; \\ S</dc:creator>')
    expect(first).toContain('<upnp:artist>Nina &quot;N&quot; \\ S</upnp:artist>')
    expect(first).toContain('<upnp:artist role="AlbumArtist">Various</upnp:artist>')
    expect(first).toContain('<upnp:album>Ö</upnp:album><upnp:genre>Jazz</upnp:genre>')
    expect(first).toContain('<upnp:originalTrackNumber>12</upnp:originalTrackNumber>')
    expect(didl).toContain('<upnp:actor>Somebody</upnp:actor>')
    expect(last).toContain('<upnp:album>Rip</upnp:album>')
    expect(last).not.toContain('upnp:artist')
  })

  it('is left out where a Filter does not name it', async () => {
    const { didl } = await directory.browse({ ObjectID: MUSIC.infoHash, Filter: 'upnp:genre' })
    expect(didl).toContain('<upnp:genre>Drama')
    expect(didl).not.toMatch(/upnp:artist|dc:creator|upnp:actor/)
  })

  it.each([
    ['upnp:artist contains "nina"', ['1.flac']],
    ['dc:creator = "Nina \\"N\\" \\\\ S"', ['1.flac']],
    ['upnp:album = "ö" and upnp:genre = "jazz"', ['1.flac', '2.flac']],
    ['upnp:album = "Rip"', ['no.flac']],
    ['upnp:actor exists true', ['film.mkv']],
    [
      'upnp:originalTrackNumber < "3" and upnp:class derivedfrom "object.item.audioItem"',
      ['2.flac'],
    ],
  ])('is found by %s', async (criteria, titles) => {
    expect((await directory.search(criteria)).titles).toEqual(titles)
  })

  it('is what a folder and a view can be sorted by', async () => {
    const by = async (ObjectID: string, SortCriteria: string) =>
      (await directory.browse({ ObjectID, SortCriteria })).titles
    expect(await by(MUSIC.infoHash, '+upnp:artist')).toEqual([
      ...['film.mkv', 'no.flac', '2.flac', '1.flac'],
    ])
    expect(
      (await by('A', '-upnp:originalTrackNumber')).filter((title) => title !== 'no.flac'),
    ).toEqual(['1.flac', '2.flac'])
  })

  it('is told as a capability', async () => {
    for (const action of ['GetSortCapabilities', 'GetSearchCapabilities']) {
      const { xml } = await directory.ask(action)
      for (const name of ['dc:creator', 'upnp:artist', 'upnp:album', 'upnp:genre', 'upnp:actor'])
        expect(xml).toContain(name)
    }
  })
})

describe('facts that do not fit a name', () => {
  beforeEach(async () => {
    // d.jpg is a film, c.mkv an image.
    await facts.find(3, film(7_200_000, 8_000_000))
    await facts.find(2, {
      ...{ kind: 'image', container: 'jpeg', title: null, cover: null },
      ...{ codec: 'JPEG', width: 7_680, height: 4_320 },
    })
  })

  it('are neither told nor searched nor sorted by', async () => {
    const { didl } = await directory.browse({
      ObjectID: `${FILMS.infoHash}-3`,
      BrowseFlag: 'BrowseMetadata',
    })
    expect(didl).not.toMatch(/duration=|resolution=/)
    expect((await directory.search('res@duration = "2:00:00"')).titles).toEqual(['a.mkv'])
    expect((await directory.search('res@resolution = "7680x4320"')).titles).toEqual([])
    expect((await sorted('-res@duration')).slice(0, 2)).toEqual(['a.mkv', 'b.mkv'])
    expect((await sorted('-res@resolution')).slice(0, 2)).toEqual(['a.mkv', 'b.mkv'])
  })
})

it('what is in the way of a film is said to the renderer that it concerns, where it asks for that', async () => {
  await facts.find(0, { ...film(1, 1), audio: [DTS] })
  const description = async (renderer: RendererProfile, Filter: string) => {
    const { didl } = await directory.browse({ ObjectID: FILMS.infoHash, Filter }, renderer)
    return /<dc:description>([^<]*)</.exec(didl)?.[1]
  }
  const samsung = rendererNamed('samsung-2021')
  expect(await description(samsung, '*')).toBe('May not play on this device: the sound is DTS.')
  expect(await description(samsung, 'dc:title,res')).toBeUndefined()
  expect(await description(DEFAULT_PROFILE, '*')).toBeUndefined()
})

it.each([
  ['6839', 'BM=6839', '0'],
  ['6841', 'BM=0', '1'],
  ['7200', 'BM=0', '1'],
  ['7300', 'BM=0', '1'],
  // A set that counts in milliseconds and does not say so.
  ['1200000', 'BM=1200<', '0'],
])(
  'a film of two hours that a TV stops at %s s is to go on at %s, watched %s times',
  async (PosSecond, bookmark, count) => {
    const tv = rendererNamed('samsung-c-e')
    const ObjectID = `${FILMS.infoHash}-0`
    const set = { CategoryType: '0', RID: '0', ObjectID, PosSecond }
    expect((await directory.ask('X_SetBookmark', set, tv)).status).toBe(200)
    const { didl } = await directory.browse({ ObjectID: FILMS.infoHash }, tv)
    expect(didl).toContain(bookmark)
    expect(/playbackCount>(\d+)</.exec(didl)?.[1]).toBe(count)
  },
)

it.each([
  ['X_SetBookmark', { CategoryType: '0', RID: '0', PosSecond: '9000000' }, 601],
  ['UpdateObject', '7206', 703],
  ['UpdateObject', '7203', null],
] as const)('%s refuses a place beyond the end', async (action, asked, code) => {
  const ObjectID = `${FILMS.infoHash}-0`
  const NewTagValue = `<upnp:lastPlaybackPosition>${asked}</upnp:lastPlaybackPosition>`
  const args = typeof asked === 'string' ? { CurrentTagValue: '', NewTagValue } : asked
  const { status, xml } = await directory.ask(action, { ObjectID, ...args })
  expect(status === 200 ? null : faultCodeOf(xml)).toBe(code)
})

describe('tracks that facts name', () => {
  const found = (track: Partial<typeof SUBTITLE>, container: VideoFacts['container']) => {
    const known: MediaFacts = {
      ...film(1, 1),
      container,
      subtitles: [{ ...SUBTITLE, ...track }],
    }
    const catalog = new SubtitleCatalog([], { factsOf: () => known })
    const [file] = FILMS.files
    if (file === undefined) throw new Error('there is a file')
    return catalog.subtitlesOf(FILMS, file)
  }

  it.each([
    ['a track of pictures', { form: 'bitmap', codec: 'PGS' }, 'matroska'],
    ['one of a container that we do not read', {}, 'mpeg-ts'],
    ['one whose number is not known', { number: null }, 'matroska'],
    ['one in a format that we do not read', { codec: 'Teletext Subtitle' }, 'matroska'],
  ] as const)('do not offer %s', (_, track, container) => {
    expect(found(track, container)).toEqual([])
  })

  it.each(['Timed Text', 'tx3g', 'WebVTT', 'wvtt', 'TTML', 'stpp'])('offer %s of MP4', (codec) => {
    expect(found({ codec }, 'mp4')).toMatchObject([{ language: 'fr' }])
  })

  it('are English in Matroska where it does not say', () => {
    expect(found({ language: null, title: 'SDH' }, 'matroska')).toMatchObject([
      { language: 'en', hearingImpaired: true },
    ])
    expect(found({ language: null, codec: 'Timed Text' }, 'mp4')).toMatchObject([
      { language: null },
    ])
  })
})
