import { describe, expect, it } from 'vitest'
import type { RendererProfile } from '../../../src/upnp/renderers/renderer-profile.ts'
import { profileOf } from '../../../src/upnp/renderers/renderer-rule.ts'
import { RENDERER_RULES } from '../../../src/upnp/renderers/renderer-table.ts'
import { AskedDirectory } from '../../helpers/content-directory.ts'
import { faultCodeOf } from '../../helpers/soap-request.ts'
import { hashOf, torrentOf } from '../../helpers/torrent-shelf.ts'

const SHOW = torrentOf('Show, the', ['a.mkv', 'b.mkv'])
const ID = `${SHOW.infoHash}-0`

function profileNamed(id: string): RendererProfile {
  const rule = RENDERER_RULES.find((candidate) => candidate.id === id)
  if (rule === undefined) throw new Error(`no rule ${id}`)
  return profileOf(rule)
}

const [SECONDS, MILLISECONDS] = ['samsung-c-e', 'samsung-2021']
const OLD_SAMSUNG = profileNamed(SECONDS)

const bookmark = (PosSecond: string, ObjectID = ID) => ({
  CategoryType: '0',
  RID: '0',
  ObjectID,
  PosSecond,
})

const update = (NewTagValue: string, ObjectID = ID) => ({
  ObjectID,
  CurrentTagValue: '',
  NewTagValue,
})

describe('X_SetBookmark', () => {
  it.each([
    [SECONDS, '120', SECONDS, '120'],
    [SECONDS, '120', MILLISECONDS, '120000'],
    [MILLISECONDS, '120500', SECONDS, '120'],
    [MILLISECONDS, '120500', MILLISECONDS, '120500'],
    ['samsung-q-2017', '120500', 'samsung-f-j', '120'],
    ['samsung-2016', '120', 'samsung-q-2017', '120000'],
    [SECONDS, '29', SECONDS, '0'],
    [MILLISECONDS, '29000', SECONDS, '0'],
  ])('of %s at %s is for %s at %s', async (setBy, set, askedBy, position) => {
    const directory = new AskedDirectory([SHOW])
    const answer = await directory.ask('X_SetBookmark', bookmark(set), profileNamed(setBy))
    expect(answer.status).toBe(200)
    const { didl } = await directory.browse({ ObjectID: SHOW.infoHash }, profileNamed(askedBy))
    const dcmInfo = `<sec:dcmInfo>CREATIONDATE=0,FOLDER=Show  the,BM=${position}</sec:dcmInfo>`
    expect(didl).toContain(dcmInfo)
    expect(didl).toContain(' xmlns:sec="http://www.sec.co.kr/dlna"')
  })

  it('is kept when a TV that begins says 0', async () => {
    const directory = new AskedDirectory([SHOW])
    await directory.ask('X_SetBookmark', bookmark('120'), OLD_SAMSUNG)
    expect((await directory.ask('X_SetBookmark', bookmark('0'), OLD_SAMSUNG)).status).toBe(200)
    const { didl } = await directory.browse({ ObjectID: SHOW.infoHash }, OLD_SAMSUNG)
    expect(didl).toContain('BM=120')
  })

  it('is told to nobody else, but for who names it in a Filter', async () => {
    const directory = new AskedDirectory([SHOW])
    await directory.ask('X_SetBookmark', bookmark('120'), OLD_SAMSUNG)
    expect((await directory.browse({ ObjectID: SHOW.infoHash })).didl).not.toContain('sec:')
    const named = await directory.browse({ ObjectID: SHOW.infoHash, Filter: 'sec:dcmInfo' })
    expect(named.didl).toContain('BM=120<')
  })

  it('finds an item by the id that changes with SystemUpdateID', async () => {
    const directory = new AskedDirectory([SHOW])
    const tv = profileNamed('samsung-2021')
    const { items } = await directory.browse({ ObjectID: `${SHOW.infoHash}#5` }, tv)
    const answer = await directory.ask('X_SetBookmark', bookmark('60000', items[0]?.$.id), tv)
    expect(items[0]?.$.id).toBe(`${ID}#5`)
    expect(answer.status).toBe(200)
  })

  it.each<[number, Readonly<Record<string, string>>]>([
    [701, bookmark('60', 'nowhere')],
    [701, bookmark('0', 'nowhere')],
    [701, bookmark('60', SHOW.infoHash)],
    [701, bookmark('60', hashOf('removed'))],
    [402, bookmark('soon')],
    [402, { ObjectID: ID }],
  ])('%i for %j', async (code, args) => {
    const { xml } = await new AskedDirectory([SHOW]).ask('X_SetBookmark', args)
    expect(faultCodeOf(xml)).toBe(code)
  })
})

