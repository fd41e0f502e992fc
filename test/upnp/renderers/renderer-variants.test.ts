import { describe, expect, test } from 'vitest'
import { ruleOfDescription, ruleOfRequest } from '../../../src/upnp/renderers/renderer-rule.ts'
import { requestSigns } from '../../../src/upnp/renderers/renderer-signs.ts'
import { RENDERER_RULES } from '../../../src/upnp/renderers/renderer-table.ts'

const SAMSUNG_TV = { manufacturer: 'Samsung Electronics', modelDescription: 'Samsung TV DMR' }
const WEBOS =
  'Linux/3.10.19-32.afro.4 UPnP/1.0 LGE WebOS TV LGE_DLNA_SDK/1.6.0/04.30.13 DLNADOC/1.50'
const PANASONIC = 'Panasonic MIL DLNA CP UPnP/1.0 DLNADOC/1.50'
const NETFRONT = 'IPI/1.0 UPnP/1.0 DLNADOC/1.50'

function byHeaders(headers: Readonly<Record<string, string>>, description?: object) {
  const signs = { ...requestSigns(headers), description }
  return ruleOfRequest(RENDERER_RULES, signs)?.rule.id
}

function byDescription(description: object) {
  return ruleOfDescription(RENDERER_RULES, description)?.rule.id
}

const USER_AGENTS: Readonly<Record<string, readonly string[]>> = {
  'samsung-a-b': ['SamsungWiselinkPro/1.0'],
  'samsung-c-e': [
    'SEC_HHP_[TV]UE40D7000/1.0',
    'SEC_HHP_TV-50C7000/1.0',
    'DLNADOC/1.50 SEC_HHP_[TV]PS50C7000/1.0',
    'DLNADOC/1.50 SEC_HHP_[TV]LE40C650/1.0',
    'SEC_HHP_[TV]LA46D550/1.0',
    'DLNADOC/1.50 SEC_HHP_[TV] UE40EH5000/1.0',
  ],
  'samsung-f-j': [
    'DLNADOC/1.50 SEC_HHP_ Family TV/1.0',
    'SEC_HHP_[TV]UE46F7000/1.0',
    'DLNADOC/1.50 SEC_HHP_[TV] UE40J6200/1.0 UPnP/1.0',
  ],
  'samsung-uhd-2014': ['DLNADOC/1.50 SEC_HHP_[TV] UE55HU8500/1.0'],
  'samsung-2016': [
    'DLNADOC/1.50 SEC_HHP_[TV] UE49MU6100/1.0',
    'DLNADOC/1.50 SEC_HHP_[TV] Samsung 6 Series (40)/1.0',
  ],
  'samsung-q-2017': [
    'DLNADOC/1.50 SEC_HHP_[TV] Samsung Q9 Series (65)/1.0',
    'DLNADOC/1.50 SEC_HHP_[TV] QE55Q7FN/1.0',
  ],
  'samsung-2019': [
    'DLNADOC/1.50 SEC_HHP_Samsung Q70RA/1.0',
    'DLNADOC/1.50 SEC_HHP_Samsung Q60 Series (65)/1.0',
    'DLNADOC/1.50 SEC_HHP_Samsung TU8500 50 TV/1.0',
  ],
  'samsung-2021': [
    'DLNADOC/1.50 SEC_HHP_Samsung AU7100 50 TV/1.0',
    'DLNADOC/1.50 SEC_HHP_Samsung QN90AA 50 TV/1.0',
    'Linux/9.0 UPnP/1.0 PROTOTYPE/1.0',
    'Samsung TV DMR',
  ],
  'samsung-frame-oled': ['DLNADOC/1.50 SEC_HHP_Samsung S95CA 65/1.0 UPnP/1.0'],
  'samsung-audio': ['SEC_HHP_HW-Q70/1.0', 'DLNADOC/1.50 SEC_HHP_Samsung Soundbar Q800A/1.0'],
  'samsung-bd': [
    'SEC_HHP_BD-D5100/1.0',
    'DLNADOC/1.50 SEC_HHP_HT-D5100/1.0',
    'DLNADOC/1.50 SEC_HHP_[HT]HT-E4500/1.0',
  ],
  'lg-2010': ['Linux/2.6.28 UPnP/1.0 DLNADOC/1.50 INTEL_NMPR/2.0 LGE_DLNA_SDK/1.5.0'],
  'lg-netcast': ['Linux/2.6.35 UPnP/1.0 DLNADOC/1.50 INTEL_NMPR/2.0 LGE_DLNA_SDK/1.6.0'],
  'lg-2013': ['GStreamer souphttpsrc (compatible; LG NetCast.TV-2013) libsoup/2.34.2'],
  'lg-webos': [WEBOS, '[LG] webOS TV OLED55C8', 'Mozilla/5.0 (Web0S; Linux/SmartTV) WebAppManager'],
  'sony-android-tv': ['Dalvik/2.1.0 (Linux; U; Android 9; BRAVIA VH1 Build/PTT1.190515.001.S48)'],
  ps3: ['PLAYSTATION 3', 'PLAYSTATION®3'],
  roku: ['Roku/DVP-5.3 (045.03E04016A)', 'Roku/4200X-7'],
  'roku-tv': ['Roku/4400X-7', 'Roku/4640X-7', 'Roku/8000X-7', 'Roku/DVP-14.0 (14.0.4.2-87)'],
  frontier: ['EC-IRADIO/1.0', 'IR 500/1.0'],
  netfront: [NETFRONT, 'GUPnP/0.12.8 UPnP/1.0 DLNADOC/1.50'],
}

