import { beforeAll, describe, expect, it, vi } from 'vitest'
import { nextTurn } from '../../../src/concurrency/next-turn.ts'
import type { LibraryTorrent } from '../../../src/library/files/library-source.ts'
import { Library } from '../../../src/library/library.ts'
import { silentLogger } from '../../../src/log.ts'
import { shortStreamPath } from '../../../src/media/stream-path.ts'
import { contentDirectory } from '../../../src/upnp/content-directory/content-directory.ts'
import { type ControlAnswer, control } from '../../../src/upnp/control/control.ts'
import {
  DEFAULT_PROFILE,
  type RendererProfile,
} from '../../../src/upnp/renderers/renderer-profile.ts'
import { AskedDirectory } from '../../helpers/content-directory.ts'
import { nastyNames, visible } from '../../helpers/nasty-names.ts'
import {
  BROWSE,
  CONTENT_DIRECTORY,
  faultCodeOf,
  objectsOf,
  outputsOf,
  soapBody,
} from '../../helpers/soap-request.ts'
import {
  filesOf,
  hashOf,
  memoryStore,
  TorrentShelf,
  torrentOf,
} from '../../helpers/torrent-shelf.ts'

type Invoke = (action: string, args?: Readonly<Record<string, string>>) => Promise<ControlAnswer>

function contentDirectoryOf(...torrents: readonly LibraryTorrent[]): Invoke {
  return contentDirectoryFor(DEFAULT_PROFILE, ...torrents)
}

function contentDirectoryFor(
  renderer: RendererProfile,
  ...torrents: readonly LibraryTorrent[]
): Invoke {
  const log = silentLogger()
  const source = new TorrentShelf(torrents)
  const library = new Library({ source, updateIds: memoryStore(5), log })
  const service = contentDirectory(library, log)
  return (action, args) => {
    const body = Buffer.from(soapBody(CONTENT_DIRECTORY, action, args))
    const baseUrl = 'http://192.168.1.2:3030'
    const request = {
      serviceType: CONTENT_DIRECTORY,
      soapAction: undefined,
      body,
      baseUrl,
      renderer,
    }
    return control(service, request, log)
  }
}

async function browse(invoke: Invoke, args: Readonly<Record<string, string>> = {}) {
  const { xml } = await invoke('Browse', { ...BROWSE, ...args })
  const { Result = '', ...counts } = await outputsOf(xml)
  return { xml, didl: Result, ...(await objectsOf(Result)), counts }
}

const SHOW = torrentOf('Tom & "Jerry" <1>', ['S1/e1 & 2.mkv', 'song.mp3', 'cover.jpg'])
const OPEN =
  '<DIDL-Lite xmlns="urn:schemas-upnp-org:metadata-1-0/DIDL-Lite/"' +
  ' xmlns:dc="http://purl.org/dc/elements/1.1/"' +
  ' xmlns:upnp="urn:schemas-upnp-org:metadata-1-0/upnp/"' +
  ' xmlns:dlna="urn:schemas-dlna-org:metadata-1-0/">'
const URL_OF_SHOW = `http://192.168.1.2:3030${shortStreamPath(SHOW.infoHash, 0, '').replace(/\/0$/, '')}`
const FLAGS = 'DLNA.ORG_OP=01;DLNA.ORG_CI=0;DLNA.ORG_FLAGS'

/** The pictures of an object. */
const artOf = (id: string): string =>
  ['TN', 'SM']
    .map(
      (size) =>
        `<upnp:albumArtURI dlna:profileID="JPEG_${size}">` +
        `http://192.168.1.2:3030/p/${id}/${size.toLowerCase()}.jpg</upnp:albumArtURI>`,
    )
    .join('')

