import { describe, expect, it } from 'vitest'
import { parseStringPromise } from 'xml2js'
import {
  deviceDescription,
  icon,
  serviceDescription,
} from '../../../src/upnp/description/description.ts'
import { DEVICE_TYPE, newUdn, SERVICES } from '../../../src/upnp/description/names.ts'
import { DEFAULT_PROFILE } from '../../../src/upnp/renderers/renderer-profile.ts'

const facts = { udn: newUdn(), friendlyName: 'Tributary (den)', version: '0.1.0' }

async function readDevice(description: string): Promise<Record<string, unknown>> {
  const { root } = await parseStringPromise(description, { explicitArray: false })
  expect(root.$.xmlns).toBe('urn:schemas-upnp-org:device-1-0')
  return root.device
}

describe('deviceDescription()', () => {
  it('names nothing of Samsung to who stumbles over it', () => {
    const description = deviceDescription(facts, { ...DEFAULT_PROFILE, samsungCapabilities: false })
    expect(description).not.toContain('sec:')
    expect(description).not.toContain('sec.co.kr')
    expect(description).toContain('<dlna:X_DLNADOC')
  })

  it('passes for Windows Media Connect before an Xbox 360', async () => {
    const renderer = { ...DEFAULT_PROFILE, windowsMediaConnect: true }
    const friendlyName = 'x'.repeat(80)
    const device = await readDevice(deviceDescription({ ...facts, friendlyName }, renderer))
    expect(device).toMatchObject({
      friendlyName: `${'x'.repeat(60)}: 1`,
      manufacturer: 'Microsoft Corporation',
      modelName: 'Windows Media Connect',
      modelNumber: '2.0',
      serialNumber: facts.udn.slice(5),
    })
  })

  it('says who we are, in the order of UDA', async () => {
    const device = await readDevice(deviceDescription(facts))
    expect(Object.keys(device)).toEqual([
      'deviceType',
      'friendlyName',
      'manufacturer',
      'manufacturerURL',
      'modelDescription',
      'modelName',
      'modelNumber',
      'modelURL',
      'serialNumber',
      'UDN',
      'dlna:X_DLNADOC',
      'dlna:X_DLNACAP',
      'sec:ProductCap',
      'sec:X_ProductCap',
      'iconList',
      'serviceList',
      'presentationURL',
    ])
    expect(device).toMatchObject({
      deviceType: DEVICE_TYPE,
      friendlyName: 'Tributary (den)',
      modelNumber: '0.1.0',
      UDN: facts.udn,
      presentationURL: '/web/',
      'dlna:X_DLNADOC': {
        _: 'DMS-1.50',
        $: { 'xmlns:dlna': 'urn:schemas-dlna-org:device-1-0' },
      },
    })
  })

  it('offers each service with its own URLs', async () => {
    const device = await readDevice(deviceDescription(facts))
    expect(device.serviceList).toEqual({
      service: SERVICES.map(({ name, serviceType, serviceId }) => ({
        serviceType,
        serviceId,
        SCPDURL: `/upnp/scpd/${name}.xml`,
        controlURL: `/upnp/control/${name}`,
        eventSubURL: `/upnp/event/${name}`,
      })),
    })
  })

  it('escapes a friendly name and keeps it under 64 characters', async () => {
    const friendlyName = `Tom & <Jerry>\0 ${'\u{1f3ac}'.repeat(80)}`
    const device = await readDevice(deviceDescription({ ...facts, friendlyName }))
    const shown = String(device.friendlyName)
    expect(shown).toBe(`Tom & <Jerry> ${'\u{1f3ac}'.repeat(48)}`)
    expect([...shown].length).toBeLessThan(64)
  })

  it('leaves no placeholder and no space between elements', () => {
    const description = deviceDescription(facts)
    expect(description).not.toMatch(/\{\{|>\s+</)
    expect(description).toMatch(/^<\?xml version="1.0" encoding="utf-8"\?><root /)
  })
})

describe('icon()', () => {
  it('has every icon of the description, in its size', async () => {
    const { iconList } = await readDevice(deviceDescription(facts))
    const { icon: icons } = iconList as { icon: Record<string, string>[] }
    expect(icons).toHaveLength(4)
    for (const { url = '', mimetype, width, height, depth } of icons) {
      const found = icon(url.replace('/upnp/icons/', ''))
      expect(found?.mimeType).toBe(mimetype)
      expect(sizeOf(Buffer.from(found?.bytes ?? []))).toBe(`${width}x${height}x${depth}`)
    }
  })

  it('has no other', () => {
    expect(icon('../device.xml')).toBeUndefined()
  })
})

describe('serviceDescription()', () => {
  it.each(SERVICES)(
    'declares each variable of $name that an argument uses, once',
    async ({ name }) => {
      const description = serviceDescription(name) ?? ''
      expect(description).not.toMatch(/>\s+</)
      const { scpd } = await parseStringPromise(description)
      expect(scpd.$.xmlns).toBe('urn:schemas-upnp-org:service-1-0')
      const variables = scpd.serviceStateTable[0].stateVariable.map(
        (variable: { name: string[] }) => variable.name[0],
      )
      expect(new Set(variables).size).toBe(variables.length)
      const used = [...description.matchAll(/<relatedStateVariable>(\w+)</g)].map(([, one]) => one)
      expect(variables).toEqual(expect.arrayContaining(used))
    },
  )

  it('lists the arguments of Browse in the order of ContentDirectory:1', () => {
    const browse = /<name>Browse<.*?<\/action>/.exec(serviceDescription('content-directory') ?? '')
    const names = [...(browse?.[0] ?? '').matchAll(/<argument><name>(\w+)</g)].map(([, one]) => one)
    expect(names).toEqual([
      ...['ObjectID', 'BrowseFlag', 'Filter', 'StartingIndex', 'RequestedCount', 'SortCriteria'],
      ...['Result', 'NumberReturned', 'TotalMatches', 'UpdateID'],
    ])
  })

  it.each([
    ['content-directory', ['SystemUpdateID', 'ContainerUpdateIDs']],
    ['connection-manager', ['SourceProtocolInfo', 'SinkProtocolInfo', 'CurrentConnectionIDs']],
    [
      'media-receiver-registrar',
      [
        'AuthorizationGrantedUpdateID',
        'AuthorizationDeniedUpdateID',
        'ValidationSucceededUpdateID',
        'ValidationRevokedUpdateID',
      ],
    ],
  ])('says which variables of %s are evented', (name, evented) => {
    const found = (serviceDescription(name) ?? '').matchAll(/sendEvents="yes"><name>(\w+)</g)
    expect([...found].map(([, variable]) => variable)).toEqual(evented)
  })

  it('knows no other service', () => {
    expect(serviceDescription('../package')).toBeUndefined()
  })
})

/** Width, height and bits per pixel, from the header of a PNG or a JPEG. */
function sizeOf(bytes: Buffer): string {
  if (bytes.subarray(1, 4).toString() === 'PNG') {
    const channels = bytes[25] === 2 ? 3 : 0
    return `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}x${(bytes[24] ?? 0) * channels}`
  }
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]))
  const depth = (bytes[frame + 4] ?? 0) * (bytes[frame + 9] ?? 0)
  return `${bytes.readUInt16BE(frame + 7)}x${bytes.readUInt16BE(frame + 5)}x${depth}`
}
