import { describe, expect, it } from 'vitest'
import { runAtOnce } from '../../../src/concurrency/steps.ts'
import { Library } from '../../../src/library/library.ts'
import type { Item } from '../../../src/library/objects/media-object.ts'
import { ROOT_ID } from '../../../src/library/objects/object-id.ts'
import { SubtitleCatalog } from '../../../src/library/subtitles/subtitle-catalog.ts'
import { silentLogger } from '../../../src/log.ts'
import { resultSteps } from '../../../src/upnp/content-directory/browse-result.ts'
import { parseFilter } from '../../../src/upnp/content-directory/property-filter.ts'
import { type CaptionForms, DEFAULT_PROFILE } from '../../../src/upnp/renderers/renderer-profile.ts'
import { objectsOf, unescaped } from '../../helpers/soap-request.ts'
import { memoryStore, TorrentShelf, torrentOf } from '../../helpers/torrent-shelf.ts'

const BASE = 'http://192.168.1.2:3030'
const SHOW = torrentOf('Show', [
  'e1.mkv',
  'e2.mkv',
  'e1.en.srt',
  'e1.ger.ass',
  'Subs/e1.forced.de.srt',
])

/** The item of the first video of the show, as the library gives it. */
function itemOf(torrent = SHOW, languages: readonly string[] = ['de']): Item {
  const library = new Library({
    source: new TorrentShelf([torrent]),
    updateIds: memoryStore(),
    subtitles: new SubtitleCatalog(languages),
    log: silentLogger(),
  })
  const item = library.get(`${torrent.infoHash}-0`)
  if (item?.kind !== 'item') throw new Error('the first file is an item')
  return item
}

function written(item: Item, filter = '*', captions: Partial<CaptionForms> = {}): string {
  const renderer = { ...DEFAULT_PROFILE, captions: { ...DEFAULT_PROFILE.captions, ...captions } }
  const all = { filter: parseFilter(filter), baseUrl: BASE, renderer, updateId: 0, position: 0 }
  return unescaped(runAtOnce(resultSteps([item], all, silentLogger())).didl.toString())
}

describe('a video with subtitles', () => {
  const path = `${BASE}/torrents/${SHOW.infoHash}`

  it('is written in these bytes, with all forms of them', () => {
    expect(written(itemOf())).toBe(
      '<DIDL-Lite xmlns="urn:schemas-upnp-org:metadata-1-0/DIDL-Lite/"' +
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"' +
        ' xmlns:upnp="urn:schemas-upnp-org:metadata-1-0/upnp/"' +
        ' xmlns:dlna="urn:schemas-dlna-org:metadata-1-0/"' +
        ' xmlns:sec="http://www.sec.co.kr/dlna" xmlns:pv="http://www.pv.com/pvns/">' +
        `<item id="${SHOW.infoHash}-0" parentID="${SHOW.infoHash}" restricted="1">` +
        '<dc:title>e1.mkv</dc:title><upnp:class>object.item.videoItem</upnp:class>' +
        '<dc:date>2026-11-22</dc:date><upnp:episodeNumber>1</upnp:episodeNumber>' +
        `<upnp:albumArtURI dlna:profileID="JPEG_TN">${BASE}/p/${SHOW.infoHash}-0/tn.jpg</upnp:albumArtURI>` +
        `<upnp:albumArtURI dlna:profileID="JPEG_SM">${BASE}/p/${SHOW.infoHash}-0/sm.jpg</upnp:albumArtURI>` +
        `<sec:CaptionInfoEx sec:type="srt">${path}/subtitles/3/de.srt</sec:CaptionInfoEx>` +
        `<sec:CaptionInfo sec:type="srt">${path}/subtitles/3/de.srt</sec:CaptionInfo>` +
        '<res size="1000" protocolInfo="http-get:*:video/x-matroska:' +
        `DLNA.ORG_OP=01;DLNA.ORG_CI=0;DLNA.ORG_FLAGS=01700000${'0'.repeat(24)}"` +
        ` pv:subtitleFileType="SRT" pv:subtitleFileUri="${path}/subtitles/3/de.srt">` +
        `http://192.168.1.2:3030/m/3f6r5yzz4txkxkgkzeo4un6iwtwi6vib/0.mkv</res>` +
        `<res protocolInfo="http-get:*:text/srt:*">${path}/subtitles/3/de.srt</res>` +
        `<res protocolInfo="http-get:*:text/srt:*">${path}/subtitles/2/en.srt</res>` +
        `<res protocolInfo="http-get:*:text/srt:*">${path}/subtitles/4/de.srt</res>` +
        '</item></DIDL-Lite>',
    )
  })

  it('is read by an XML parser', async () => {
    const { items } = await objectsOf(written(itemOf()))
    expect(items[0]?.res).toHaveLength(4)
  })

  it('shows only what the filter lets through', () => {
    const filtered = (filter: string): string => written(itemOf(), filter)
    expect(filtered('dc:title')).not.toMatch(/srt|sec:|pv:/)
    expect(filtered('res')).toContain('text/srt')
    expect(filtered('res')).not.toMatch(/sec:|pv:/)
    expect(filtered('res,res@pv:subtitleFileUri')).toContain('pv:subtitleFileUri=')
    expect(filtered('sec:CaptionInfoEx')).toMatch(/<sec:CaptionInfoEx /)
  })

  it('shows only the forms that a renderer is to be told', () => {
    const none = { res: false, captionInfoEx: false, pvAttributes: false }
    expect(written(itemOf(), '*', none)).not.toMatch(/srt|sec:|pv:/)
    const samsung = written(itemOf(), '*', { ...none, captionInfoEx: true })
    expect(samsung).toContain('sec:CaptionInfo')
    expect(samsung).not.toMatch(/text\/srt|pv:/)
  })
})

