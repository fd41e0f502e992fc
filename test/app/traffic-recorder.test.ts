import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { TrafficRecorder } from '../../src/app/traffic-recorder.ts'
import { silentLogger } from '../../src/log.ts'
import { type Exchange, Traffic } from '../../src/upnp/traffic/traffic.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { rulesFoundBy } from '../helpers/renderer-fixture.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

const SAMSUNG = 'DLNADOC/1.50 SEC_HHP_[TV]UE40D7000/1.0'

function exchange(address: string, startLine: string, headers: Record<string, string>): Exchange {
  return {
    part: 'soap',
    direction: 'received',
    address,
    request: { startLine, headers: Object.entries(headers), body: '' },
    answer: { startLine: 'HTTP/1.1 200 OK', headers: [['content-type', 'text/xml']] },
  }
}

async function start(folder?: string) {
  const clock = new FakeClock()
  const log = silentLogger()
  const traffic = new Traffic({ log, isDebugging: false })
  const into = join(folder ?? (await temporaryFolder()), 'recorded')
  const recorder = new TrafficRecorder({ folder: into, traffic, clock, log })
  await recorder.open()
  onTestFinished(() => recorder.close())
  const read = async (name: string) => JSON.parse(await readFile(join(into, name), 'utf8'))
  return { clock, traffic, recorder, into, read }
}

test('each renderer gets a file in the form of a fixture, a second after it asked', async () => {
  const { clock, traffic, read } = await start()
  const browse = '"urn:schemas-upnp-org:service:ContentDirectory:1#Browse"'
  const media = 'GET /m/x/0.mkv HTTP/1.0'
  traffic.note(exchange('10.0.0.7', 'POST /upnp/control/x HTTP/1.1', { SOAPACTION: browse }))
  traffic.note(exchange('10.0.0.7', 'GET //rootDesc.xml HTTP/1.1', { 'USER-AGENT': SAMSUNG }))
  traffic.note(exchange('10.0.0.8', media, { Host: '10.0.0.2:3030' }))
  await clock.advance(1_000)
  await vi.waitFor(
    async () => expect((await read('renderer-2.json')).requests).toHaveLength(1),
    10_000,
  )
  expect(await read('renderer-1.json')).toEqual({
    rule: 'samsung-c-e',
    requests: [
      {
        kind: 'description',
        method: 'GET',
        path: '//rootDesc.xml',
        http: '1.1',
        headers: { 'USER-AGENT': SAMSUNG },
        answer: { status: 'HTTP/1.1 200 OK', headers: { 'content-type': 'text/xml' } },
      },
      {
        kind: 'browse',
        method: 'POST',
        path: '/upnp/control/x',
        http: '1.1',
        headers: { SOAPACTION: browse },
        answer: { status: 'HTTP/1.1 200 OK', headers: { 'content-type': 'text/xml' } },
      },
    ],
  })
  expect((await read('renderer-2.json')).requests[0]).toMatchObject({
    kind: 'media',
    http: '1.0',
    headers: { Host: '192.0.2.3:3030' },
  })
})

test('a recording is a fixture as it is, description and all', async () => {
  const { traffic, recorder, read } = await start()
  const webos = 'Linux/3.10 UPnP/1.0 LGE WebOS TV LGE_DLNA_SDK/1.6.0/04.30.13 DLNADOC/1.50'
  const player = 'Mozilla/5.0 (Web0S; Linux/SmartTV) WebAppManager'
  traffic.note(exchange('10.0.0.7', 'M-SEARCH * HTTP/1.1', { ST: 'upnp:rootdevice' }))
  traffic.note(exchange('10.0.0.7', 'GET /rootDesc.xml HTTP/1.1', { 'User-Agent': 'UPnP/1.0' }))
  const fetched = exchange('10.0.0.7', 'GET /description.xml HTTP/1.1', {})
  traffic.note({
    ...fetched,
    direction: 'sent',
    answer: {
      startLine: 'HTTP/1.1 200 OK',
      headers: [],
      body: `<root><device><deviceType>urn:schemas-upnp-org:device:MediaRenderer:1</deviceType>
        <friendlyName>Living &amp; room</friendlyName><manufacturer>LG Electronics</manufacturer>
        <modelName>LG Smart TV</modelName><modelNumber>OLED65C24LA</modelNumber><iconList><ic`,
    },
  })
  traffic.note(exchange('10.0.0.7', 'POST /upnp/control/x HTTP/1.1', { 'User-Agent': webos }))
  traffic.note(exchange('10.0.0.7', 'GET /m/x/0.ts HTTP/1.1', { 'User-Agent': player }))
  await recorder.close()
  const fixture = await read('renderer-1.json')
  expect(fixture.rule).toBe('lg-webos-2020')
  expect(fixture.description).toEqual({
    friendlyName: 'Living & room',
    manufacturer: 'LG Electronics',
    modelName: 'LG Smart TV',
    modelNumber: 'OLED65C24LA',
  })
  expect(fixture.requests.map(({ path }: { path: string }) => path)).toEqual([
    ...['/upnp/control/x', '*', '/rootDesc.xml', '/m/x/0.ts'],
  ])
  expect(new Set(rulesFoundBy(fixture))).toEqual(new Set(['lg-webos-2020']))
})