describe.each(Object.entries(USER_AGENTS))('%s is told by', (rule, userAgents) => {
  test.each(userAgents)('%s', (userAgent) => {
    expect(byHeaders({ 'user-agent': userAgent })).toBe(rule)
  })
})

test.each([
  ['UE46D8000', 'samsung-c-e'],
  ['UE46F7000', 'samsung-f-j'],
  ['UE55LS003AU', 'samsung-f-j'],
  ['UE55JU7000', 'samsung-uhd-2014'],
  ['UE55K5500', 'samsung-2016'],
  ['QE55Q7FNA', 'samsung-q-2017'],
  ['QE55Q8DN', 'samsung-q-2017'],
  ['QE55Q70T', 'samsung-2019'],
  ['QE65Q900R', 'samsung-2019'],
  ['QE55Q7F5', 'samsung-2021'],
  ['QE75QN900A', 'samsung-2021'],
  ['UE43CU7100', 'samsung-2021'],
  ['UE43U8000F', 'samsung-2021'],
  ['QE65S90H', 'samsung-frame-oled'],
  ['UE43LS03N', 'samsung-frame-oled'],
  ['BD-J5500', 'samsung-bd'],
  ['HW-Q70R', 'samsung-audio'],
])('%s is %s, also where its owner has named it', (modelName, rule) => {
  const description = { ...SAMSUNG_TV, modelName }
  expect(byDescription(description)).toBe(rule)
  const named = { 'user-agent': 'DLNADOC/1.50 SEC_HHP_ Family TV/1.0' }
  expect(byHeaders(named, description)).toBe(rule)
  expect(byHeaders({ 'user-agent': 'Linux/9.0 UPnP/1.0 PROTOTYPE/1.0' }, description)).toBe(rule)
})

test('a program is what it says, whatever the television at its address', () => {
  const description = { ...SAMSUNG_TV, modelName: 'UE46D8000' }
  expect(byHeaders({ 'user-agent': 'SEC_HHP_[PC]LPC001/1.0' }, description)).toBe('samsung-pc')
  expect(byHeaders({ 'user-agent': 'VLC/3.0.24 LibVLC/3.0.24' }, description)).toBe('vlc')
  expect(byHeaders({ 'user-agent': 'NSPlayer/12.00.26100' }, description)).toBe('windows')
})

test('what is built with the library of VLC is what it says of itself', () => {
  const headers = { 'user-agent': 'Linux/4.9, UPnP/1.0, Portable SDK for UPnP devices/1.6.19' }
  expect(byHeaders(headers)).toBe('vlc')
  expect(byHeaders(headers, { manufacturer: 'Hisense' })).toBe('hisense-vidaa')
  expect(byHeaders(headers, { manufacturer: 'somebody' })).toBe('vlc')
})

test.each([
  ['OLED65C9PUA', 'lg-webos'],
  ['OLED65C6V', 'lg-webos'],
  ['55EG910V', 'lg-webos'],
  ['OLED55CX6LA', 'lg-webos-2020'],
  ['55NANO90UPA', 'lg-webos-2020'],
  ['65QNED816QA', 'lg-webos-2020'],
  ['32LQ63006LA', 'lg-webos-2020'],
  ['65QNED866RE', 'lg-webos-2023'],
  ['65QNED86T6A', 'lg-webos-2023'],
  ['43UR73003LA', 'lg-webos-2023'],
  ['OLED83M3', 'lg-webos-2023'],
  ['OLED65C54LA', 'lg-webos-2025'],
  ['OLED65C64LA', 'lg-webos-2025'],
  ['65QNED80B', 'lg-webos-2025'],
  ['50UA73006LA', 'lg-webos-2025'],
])('LG %s is %s', (modelNumber, rule) => {
  const modelDescription = 'LG WebOSTV DMRplus'
  const description = {
    manufacturer: 'LG Electronics',
    modelName: 'LG Smart TV',
    modelNumber,
    modelDescription,
  }
  expect(byDescription(description)).toBe(rule)
  expect(byHeaders({ 'user-agent': WEBOS }, description)).toBe(rule)
  const name = encodeURIComponent(`[LG] webOS TV ${modelNumber.replace(/^\d\d/, '')}`)
  expect(byHeaders({ 'user-agent': WEBOS, 'dlnadevicename.lge.com': name })).toBe(rule)
})

