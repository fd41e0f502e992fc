import { describe, expect, it } from 'vitest'
import { AskedDirectory } from '../../helpers/content-directory.ts'
import { faultCodeOf } from '../../helpers/soap-request.ts'
import { hashOf, torrentOf } from '../../helpers/torrent-shelf.ts'

const SHOW = torrentOf('The Show', [
  'Season 1/The.Show.S01E02.mkv',
  'Season 1/The.Show.S01E10.mkv',
  'Music/02 - Ende "gut".mp3',
  'Music/10 - Anfang.mp3',
  'cover.jpg',
])
const FILM = torrentOf('Café', ['Cafe\u0301 \\ 2021.mp4'])
const FILM_TITLE = 'Caf\u00e9 \\ 2021.mp4'
const [E2, E10] = ['The.Show.S01E02.mkv', 'The.Show.S01E10.mkv']
const [END, BEGIN] = ['02 - Ende "gut".mp3', '10 - Anfang.mp3']
const directory = new AskedDirectory([SHOW, FILM])

describe('Search', () => {
  it.each<[string, readonly string[]]>([
    ['*', ['The Show', 'Music', 'Season 1', FILM_TITLE, 'cover.jpg', END, BEGIN, E2, E10]],
    ['upnp:class derivedfrom "object.item.videoItem"', [FILM_TITLE, E2, E10]],
    ['upnp:class derivedfrom "OBJECT.item.audioItem"', [END, BEGIN]],
    ['upnp:class derivedfrom "object.item.audio"', []],
    ['upnp:class = "object.item.audioItem"', []],
    ['upnp:class derivedfrom "object.container"', ['The Show', 'Music', 'Season 1']],
    ['dc:title contains "show"', ['The Show', E2, E10]],
    ['dc:title contains "CAFÉ"', [FILM_TITLE]],
    ['dc:title contains "Cafe\u0301"', [FILM_TITLE]],
    ['dc:title contains "\\\\ 2021"', [FILM_TITLE]],
    ['dc:title contains "\\"GUT\\""', [END]],
    ['dc:title startsWith "the.show"', [E2, E10]],
    ['dc:title doesNotContain "e" and @refID exists false', ['Music', FILM_TITLE, BEGIN]],
    ['dc:title = "season 1"', ['Season 1']],
    ['dc:title != "cover.jpg" and upnp:class derivedfrom "object.item.imageItem"', []],
    ['upnp:artist = "x" or upnp:album contains "usi"', [END, BEGIN]],
    ['upnp:artist != "x"', []],
    ['upnp:artist doesNotContain "x"', []],
    ['upnp:artist exists false and upnp:album exists true', [END, BEGIN]],
    ['upnp:originalTrackNumber > "2"', [BEGIN]],
    ['upnp:originalTrackNumber = "02"', [END]],
    ['upnp:episodeNumber <= "2"', [E2]],
    ['upnp:episodeSeason = "1" and upnp:episodeNumber >= "10"', [E10]],
    ['res@size < "1001"', [FILM_TITLE, E2]],
    [
      'res@size >= "1003" and (res@size <= "1003" or dc:title contains "jpg")',
      ['cover.jpg', BEGIN],
    ],
    ['res@size < "many"', []],
    ['res@protocolInfo contains "video/x-matroska"', [E2, E10]],
    ['dc:date = "2026-11-22" and dc:title = "cover.jpg"', ['cover.jpg']],
    ['dc:date >= "2026-11-22T00:00:00" and dc:title = "cover.jpg"', ['cover.jpg']],
    ['dc:date > "2026-11-22"', []],
    [`@id = "${SHOW.infoHash}-4"`, ['cover.jpg']],
    [`@parentID = "${SHOW.infoHash}-d1-2"`, [END, BEGIN]],
    ['@refID exists true', []],
  ])('%s', async (criteria, titles) => {
    const found = await directory.search(criteria)
    expect(found.titles).toEqual(titles)
    expect(found.counts).toEqual({
      NumberReturned: String(titles.length),
      TotalMatches: String(titles.length),
      UpdateID: '5',
    })
  })

  it('looks below the container, which is not among what it finds', async () => {
    const inShow = await directory.search('*', { ContainerID: SHOW.infoHash })
    expect(inShow.titles).toEqual(['Music', 'Season 1', 'cover.jpg', END, BEGIN, E2, E10])
    const inSeason = await directory.search('*', { ContainerID: `${SHOW.infoHash}-d1-0` })
    expect(inSeason.titles).toEqual([E2, E10])
  })

  it('sorts what it found, and pages through it', async () => {
    const args = { SortCriteria: '-dc:title', RequestedCount: '2' }
    const items = 'upnp:class derivedfrom "object.item"'
    const pages = await Promise.all(
      ['0', '2', '4', '6'].map((StartingIndex) =>
        directory.search(items, { ...args, StartingIndex }),
      ),
    )
    expect(pages.map(({ titles }) => titles)).toEqual([
      [E10, E2],
      ['cover.jpg', FILM_TITLE],
      [BEGIN, END],
      [],
    ])
    for (const { counts } of pages) expect(counts.TotalMatches).toBe('6')
  })

  it.each([
    ['+upnp:originalTrackNumber', [END, BEGIN]],
    ['-upnp:originalTrackNumber,+dc:title', [BEGIN, END]],
    ['-res@size', [BEGIN, END]],
  ])('sorts by %s', async (SortCriteria, titles) => {
    const audio = 'upnp:class derivedfrom "object.item.audioItem"'
    expect((await directory.search(audio, { SortCriteria })).titles).toEqual(titles)
  })

  it('finds what was added since, and no more what was removed', async () => {
    const changing = new AskedDirectory([SHOW])
    const criteria = 'dc:title contains "2021"'
    expect((await changing.search(criteria)).titles).toEqual([])
    changing.shelf.add(FILM)
    expect((await changing.search(criteria)).titles).toEqual([FILM_TITLE])
    changing.shelf.remove(FILM)
    expect((await changing.search(criteria)).titles).toEqual([])
  })

  it('takes what MiniDLNA takes for arguments that are missing', async () => {
    const { xml } = await directory.ask('Search', { ContainerID: '0' })
    expect(xml).toContain('<TotalMatches>9</TotalMatches>')
  })

  it.each<[number, Readonly<Record<string, string>>]>([
    [708, { SearchCriteria: 'dc:title contains', ContainerID: '0' }],
    [708, { SearchCriteria: 'dc:title contains', ContainerID: 'nowhere' }],
    [710, { ContainerID: 'nowhere' }],
    [710, { ContainerID: hashOf('removed') }],
    [710, { ContainerID: `${SHOW.infoHash}-0` }],
    [402, { StartingIndex: '-1', ContainerID: '0' }],
    [402, {}],
  ])('%i for %j', async (code, args) => {
    const { xml } = await directory.ask('Search', { SearchCriteria: '*', ...args })
    expect(faultCodeOf(xml)).toBe(code)
  })
})