describe('Browse', () => {
  it('answers with these bytes for the torrent in the root, after the views', async () => {
    const args = { ...BROWSE, StartingIndex: '5' }
    const { xml } = await contentDirectoryOf(SHOW)('Browse', args)
    const didl =
      `${OPEN}<container id="${SHOW.infoHash}" parentID="0" restricted="1" searchable="1" childCount="3">` +
      '<dc:title>Tom &amp; &quot;Jerry&quot; &lt;1&gt;</dc:title>' +
      '<upnp:class>object.container.storageFolder</upnp:class><dc:date>2026-11-22</dc:date>' +
      `<upnp:storageUsed>-1</upnp:storageUsed>${artOf(SHOW.infoHash)}</container></DIDL-Lite>`
    const escaped = didl.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    expect(escaped).toContain('Tom &amp;amp; &amp;quot;Jerry&amp;quot; &amp;lt;1&amp;gt;')
    expect(xml).toBe(
      '<?xml version="1.0" encoding="utf-8"?>\n' +
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"' +
        ' s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>' +
        '<u:BrowseResponse xmlns:u="urn:schemas-upnp-org:service:ContentDirectory:1">' +
        `<Result>${escaped}</Result><NumberReturned>1</NumberReturned>` +
        '<TotalMatches>6</TotalMatches><UpdateID>5</UpdateID></u:BrowseResponse>' +
        '</s:Body></s:Envelope>',
    )
  })

  it('describes video, audio and images', async () => {
    const { didl } = await browse(contentDirectoryOf(SHOW), { ObjectID: SHOW.infoHash })
    expect(didl).toBe(
      `${OPEN}<container id="${SHOW.infoHash}-d1-0" parentID="${SHOW.infoHash}"` +
        ' restricted="1" searchable="1" childCount="1"><dc:title>S1</dc:title>' +
        '<upnp:class>object.container.storageFolder</upnp:class><dc:date>2026-11-22</dc:date>' +
        `<upnp:storageUsed>-1</upnp:storageUsed>${artOf(`${SHOW.infoHash}-d1-0`)}</container>` +
        `<item id="${SHOW.infoHash}-2" parentID="${SHOW.infoHash}" restricted="1">` +
        '<dc:title>cover.jpg</dc:title><upnp:class>object.item.imageItem.photo</upnp:class>' +
        `<dc:date>2026-11-22</dc:date>${artOf(`${SHOW.infoHash}-2`)}` +
        `<res size="1002" protocolInfo="http-get:*:image/jpeg:${FLAGS}=00F00000${'0'.repeat(24)}">` +
        `${URL_OF_SHOW}/2.jpg</res></item>` +
        `<item id="${SHOW.infoHash}-1" parentID="${SHOW.infoHash}" restricted="1">` +
        '<dc:title>song.mp3</dc:title><upnp:class>object.item.audioItem.musicTrack</upnp:class>' +
        '<dc:date>2026-11-22</dc:date>' +
        `<upnp:album>Tom &amp; &quot;Jerry&quot; &lt;1&gt;</upnp:album>${artOf(`${SHOW.infoHash}-1`)}` +
        `<res size="1001" protocolInfo="http-get:*:audio/mpeg:${FLAGS}=01700000${'0'.repeat(24)}">` +
        `${URL_OF_SHOW}/1.mp3</res></item></DIDL-Lite>`,
    )
    const inFolder = await browse(contentDirectoryOf(SHOW), { ObjectID: `${SHOW.infoHash}-d1-0` })
    expect(inFolder.items[0]?.['upnp:class']).toEqual(['object.item.videoItem'])
    expect(inFolder.items[0]?.res?.[0]?._).toBe(`${URL_OF_SHOW}/0.mkv`)
  })

  it('describes the root and an item by BrowseMetadata', async () => {
    const invoke = contentDirectoryOf(SHOW)
    const root = await browse(invoke, { BrowseFlag: 'BrowseMetadata' })
    expect(root.containers[0]?.$).toEqual({
      id: '0',
      parentID: '-1',
      restricted: '1',
      searchable: '1',
      childCount: '6',
    })
    const one = { NumberReturned: '1', TotalMatches: '1', UpdateID: '5' }
    expect(root.counts).toEqual(one)
    const id = `${SHOW.infoHash}-0`
    const item = await browse(invoke, { BrowseFlag: 'BrowseMetadata', ObjectID: id })
    expect(item.items[0]?.$).toMatchObject({ id, parentID: `${SHOW.infoHash}-d1-0` })
    expect(item.counts).toEqual(one)
  })

  it('finds nothing in an empty library, an item, or past the end', async () => {
    const none = { NumberReturned: '0', TotalMatches: '0', UpdateID: '5' }
    expect((await browse(contentDirectoryOf())).counts).toEqual(none)
    const invoke = contentDirectoryOf(SHOW)
    const inItem = await browse(invoke, { ObjectID: `${SHOW.infoHash}-0` })
    expect(inItem.counts).toEqual(none)
    const past = await browse(invoke, { ObjectID: SHOW.infoHash, StartingIndex: '3' })
    expect(past.counts).toEqual({ ...none, TotalMatches: '3' })
  })

  it('takes ContainerID for ObjectID, as an Xbox 360 sends it', async () => {
    const { ObjectID: _, ...args } = BROWSE
    const { xml } = await contentDirectoryOf(SHOW)('Browse', {
      ...args,
      ContainerID: SHOW.infoHash,
    })
    expect((await outputsOf(xml)).TotalMatches).toBe('3')
  })
})

