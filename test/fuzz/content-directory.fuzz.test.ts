import fc from 'fast-check'
import { expect } from 'vitest'
import { ReleaseReader } from '../../src/library/names/release.ts'
import { parseSearchCriteria } from '../../src/upnp/content-directory/search-criteria.ts'
import { parseSortCriteria } from '../../src/upnp/content-directory/sort-criteria.ts'
import { UpnpError } from '../../src/upnp/control/upnp-error.ts'
import { AskedDirectory } from '../helpers/content-directory.ts'
import { faultCodeOf } from '../helpers/soap-request.ts'
import { torrentOf } from '../helpers/torrent-shelf.ts'
import { fuzz } from './fuzz.ts'

const WORDS = [
  ...['dc:title', 'upnp:class', '@refID', 'res@size', 'nothing', '(', ')', '((', '))', '*', '"'],
  ...['=', '!=', '<', '<=', '>', '>=', '==', 'contains', 'doesNotContain', 'startsWith'],
  ...['derivedfrom', 'exists', 'true', 'false', 'and', 'or', 'AND', '"a"', '"\\""', '"\\\\"', '\\'],
]

const criteria = fc.oneof(
  fc.array(fc.constantFrom(...WORDS), { maxLength: 40 }).map((words) => words.join(' ')),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 40 }).map((words) => words.join('')),
  fc.string({ maxLength: 500 }),
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.tuple(fc.constantFrom(...WORDS), fc.nat(8_000)).map(([word, count]) => word.repeat(count)),
)

fuzz('SearchCriteria are read, or refused with 708', criteria, (text) => {
  try {
    parseSearchCriteria(text)
  } catch (error) {
    expect(error).toBeInstanceOf(UpnpError)
    expect(error).toMatchObject({ errorCode: 708 })
  }
})

fuzz('SortCriteria are read, whatever they are', criteria, (text) => {
  expect(parseSortCriteria(text).length).toBeLessThan(10)
})

const directory = new AskedDirectory([torrentOf('Show', ['a.mkv', 'b.mp3', 'c/d.jpg'])])

fuzz('Search answers, or refuses', criteria, async (SearchCriteria) => {
  const args = { ContainerID: '0', SearchCriteria, SortCriteria: SearchCriteria }
  const { status, xml } = await directory.ask('Search', args)
  // A request of too much XML is refused before the criteria are read.
  if (status !== 200) expect([402, 708]).toContain(faultCodeOf(xml))
})

const id = `${torrentOf('Show', []).infoHash}-0`

const tags = fc
  .array(
    fc.oneof(
      fc.constantFrom('<upnp:playCount>', '</upnp:playCount>', '<upnp:lastPlaybackPosition>'),
      fc.constantFrom(
        '</upnp:lastPlaybackPosition>',
        ',',
        '<',
        '>',
        '0:00:01',
        '99999999999',
        '-1',
      ),
      fc.string({ maxLength: 10 }),
      fc.nat().map(String),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''))

fuzz('UpdateObject keeps what is a number, or refuses', tags, async (NewTagValue) => {
  const args = { ObjectID: id, CurrentTagValue: '', NewTagValue }
  const { status, xml } = await directory.ask('UpdateObject', args)
  if (status !== 200) expect([703, 705]).toContain(faultCodeOf(xml))
})

const names = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(fc.constantFrom(...'S01E02 2021 1080p [x] - . _ ( ) Сезон 第 話 E 1x02 a'.split(' ')), {
      maxLength: 60,
    })
    .map((parts) => parts.join('.')),
)

fuzz(
  'any names are read as some release',
  fc.tuple(names, names, names),
  ([torrent, folder, file]) => {
    const release = new ReleaseReader(torrent).read([folder, `${file}.mkv`], 'only')
    if (release.kind === 'episode') {
      expect(release.season).toBeLessThan(10_000)
      expect(Number.isSafeInteger(release.episode)).toBe(true)
    }
  },
)