test('requests are called by what they are for', async () => {
  const { traffic, recorder, read } = await start()
  const paths = [
    'GET /m/x/0.mkv',
    'HEAD /m/x/0.mkv',
    'GET /m/x/0.srt',
    'GET /torrents/x/subtitles/3-1/en.srt',
    'GET /p/x/tn.jpg',
  ]
  for (const path of paths) traffic.note(exchange('10.0.0.7', `${path} HTTP/1.1`, {}))
  await recorder.close()
  const { requests } = await read('renderer-1.json')
  expect(requests.map(({ kind }: { kind: string }) => kind)).toEqual([
    ...['media', 'media-head', 'subtitles', 'subtitles', 'picture'],
  ])
})

test('what came last is written at the end', async () => {
  const { traffic, recorder, read, clock } = await start()
  traffic.note(exchange('10.0.0.7', 'HEAD /m/x/0.mkv HTTP/1.1', {}))
  await recorder.close()
  expect((await read('renderer-1.json')).requests[0].kind).toBe('media-head')
  expect(clock.pending).toBe(0)
  traffic.note(exchange('10.0.0.7', 'HEAD /m/x/0.mkv HTTP/1.1', {}))
  expect(clock.pending).toBe(0)
})

test('a record has its limits', async () => {
  const { traffic, recorder, read, into } = await start()
  for (let i = 0; i < 600; i++) traffic.note(exchange('10.0.0.7', `GET /${i} HTTP/1.1`, {}))
  for (let i = 0; i < 100; i++) traffic.note(exchange(`10.0.1.${i}`, 'GET / HTTP/1.1', {}))
  traffic.note(exchange('10.0.0.7', 'NOTIFY * HTTP/1.1', {}))
  traffic.note({ ...exchange('10.2.0.7', 'NOTIFY /event HTTP/1.1', {}), direction: 'sent' })
  await recorder.close()
  expect((await read('renderer-1.json')).requests).toHaveLength(500)
  expect(await readdir(into)).toHaveLength(32)
})

test('a folder that cannot be made is told at the start', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'recorded'), 'in the way')
  await expect(start(folder)).rejects.toThrow('ENOTDIR')
})

test('a folder that goes stops nothing', async () => {
  const { traffic, recorder, into } = await start()
  await rm(into, { recursive: true })
  await writeFile(into, 'in the way')
  traffic.note(exchange('10.0.0.7', 'GET / HTTP/1.1', {}))
  await expect(recorder.close()).resolves.toBeUndefined()
})

test('searches of our own, which this machine hears as well, are no renderer', async () => {
  const { clock, traffic, recorder, into } = await start()
  const search = (direction: Exchange['direction'], address: string, ST: string): Exchange => ({
    ...exchange(address, 'M-SEARCH * HTTP/1.1', { ST, MX: '3' }),
    ...{ part: 'ssdp', direction, answer: null },
  })
  traffic.note(search('sent', '239.255.255.250', 'upnp:rootdevice'))
  traffic.note(search('received', '10.0.0.2', 'upnp:rootdevice'))
  await clock.advance(2_000)
  traffic.note(search('received', '10.0.0.7', 'upnp:rootdevice'))
  traffic.note(search('received', '10.0.0.8', 'ssdp:all'))
  await recorder.close()
  expect((await readdir(into)).sort()).toEqual(['renderer-1.json', 'renderer-2.json'])
})