describe('faults of Browse', () => {
  it.each<[number, Readonly<Record<string, string>>]>([
    [701, { ObjectID: 'X' }],
    [701, { ObjectID: '' }],
    [701, { ObjectID: '-1' }],
    [701, { ObjectID: `${SHOW.infoHash}-99` }],
    [701, { ObjectID: hashOf('removed') }],
    [701, { ObjectID: '<&>', BrowseFlag: 'BrowseMetadata' }],
    [402, { BrowseFlag: 'BrowseEverything' }],
    [402, { BrowseFlag: '' }],
    [402, { StartingIndex: '-1' }],
    [402, { StartingIndex: 'first' }],
    [402, { RequestedCount: '-1' }],
  ])('%i for %j', async (code, args) => {
    const { status, xml } = await contentDirectoryOf(SHOW)('Browse', { ...BROWSE, ...args })
    expect([status, faultCodeOf(xml)]).toEqual([500, code])
  })

  it.each(['ObjectID', 'BrowseFlag'])('402 without %s', async (name) => {
    const { [name]: _, ...args } = BROWSE
    expect(faultCodeOf((await contentDirectoryOf(SHOW)('Browse', args)).xml)).toBe(402)
  })

  it.each(['CreateObject', 'DestroyObject', 'browse'])('401 for %s', async (action) => {
    expect(faultCodeOf((await contentDirectoryOf(SHOW)(action, BROWSE)).xml)).toBe(401)
  })
})

describe('Filter', () => {
  const folder = { $: { id: `${SHOW.infoHash}-d1-0`, parentID: SHOW.infoHash, restricted: '1' } }
  it.each(['*', '', ' ', 'res,*'])('%j means all', async (Filter) => {
    const { containers, items } = await browse(contentDirectoryOf(SHOW), {
      ObjectID: SHOW.infoHash,
      Filter,
    })
    expect(containers[0]).toMatchObject({ $: { childCount: '1' }, 'upnp:storageUsed': ['-1'] })
    expect(items[0]).toMatchObject({ 'dc:date': ['2026-11-22'], res: [{ $: { size: '1002' } }] })
  })

  it.each<[string, object, object]>([
    ['dc:title', {}, {}],
    ['unknown,@nothing,,', {}, {}],
    ['res', {}, { res: [expect.objectContaining({ $: { protocolInfo: expect.any(String) } })] }],
    [
      'res@size , dc:date',
      { 'dc:date': ['2026-11-22'] },
      {
        'dc:date': ['2026-11-22'],
        res: [expect.objectContaining({ $: { size: '1002', protocolInfo: expect.any(String) } })],
      },
    ],
    ['@searchable', { $: { ...folder.$, searchable: '1' } }, {}],
    ['@childCount', { $: { ...folder.$, childCount: '1' } }, {}],
    ['container@childCount', { $: { ...folder.$, childCount: '1' } }, {}],
    ['upnp:storageUsed', { 'upnp:storageUsed': ['-1'] }, {}],
  ])('%j adds to what is required', async (Filter, ofContainer, ofItem) => {
    const { containers, items } = await browse(contentDirectoryOf(SHOW), {
      ObjectID: SHOW.infoHash,
      Filter,
    })
    expect(containers[0]).toEqual({
      ...folder,
      'dc:title': ['S1'],
      'upnp:class': ['object.container.storageFolder'],
      ...ofContainer,
    })
    expect(items[0]).toEqual({
      $: { id: `${SHOW.infoHash}-2`, parentID: SHOW.infoHash, restricted: '1' },
      'dc:title': ['cover.jpg'],
      'upnp:class': ['object.item.imageItem.photo'],
      ...ofItem,
    })
  })
})

