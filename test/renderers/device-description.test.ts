import { describe, expect, it } from 'vitest'
import { readDeviceDescription } from '../../src/renderers/description/device-description.ts'
import { readServiceFacts } from '../../src/renderers/description/service-facts.ts'

const LOCATION = new URL('http://192.168.1.20:9197/dmr')

function service(type: string, paths = ['/control', '/event', '/scpd']): string {
  const [control = '', event = '', scpd = ''] = paths
  return (
    `<service><serviceType>${type}</serviceType><serviceId>x</serviceId>` +
    `<controlURL>${control}</controlURL><eventSubURL>${event}</eventSubURL><SCPDURL>${scpd}</SCPDURL></service>`
  )
}

const AV = 'urn:schemas-upnp-org:service:AVTransport:1'
const RENDERER = '<deviceType>urn:schemas-upnp-org:device:MediaRenderer:1</deviceType>'

function device(inside: string, services = service(AV)): string {
  return `<device>${inside}<serviceList>${services}</serviceList></device>`
}

function root(inside: string, attributes = 'xmlns="urn:schemas-upnp-org:device-1-0"'): string {
  return `<?xml version="1.0"?><root ${attributes}>${inside}</root>`
}

/** Faults that real devices have; each is read all the same. */
const ODD: Readonly<Record<string, string>> = {
  'without a namespace': root(device(`${RENDERER}<friendlyName>TV</friendlyName>`), ''),
  'in a wrong namespace': root(device(RENDERER), 'xmlns="urn:example:own"'),
  'with prefixes that nobody declared': root(
    device(
      `${RENDERER}<sec:ProductCap>x</sec:ProductCap><dlna:X_DLNADOC>DMR-1.50</dlna:X_DLNADOC>`,
    ),
  ),
  'with an ampersand that is not escaped': root(
    device(`${RENDERER}<friendlyName>Küche & Bad</friendlyName>`),
  ),
  'with control characters': root(device(`${RENDERER}<friendlyName>T\u0001V</friendlyName>`)),
  'with a byte order mark and zero bytes behind it': `\uFEFF\n${root(device(RENDERER))}\0\0`,
  'with a DOCTYPE': `<!DOCTYPE root>${root(device(RENDERER))}`,
  'with a URLBase of another time': root(
    `<URLBase>http://0.0.0.0:80/</URLBase>${device(RENDERER)}`,
  ),
  'with a URLBase that is no URL': root(`<URLBase>none</URLBase>${device(RENDERER)}`),
  'as an embedded device': root(
    device(
      `<deviceType>urn:schemas-upnp-org:device:Basic:1</deviceType><deviceList>${device(RENDERER)}</deviceList>`,
      service('urn:example:service:Own:1'),
    ),
  ),
  'by another device type': root(
    device('<deviceType>urn:schemas-upnp-org:device:Basic:1</deviceType>'),
  ),
  'in another version': root(
    device(RENDERER, service('urn:schemas-upnp-org:service:AVTransport:3')),
  ),
  'with relative URLs': root(device(RENDERER, service(AV, ['control', '', 'scpd']))),
}

describe('a description', () => {
  it.each(Object.entries(ODD))('%s is read', async (_, text) => {
    const { avTransport } = await readDeviceDescription(text, LOCATION)
    expect(avTransport.controlUrl.href).toBe('http://192.168.1.20:9197/control')
    expect(avTransport.serviceType).toMatch(/^urn:schemas-upnp-org:service:AVTransport:[13]$/)
  })

  it('says who it is, with the largest icon that is not huge', async () => {
    const icon = (type: string, width: number, url: string): string =>
      `<icon><mimetype>${type}</mimetype><width>${width}</width><url>${url}</url></icon>`
    const text = root(
      device(
        `${RENDERER}<friendlyName> [TV] Samsung </friendlyName><manufacturer>Samsung</manufacturer>` +
          '<modelName>UE40D7000</modelName><UDN>uuid:1</UDN><iconList>' +
          icon('image/png', 48, '/48.png') +
          icon('image/jpeg', 120, '/120.jpg') +
          icon('image/png', 1_024, '/huge.png') +
          icon('image/bmp', 200, '/200.bmp') +
          icon('image/png', 256, 'http://203.0.113.7/spy.png') +
          '</iconList>',
      ),
    )
    expect(await readDeviceDescription(text, LOCATION)).toMatchObject({
      udn: 'uuid:1',
      friendlyName: '[TV] Samsung',
      signs: { manufacturer: 'Samsung', modelName: 'UE40D7000' },
      iconUrl: new URL('http://192.168.1.20:9197/120.jpg'),
      renderingControl: null,
      connectionManager: null,
    })
  })

  it.each([
    ['leads elsewhere', root(device(RENDERER, service(AV, ['http://203.0.113.7/control'])))],
    ['leads to a file', root(device(RENDERER, service(AV, ['file:///etc/passwd'])))],
    ['has no AVTransport', root(device(RENDERER, service('urn:x:service:Other:1')))],
    ['names a service that is none', root(device(RENDERER, service(`${AV}\r\nX-Evil: 1`)))],
    ['is no XML', '<html><body>404'],
    ['is empty', ''],
    ['is huge', root(device(`${RENDERER}<a>${'x'.repeat(100_000)}</a>`))],
    ['has very many elements', root(device(RENDERER + '<a/>'.repeat(2_000)))],
  ])('that %s is refused', async (_, text) => {
    await expect(readDeviceDescription(text, LOCATION)).rejects.toThrow(
      /description that cannot be read|no AVTransport|where its AVTransport is/,
    )
  })
})

describe('the description of a service', () => {
  it('tells actions, ranges and allowed values', async () => {
    const facts = await readServiceFacts(
      '<scpd><actionList><action><name>Play</name><argumentList><argument><name>Speed</name>' +
        '</argument></argumentList></action></actionList><serviceStateTable><stateVariable>' +
        '<name>Volume</name><allowedValueRange><minimum>0</minimum><maximum>50</maximum>' +
        '</allowedValueRange></stateVariable><stateVariable><name>A_ARG_TYPE_SeekMode</name>' +
        '<allowedValueList><allowedValue> REL_TIME </allowedValue></allowedValueList>' +
        '</stateVariable></serviceStateTable></scpd>',
    )
    expect([...facts.actions]).toEqual(['Play'])
    expect(facts.ranges.get('Volume')).toEqual({ minimum: 0, maximum: 50 })
    expect(facts.values.get('A_ARG_TYPE_SeekMode')).toEqual(['REL_TIME'])
  })

  it.each([
    ['<scpd/>'],
    [
      '<scpd><serviceStateTable><stateVariable><name>Volume</name></stateVariable></serviceStateTable></scpd>',
    ],
    [
      '<scpd><stateVariable><name>Volume</name><allowedValueRange><minimum>9</minimum><maximum>1</maximum></allowedValueRange></stateVariable></scpd>',
    ],
  ])('that lacks parts says nothing of them: %s', async (text) => {
    expect((await readServiceFacts(text)).ranges.size).toBe(0)
  })
})