it('a renderer with languages of its own is told of those first, whatever the server prefers', () => {
  const all = written(itemOf(), '*', { languages: ['en'] })
  expect(all).toMatch(/CaptionInfoEx sec:type="srt">[^<]*\/2\/en\.srt</)
  expect(
    [...all.matchAll(/text\/srt:\*">[^<]*\/(\d)\/\w+\.srt</g)].map(([, file]) => file),
  ).toEqual(['2', '3', '4'])
})

it('of very many subtitles a renderer is offered the eight that it wants most', () => {
  const names = 'en de fr es it pt nl sv da fi pl cs'.split(' ').map((tag) => `Film.${tag}.srt`)
  const item = itemOf(torrentOf('Film', ['Film.mkv', ...names]), [])
  const offered = (languages: readonly string[]): readonly (string | undefined)[] =>
    [...written(item, '*', { languages }).matchAll(/\*">[^<]*\/(\w+)\.srt</g)].map(([, tag]) => tag)
  expect(offered([])).toHaveLength(8)
  expect(offered(['sv', 'pl']).slice(0, 2)).toEqual(['sv', 'pl'])
})

it('a video without subtitles declares nothing for them', () => {
  const didl = written(itemOf(torrentOf('Film', ['a.mkv', 'b.mkv', 'notes.srt'])))
  expect(didl).not.toMatch(/srt|sec|pv/)
})

it('a single film of a torrent has the subtitles beside it', () => {
  const item = itemOf(torrentOf('Film', ['Film.mkv', 'whatever.srt']), [])
  expect(item.resource.subtitles?.[0]?.path).toMatch(/\/subtitles\/1\/subtitles\.srt$/)
  expect(item.parentId).toBe(ROOT_ID)
})

it('tracks inside of a film are offered once they are known', () => {
  const catalog = new SubtitleCatalog()
  const film = torrentOf('Film', ['Film.mkv'])
  const source = new TorrentShelf([film])
  const library = new Library({
    source,
    updateIds: memoryStore(),
    subtitles: catalog,
    log: silentLogger(),
  })
  const paths = (): readonly string[] => {
    const item = library.get(`${film.infoHash}-0`)
    return item?.kind === 'item' ? (item.resource.subtitles ?? []).map(({ path }) => path) : []
  }
  expect(paths()).toEqual([])
  const traits = {
    language: 'fr',
    forced: false,
    hearingImpaired: false,
    isDefault: true,
    name: '',
  }
  catalog.learn(film.infoHash, 0, [{ number: 3, kind: 'text', codec: 'tx3g', ...traits }])
  expect(paths()).toEqual([`/torrents/${film.infoHash}/subtitles/0-3/fr.srt`])
})