describe('SortCriteria', () => {
  it.each([
    ['', ['S1', 'cover.jpg', 'song.mp3']],
    ['dc:title', ['cover.jpg', 'S1', 'song.mp3']],
    ['+dc:title,', ['cover.jpg', 'S1', 'song.mp3']],
    [' + dc:title , , -res@size', ['cover.jpg', 'S1', 'song.mp3']],
    ['+', ['S1', 'cover.jpg', 'song.mp3']],
    ['+dc:title +dc:date', ['S1', 'cover.jpg', 'song.mp3']],
    ['*dc:title', ['S1', 'cover.jpg', 'song.mp3']],
    ['+dc:title;DROP', ['S1', 'cover.jpg', 'song.mp3']],
    ['-dc:title', ['song.mp3', 'S1', 'cover.jpg']],
    ['+upnp:class, -dc:title', ['S1', 'song.mp3', 'cover.jpg']],
    ['-res@size', ['cover.jpg', 'song.mp3', 'S1']],
    ['+upnp:artist,-@refID,+microsoft:sourceURL', ['S1', 'cover.jpg', 'song.mp3']],
    ['-upnp:album,-dc:title', ['song.mp3', 'S1', 'cover.jpg']],
  ])('%j', async (SortCriteria, titles) => {
    const args = { ObjectID: SHOW.infoHash, SortCriteria, RequestedCount: '1' }
    const invoke = contentDirectoryOf(SHOW)
    const pages = await Promise.all(
      titles.map((_, index) => browse(invoke, { ...args, StartingIndex: String(index) })),
    )
    const found = pages.flatMap(({ containers, items }) => [...containers, ...items])
    expect(found.map((object) => object['dc:title'][0])).toEqual(titles)
  })
})

describe('names', () => {
  it('arrive as a person sees them, whatever they are', async () => {
    // Names with a dot before them are hidden.
    const names = nastyNames(300).map((name) => name.replace(/^\./, '_'))
    const files = filesOf(names.map(() => 'x')).map((file, index) => ({
      ...file,
      components: ['in & out', names[index] ?? ''],
    }))
    const torrent = { ...torrentOf('nasty', []), name: names.join(' '), files }
    const invoke = contentDirectoryOf(torrent)
    const root = await browse(invoke)
    expect(root.containers.at(-1)?.['dc:title']).toEqual([visible(names.join(' '))])
    const folder = await browse(invoke, { ObjectID: `${torrent.infoHash}-d1-0` })
    expect(folder.items).toHaveLength(names.length)
    const titles = new Map(folder.items.map(({ $, 'dc:title': [title] }) => [$.id, title]))
    for (const [index, name] of names.entries()) {
      expect(titles.get(`${torrent.infoHash}-${index}`)).toBe(visible(name))
    }
    for (const { res } of folder.items) expect(URL.canParse(res?.[0]?._ ?? '')).toBe(true)
  })
})