test.each([
  ['BRAVIA KDL-40HX755', '1.7', 'sony-bravia-2009'],
  ['BRAVIA KDL-50W829B', '1.7', 'sony-bravia-2013'],
  ['BRAVIA XBR-65X900A', '1.7', 'sony-bravia-2013'],
  ['BRAVIA KD-55X8500C', '3.0', 'sony-android-tv'],
  ['BRAVIA XBR-65X900F', '3.0', 'sony-android-tv'],
  ['BRAVIA KD-55AG9', '3.0', 'sony-android-tv'],
  ['BRAVIA XBR-55X900H', '3.0', 'sony-google-tv'],
  ['BRAVIA FW-65BZ40H', '3.0', 'sony-google-tv'],
  ['BRAVIA K-65XR80', '3.0', 'sony-google-tv'],
])('Sony %s is %s', (model, generation, rule) => {
  const info = `av=5.0; cn="Sony Corporation"; mn="${model}"; mv="${generation}";`
  expect(byHeaders({ 'x-av-client-info': info })).toBe(rule)
  expect(byHeaders({ 'x-av-physical-unit-info': `pa="${model}"; mv="${generation}"` })).toBe(rule)
  const description = { manufacturer: 'Sony Corporation', modelName: model.replace('BRAVIA ', '') }
  expect(byDescription(description)).toBe(rule)
})

test.each([
  ['Blu-ray Disc Player', 'BDP-S370', 'sony-bd'],
  ['Blu-ray Disc Player', 'BDP-S3700', 'sony-bd-2013'],
  ['BDP-S5100', 'BDP-S5100', 'sony-bd-2013'],
  ['BDV-N9100W', 'Blu-ray Disc Player', 'sony-bd-2013'],
  ['Media Player', 'SMP-N200', 'sony-bd'],
])('Sony %s, %s is %s', (model, unit, rule) => {
  const info = `av=5.0; cn="Sony Corporation"; mn="${model}"; mv="2.0";`
  const headers = { 'x-av-client-info': info, 'x-av-physical-unit-info': `pa="${unit}";` }
  expect(byHeaders(headers)).toBe(rule)
})

test.each([
  ['TX-L32E6', 'panasonic-2012'],
  ['TX-48AX630', 'panasonic-2012'],
  ['TX-49ES500', 'panasonic-uhd'],
  ['TX-55Z90A', 'panasonic-uhd'],
  ['TC-P50VT25', 'panasonic'],
  ['DMP-BDT360', 'panasonic-bd'],
])('Panasonic %s is %s', (modelNumber, rule) => {
  const description = { manufacturer: 'Panasonic', modelName: 'Panasonic VIErA', modelNumber }
  expect(byHeaders({ 'user-agent': PANASONIC }, description)).toBe(rule)
})

test.each([
  [{ manufacturer: 'SHARP Corporation' }, 'sharp'],
  [{ manufacturer: 'TOSHIBA' }, 'toshiba'],
  [{ manufacturer: 'Vestel' }, 'vestel'],
  [{ manufacturer: 'Hisense' }, 'hisense-vidaa'],
  [{ manufacturer: 'Royal Philips Electronics', modelName: '65PUS6504/12' }, 'philips-pus'],
  [{ manufacturer: 'Panasonic', modelName: 'Blu-ray Disc Player' }, 'panasonic-bd'],
])('NetFront of %j is %s', (description, rule) => {
  expect(byHeaders({ 'user-agent': NETFRONT }, description)).toBe(rule)
})

test.each([
  [{ manufacturer: 'XBMC Foundation', modelName: 'Kodi' }, 'kodi'],
  [{ manufacturer: 'Microsoft Corporation', modelName: 'Xbox One' }, 'xbox-one'],
  [
    { manufacturer: 'Microsoft Corporation', modelName: 'Windows Digital Media Renderer' },
    'windows',
  ],
  [{ manufacturer: 'Bose Corporation', modelName: 'SoundTouch 10' }, 'bose'],
  [{ manufacturer: 'Frontier Silicon' }, 'frontier'],
  [{ manufacturer: 'Denon', modelName: 'HEOS 1' }, 'heos'],
])('the renderer %j is %s', (description, rule) => {
  expect(byDescription(description)).toBe(rule)
})
