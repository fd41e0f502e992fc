import { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { createLogger } from '../../../src/json-log.ts'
import { silentLogger } from '../../../src/log.ts'
import { Renderers } from '../../../src/upnp/renderers/renderers.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

const SAMSUNG = 'DLNADOC/1.50 SEC_HHP_[TV]UE40D7000/1.0'
const GSTREAMER = 'GStreamer souphttpsrc libsoup/2.34.2'
const TV = '192.168.1.20'
const PC = '192.168.1.30'

function start() {
  const lines: string[] = []
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const clock = new FakeClock()
  const renderers = new Renderers({ clock, log: createLogger('info', destination) })
  const find = (address: string, userAgent: string | undefined, headers = {}) =>
    renderers.profileFor({
      address,
      headers: { 'user-agent': userAgent, ...headers },
      asked: 'GET /upnp/x',
    }).id
  return { clock, renderers, find, lines }
}

describe('a renderer is found', () => {
  test('by its own User-Agent', () => {
    expect(start().find(TV, SAMSUNG)).toBe('samsung-c-e')
  })

  test('by its address when its media player says nothing', () => {
    const { find } = start()
    expect(find(TV, GSTREAMER)).toBe('default')
    find(TV, SAMSUNG)
    expect(find(TV, GSTREAMER)).toBe('samsung-c-e')
    expect(find(TV, undefined)).toBe('samsung-c-e')
    expect(find(`::ffff:${TV}`, GSTREAMER)).toBe('samsung-c-e')
    expect(find(PC, GSTREAMER)).toBe('default')
  })

  test('by what it says itself where two programs share an address', () => {
    const { find } = start()
    const windows = 'NSPlayer/12.00.26100.7813 WMFSDK/12.00.26100.7813'
    expect(find(PC, 'VLC/3.0.24 LibVLC/3.0.24')).toBe('vlc')
    expect(find(PC, windows)).toBe('windows')
    expect(find(PC, 'VLC/3.0.24 LibVLC/3.0.24')).toBe('vlc')
    expect(find(PC, windows)).toBe('windows')
  })

  test('by the year in its description, however it browses', () => {
    const { renderers, find } = start()
    const webos = 'Linux/3.10 UPnP/1.0 LGE WebOS TV LGE_DLNA_SDK/1.6.0/04.30.13 DLNADOC/1.50'
    expect(find(TV, webos)).toBe('lg-webos')
    renderers.describe(TV, { modelName: 'LG Smart TV', modelNumber: 'OLED65C24LA' })
    expect(find(TV, webos)).toBe('lg-webos-2020')
    expect(find(TV, 'Mozilla/5.0 (Web0S; Linux/SmartTV) WebAppManager')).toBe('lg-webos-2020')
  })

  test('by the year that it has told, when it fetches by a name that all years have', () => {
    const { find } = start()
    const webos = 'Linux/3.10 UPnP/1.0 LGE WebOS TV LGE_DLNA_SDK/1.6.0/04.30.13 DLNADOC/1.50'
    const player = 'Mozilla/5.0 (Web0S; Linux/SmartTV) WebAppManager'
    expect(find(TV, player)).toBe('lg-webos')
    const named = { 'dlnadevicename.lge.com': '%5bLG%5d%20webOS%20TV%20OLED65C1' }
    expect(find(TV, webos, named)).toBe('lg-webos-2020')
    expect(find(TV, player)).toBe('lg-webos-2020')
    expect(find(TV, SAMSUNG)).toBe('samsung-c-e')
    expect(find(TV, player)).toBe('lg-webos')
  })

  test('by its description alone, unless a program says that it is another', () => {
    const { renderers, find } = start()
    renderers.describe(TV, { manufacturer: 'Philips', modelNumber: '2k15MTK' })
    expect(find(TV, 'Kodi/20.1')).toBe('kodi')
    expect(find(PC, GSTREAMER)).toBe('default')
    renderers.describe(PC, { manufacturer: 'Sonos, Inc.' })
    expect(find(PC, GSTREAMER)).toBe('sonos')
  })

  test('until six hours have passed without it', async () => {
    const { clock, find } = start()
    find(TV, SAMSUNG)
    clock.suspend(6 * 3_600_000 - 1)
    expect(find(TV, GSTREAMER)).toBe('samsung-c-e')
    clock.suspend(1)
    expect(find(TV, GSTREAMER)).toBe('default')
  })

  test('among the 256 that were heard of last', () => {
    const { renderers, find } = start()
    for (let i = 0; i < 300; i++) find(`10.0.${i >> 8}.${i & 255}`, SAMSUNG)
    expect(renderers.known).toHaveLength(256)
    expect(find('10.0.0.0', GSTREAMER)).toBe('default')
    expect(find('10.0.1.43', GSTREAMER)).toBe('samsung-c-e')
  })
})

describe('a rule of the owner', () => {
  test('counts before everything, for its address alone', () => {
    const { renderers, find } = start()
    renderers.override([{ address: TV, rule: 'sharp' }])
    expect(find(TV, SAMSUNG)).toBe('sharp')
    expect(find(PC, SAMSUNG)).toBe('samsung-c-e')
    renderers.override([])
    expect(find(TV, SAMSUNG)).toBe('samsung-c-e')
  })

  test('changes single fields of what is found', () => {
    const { renderers } = start()
    renderers.override([{ address: TV, set: { mimeTypes: { mkv: 'video/divx' }, date: false } }])
    const request = { address: TV, headers: { 'user-agent': SAMSUNG }, asked: '' }
    expect(renderers.profileFor(request)).toMatchObject({
      id: 'samsung-c-e',
      date: false,
      mimeTypes: { mkv: 'video/divx', avi: 'video/avi' },
    })
  })
})

describe('an unknown renderer', () => {
  test('is logged once with what it asked', () => {
    const { find, lines } = start()
    find(TV, 'Nobody/1.0', { 'friendlyname.dlna.org': 'kitchen' })
    find(TV, 'Nobody/1.0')
    find(PC, 'Nobody/1.0')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 30,
      address: TV,
      userAgent: 'Nobody/1.0',
      friendlyName: 'kitchen',
      asked: 'GET /upnp/x',
    })
  })

  test.each([
    ['"urn:schemas-upnp-org:service:ContentDirectory:1#Browse"', 'Browse'],
    ['urn:schemas-upnp-org:service:ContentDirectory:1#Search ', 'Search'],
    ['"urn:x#"', undefined],
    [`"urn:x#${'B'.repeat(65)}"`, undefined],
    [undefined, undefined],
  ])('is logged with the action of %s', (soapaction, action) => {
    const { find, lines } = start()
    find(TV, undefined, { soapaction })
    expect(JSON.parse(lines[0] ?? '').action).toBe(action)
  })

  test('is logged with what its device description says', () => {
    const { renderers, find, lines } = start()
    const description = { manufacturer: 'Nobody', modelName: 'Kitchen radio' }
    renderers.describe(TV, description)
    find(TV, 'Nobody/1.0', { 'x-av-client-info': 'av=5.0' })
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ avClientInfo: 'av=5.0', description })
  })

  test('is none that fetches a file, as every browser does', () => {
    const { renderers, lines } = start()
    renderers.profileFor({ address: PC, headers: { 'user-agent': 'x' }, asked: 'GET /m/a/0.mkv' })
    expect(lines).toEqual([])
  })

  test('fills no log', () => {
    const { find, lines } = start()
    for (let i = 0; i < 1_000; i++) find(TV, `Nobody/${i}`)
    expect(lines).toHaveLength(256)
  })
})

test('odd headers are no harm', () => {
  const renderers = new Renderers({ clock: new FakeClock(), log: silentLogger() })
  const headers = {
    'user-agent': 'x'.repeat(16_384),
    'dlnadevicename.lge.com': '%zz%5b',
    'x-panasonic-registration': '!!!',
    'x-av-client-info': 'mn="'.repeat(4_000),
  }
  expect(renderers.profileFor({ address: 'nonsense', headers, asked: '' }).id).toBe('default')
})