describe('a folder of 10,000', () => {
  const paths = Array.from({ length: 10_000 }, (_, n) => `Season/Episode ${n} & more.mkv`)
  const torrent = torrentOf('Big', paths)
  const id = `${torrent.infoHash}-d1-0`
  const invoke = contentDirectoryOf(torrent)

  beforeAll(async () => {
    // So many files are put in order between other work.
    await vi.waitFor(async () => {
      const { xml } = await invoke('Browse', { ...BROWSE, ObjectID: id })
      expect(xml).toContain('TotalMatches')
    }, 10_000)
  })

  it.each(['', '+dc:title', '-dc:title', '-dc:date,+res@size'])(
    'gives a page of 50 at once, sorted by %j',
    async (SortCriteria) => {
      const args = { ...BROWSE, ObjectID: id, RequestedCount: '50', SortCriteria }
      await invoke('Browse', args)
      // The fastest of some: the machine may be busy with something else.
      const times: number[] = []
      let answer = ''
      for (let attempt = 0; attempt < 5; attempt++) {
        const start = performance.now()
        answer = (await invoke('Browse', { ...args, StartingIndex: '9000' })).xml
        times.push(performance.now() - start)
      }
      expect(Math.min(...times)).toBeLessThan(100)
      expect(await outputsOf(answer)).toMatchObject({ NumberReturned: '50', TotalMatches: '10000' })
    },
  )

  it('fits into pages of at most 2 MiB when all are asked for', async () => {
    const seen: (string | undefined)[] = []
    while (seen.length < 10_000) {
      const StartingIndex = String(seen.length)
      const { xml, items, counts } = await browse(invoke, { ObjectID: id, StartingIndex })
      expect(counts).toMatchObject({ NumberReturned: String(items.length), TotalMatches: '10000' })
      expect(Buffer.byteLength(xml)).toBeLessThan(2 * 1024 * 1024 + 2_000)
      expect(items.length).toBeGreaterThan(0)
      seen.push(...items.map((item) => item['dc:title'][0]))
    }
    expect(seen).toEqual(paths.map((path) => path.slice('Season/'.length)))
  })
})

describe('what TVs leave out', () => {
  it.each(['Filter', 'StartingIndex', 'RequestedCount', 'SortCriteria'])(
    'is not missed: %s',
    async (name) => {
      const all: Readonly<Record<string, string>> = { ...BROWSE, ObjectID: SHOW.infoHash }
      const { [name]: _, ...args } = all
      const whole = await contentDirectoryOf(SHOW)('Browse', all)
      expect(await contentDirectoryOf(SHOW)('Browse', args)).toEqual(whole)
      const empty = await contentDirectoryOf(SHOW)('Browse', { ...args, [name]: '' })
      expect(empty).toEqual(whole)
    },
  )

  it('is not missed by BrowseMetadata, whose SortCriteria mean nothing', async () => {
    const args = { ObjectID: '0', BrowseFlag: 'BrowseMetadata', SortCriteria: 'nonsense' }
    expect((await contentDirectoryOf(SHOW)('Browse', args)).status).toBe(200)
  })
})

describe('the other actions', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    [
      'GetSearchCapabilities',
      {
        SearchCaps:
          'dc:title,dc:creator,dc:date,upnp:class,upnp:artist,upnp:album,upnp:genre,upnp:actor,upnp:originalTrackNumber,upnp:seriesTitle,' +
          'upnp:episodeSeason,upnp:episodeNumber,res@size,res@duration,res@bitrate,res@resolution,res@protocolInfo,@id,@parentID,@refID',
      },
    ],
    [
      'GetSortCapabilities',
      {
        SortCaps:
          'dc:title,dc:creator,dc:date,upnp:class,upnp:artist,upnp:album,upnp:genre,upnp:actor,upnp:originalTrackNumber,upnp:seriesTitle,' +
          'upnp:episodeSeason,upnp:episodeNumber,res@size,res@duration,res@bitrate,res@resolution',
      },
    ],
    ['GetSystemUpdateID', { Id: '5' }],
  ])('%s', async (action, outputs) => {
    expect(await outputsOf((await contentDirectoryOf()(action)).xml)).toEqual(outputs)
  })

  it.each(['GetFeatureList', 'X_GetFeatureList'])(
    '%s names the root for each type',
    async (action) => {
      const { FeatureList = '' } = await outputsOf((await contentDirectoryOf(SHOW)(action)).xml)
      expect(containersOf(FeatureList)).toEqual(['0', '0', '0'])
    },
  )

  it('X_GetFeatureList names for Samsung views that can be browsed', async () => {
    const directory = new AskedDirectory([SHOW])
    const renderer = { ...DEFAULT_PROFILE, featureFolders: 'categories' } as const
    const { xml } = await directory.ask('X_GetFeatureList', {}, renderer)
    const ids = containersOf((await outputsOf(xml)).FeatureList ?? '')
    expect(ids).toEqual(['A', 'V', 'I'])
    for (const ObjectID of ids) {
      expect((await directory.browse({ ObjectID }, renderer)).counts.TotalMatches).toBe('1')
    }
  })
})