describe('UpdateObject', () => {
  it('keeps what Kodi saves when a person stops', async () => {
    const directory = new AskedDirectory([SHOW])
    const answer = await directory.ask('UpdateObject', {
      ObjectID: `${encodeURIComponent(ID)}/`,
      CurrentTagValue:
        '<upnp:lastPlaybackPosition>0</upnp:lastPlaybackPosition>,<xbmc:lastPlayerState></xbmc:lastPlayerState>',
      NewTagValue:
        '<upnp:lastPlaybackPosition>754</upnp:lastPlaybackPosition>,' +
        '<xbmc:lastPlayerState>&lt;x/&gt;</xbmc:lastPlayerState>',
    })
    expect(answer.status).toBe(200)
    const { items } = await directory.browse({ ObjectID: SHOW.infoHash })
    expect(items[0]).toMatchObject({
      'upnp:lastPlaybackPosition': ['754'],
      'upnp:playbackCount': ['0'],
    })
    expect(items[1]).not.toHaveProperty('upnp:playbackCount')
  })

  it.each([
    ['<upnp:playCount>1</upnp:playCount>', '1', undefined],
    ['<upnp:playbackCount>3</upnp:playbackCount>', '3', undefined],
    [
      '<upnp:playCount>1</upnp:playCount>,<upnp:lastPlaybackPosition>1:02:03.500</upnp:lastPlaybackPosition>',
      '1',
      '3723',
    ],
  ])('%s', async (tags, count, position) => {
    const directory = new AskedDirectory([SHOW])
    expect((await directory.ask('UpdateObject', update(tags))).status).toBe(200)
    const { items } = await directory.browse({ ObjectID: SHOW.infoHash })
    expect(items[0]).toMatchObject({ 'upnp:playbackCount': [count] })
    expect(Object(items[0])['upnp:lastPlaybackPosition']?.[0]).toBe(position)
  })

  it.each([
    ['<upnp:lastPlaybackPosition>600</upnp:lastPlaybackPosition>', null],
    ['<upnp:lastPlaybackPosition>0:10:00</upnp:lastPlaybackPosition>', null],
    ['<upnp:playbackCount>1</upnp:playbackCount>,<dc:title>x</dc:title>', null],
    ['', null],
    // Kodi names what it has shown.
    ['<upnp:playCount>0</upnp:playCount>', null],
    ['<upnp:lastPlaybackPosition>5</upnp:lastPlaybackPosition>,<xbmc:lastPlayerState/>', null],
    ['<upnp:lastPlaybackPosition>599</upnp:lastPlaybackPosition>', 702],
    ['<upnp:lastPlaybackPosition></upnp:lastPlaybackPosition>', 702],
    ['<upnp:lastPlaybackPosition>soon</upnp:lastPlaybackPosition>', 702],
    ['<upnp:playbackCount>0</upnp:playbackCount>', 702],
  ])('with the current value %j of what is at 600 s and was seen once: %j', async (tags, code) => {
    const directory = new AskedDirectory([SHOW])
    directory.library.setPlayback(ID, { positionMs: 600_700, playCount: 1 }, new Date(0))
    const change = update('<upnp:playbackCount>7</upnp:playbackCount>')
    const { status, xml } = await directory.ask('UpdateObject', {
      ...change,
      CurrentTagValue: tags,
    })
    expect(status === 200 ? null : faultCodeOf(xml)).toBe(code)
    expect(directory.library.get(ID)).toMatchObject({ playback: { playCount: code ? 1 : 7 } })
  })

  it('makes an item new again', async () => {
    const directory = new AskedDirectory([SHOW])
    const before = await directory.browse({ ObjectID: SHOW.infoHash })
    await directory.ask('UpdateObject', update('<upnp:playCount>1</upnp:playCount>'))
    await directory.ask('UpdateObject', update('<upnp:playCount>0</upnp:playCount>'))
    const after = await directory.browse({ ObjectID: SHOW.infoHash })
    expect(after.didl).toBe(before.didl)
  })

  it('is an event when an item is begun or watched, not at each position', async () => {
    const { library } = new AskedDirectory([SHOW])
    const at = (positionMs: number) => library.setPlayback(ID, { positionMs }, new Date(0))
    at(60_000)
    at(61_000)
    expect(library.systemUpdateId).toBe(6)
    expect([...library.containersChangedSince(5)].toSorted()).toEqual(
      ['0', SHOW.infoHash, 'C', 'R', 'V'].sort().map((id) => [id, 6]),
    )
    at(0)
    expect(library.systemUpdateId).toBe(7)
  })

  it.each<[number, Readonly<Record<string, string>>]>([
    [701, update('<upnp:playCount>1</upnp:playCount>', 'nowhere')],
    [701, update('<upnp:playCount>1</upnp:playCount>', SHOW.infoHash)],
    [701, update('<upnp:playCount>1</upnp:playCount>', '%E0%A4%A')],
    [703, update('<upnp:playCount>many</upnp:playCount>')],
    [703, update('<upnp:playCount>-1</upnp:playCount>')],
    [703, update('<upnp:lastPlaybackPosition>soon</upnp:lastPlaybackPosition>')],
    [705, update('<dc:title>Mine</dc:title>')],
    [705, update('')],
    [402, { ObjectID: ID }],
  ])('%i for %j', async (code, args) => {
    const { xml } = await new AskedDirectory([SHOW]).ask('UpdateObject', args)
    expect(faultCodeOf(xml)).toBe(code)
  })
})