describe('what changes while it is read', () => {
  const MANY = torrentOf(
    'Many',
    Array.from({ length: 900 }, (_, n) => `${n}.jpg`),
  )

  it.each([
    ['Browse', { ...BROWSE, ObjectID: MANY.infoHash }],
    ['Search', { ContainerID: MANY.infoHash, SearchCriteria: '*', Filter: '*' }],
  ])('%s tells the UpdateID of before, by which it is asked for again', async (action, args) => {
    const directory = new AskedDirectory([MANY])
    await new Promise<void>((resolve) => directory.library.once('changed', resolve))
    const before = directory.library.systemUpdateId
    const asked = directory.ask(action, args)
    // The answer takes longer than one turn.
    await nextTurn()
    directory.shelf.add(torrentOf('New', ['new.mkv']))
    expect(directory.library.systemUpdateId).toBeGreaterThan(before)
    const { NumberReturned, UpdateID } = await outputsOf((await asked).xml)
    expect([NumberReturned, UpdateID]).toEqual(['900', String(before)])
  })
})

describe('the profile of a renderer', () => {
  const CATALOGUE = torrentOf('x', ['b.mkv', 'a.mkv', "it's.mkv"])

  it('may have ids that change, by which everything is found', async () => {
    const renderer = { ...DEFAULT_PROFILE, versionedIds: true }
    const invoke = contentDirectoryFor(renderer, CATALOGUE)
    const root = await browse(invoke)
    const torrent = root.containers.at(-1)
    expect(torrent?.$).toMatchObject({ id: `${CATALOGUE.infoHash}#5`, parentID: '0' })
    const inside = await browse(invoke, { ObjectID: `${CATALOGUE.infoHash}#4` })
    expect(inside.items).toHaveLength(3)
    const [film] = inside.items
    expect(film?.$.parentID).toBe(`${CATALOGUE.infoHash}#5`)
    const alone = await browse(invoke, {
      ObjectID: film?.$.id ?? '',
      BrowseFlag: 'BrowseMetadata',
    })
    expect(alone.items[0]?.$.id).toBe(film?.$.id)
    const parent = `@parentID = "${film?.$.parentID}"`
    for (const SearchCriteria of [parent, `@id = "${film?.$.id}" or @refID = "${film?.$.id}"`]) {
      const found = await invoke('Search', { ContainerID: '0', SearchCriteria, Filter: '*' })
      const { Result = '' } = await outputsOf(found.xml)
      expect((await objectsOf(Result)).items[0]?.$.id).toBe(film?.$.id)
    }
  })

  it('may keep our order, whatever it asks for', async () => {
    const args = { ObjectID: CATALOGUE.infoHash, SortCriteria: '-dc:title' }
    const titles = async (invoke: Invoke) =>
      (await browse(invoke, args)).items.map((item) => item['dc:title'][0])
    expect(await titles(contentDirectoryOf(CATALOGUE))).toEqual(["it's.mkv", 'b.mkv', 'a.mkv'])
    const renderer = { ...DEFAULT_PROFILE, sortOrder: 'ours' } as const
    const ours = await titles(contentDirectoryFor(renderer, CATALOGUE))
    expect(ours).toEqual(['a.mkv', 'b.mkv', "it's.mkv"])
  })

  it('may have quotes escaped', async () => {
    const args = { ObjectID: CATALOGUE.infoHash }
    const renderer = { ...DEFAULT_PROFILE, strictEscapes: true }
    const { xml, items } = await browse(contentDirectoryFor(renderer, CATALOGUE), args)
    expect(xml).toContain('it&apos;s.mkv')
    expect(xml).toContain('restricted=&quot;1&quot;')
    expect(items).toHaveLength(3)
  })

  it('may go without dates', async () => {
    const renderer = { ...DEFAULT_PROFILE, date: false }
    const { didl } = await browse(contentDirectoryFor(renderer, CATALOGUE))
    expect(didl).not.toContain('dc:date')
  })
})

function containersOf(featureList: string): readonly string[] {
  return [...featureList.matchAll(/<container id="([^"]*)"/g)].map(([, id = '']) => id)
}
