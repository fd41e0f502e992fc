import { describe, expect, it } from 'vitest'
import { parseGateway } from '../../../src/torrents/port-mapping/gateway-address.ts'
import {
  addMappingBody,
  GATEWAY_TYPE,
  parseDescription,
  parseSearchAnswer,
} from '../../../src/torrents/port-mapping/igd-message.ts'
import { mappingRequest, parseMappingAnswer } from '../../../src/torrents/port-mapping/nat-pmp.ts'

const ROUTER = '192.168.1.1'
const WAN_IP = 'urn:schemas-upnp-org:service:WANIPConnection:1'

function answer(location: string, st = GATEWAY_TYPE): Buffer {
  return Buffer.from(`HTTP/1.1 200 OK\r\nST: ${st}\r\nLocation: ${location}\r\n\r\n`)
}

function description(controlUrl: string, type = WAN_IP): string {
  const other = '<service><serviceType>x</serviceType><controlURL>/x</controlURL></service>'
  return `<root>${other}<service><serviceType>${type}</serviceType><controlURL>${controlUrl}</controlURL></service></root>`
}

describe('parseSearchAnswer()', () => {
  it('gives the description at the address of who answers', () => {
    const location = `http://${ROUTER}:5000/root.xml`
    expect(parseSearchAnswer(answer(location), ROUTER)).toBe(location)
  })

  it.each([
    'http://192.168.1.2:5000/root.xml',
    'http://127.0.0.1/root.xml',
    'http://router.lan/root.xml',
    `https://${ROUTER}/root.xml`,
    `file:///etc/passwd`,
    `http://user:pass@${ROUTER}/`,
    `http://${ROUTER}:99999/`,
    `http://${ROUTER}/${'x'.repeat(400)}`,
    '/root.xml',
    '',
  ])('gives nothing for %s', (location) => {
    expect(parseSearchAnswer(answer(location), ROUTER)).toBeNull()
  })

  it('gives nothing for the answers of other devices, and for noise', () => {
    expect(parseSearchAnswer(answer(`http://${ROUTER}/`, 'upnp:rootdevice'), ROUTER)).toBeNull()
    expect(parseSearchAnswer(Buffer.alloc(2_000, 0xff), ROUTER)).toBeNull()
    expect(parseSearchAnswer(Buffer.alloc(0), ROUTER)).toBeNull()
  })
})

describe('parseDescription()', () => {
  const location = `http://${ROUTER}:5000/root.xml`

  it('gives the service that maps ports', () => {
    const service = { type: WAN_IP, controlUrl: `http://${ROUTER}:5000/ctl/ip` }
    expect(parseDescription(description('/ctl/ip'), location)).toEqual(service)
    expect(parseDescription(description('ctl/ip'), location)).toEqual(service)
  })

  it.each(['http://192.168.1.9/ctl', 'http://127.0.0.1:3030/torrents/0/delete', '', 'ftp://x/'])(
    'gives nothing where it is to be asked at %s',
    (controlUrl) => {
      expect(parseDescription(description(controlUrl), location)).toBeNull()
    },
  )

  it('gives nothing for other services', () => {
    expect(parseDescription(description('/ctl', 'urn:x'), location)).toBeNull()
    expect(parseDescription('<service>'.repeat(10_000), location)).toBeNull()
  })
})

it('a mapping names the port, twice, and our address', () => {
  const body = addMappingBody(WAN_IP, { protocol: 'udp', port: 4240 }, '192.168.1.7')
  expect(body).toContain('<NewExternalPort>4240</NewExternalPort><NewProtocol>UDP</NewProtocol>')
  expect(body).toContain('<NewInternalClient>192.168.1.7</NewInternalClient>')
  expect(body).toContain(`<u:AddPortMapping xmlns:u="${WAN_IP}">`)
})

describe('NAT-PMP', () => {
  const port = { protocol: 'tcp', port: 4240 } as const

  it('asks as RFC 6886 has it', () => {
    expect(mappingRequest(port, 7_200).toString('hex')).toBe('000200001090109000001c20')
    expect(mappingRequest(port, 0).toString('hex')).toBe('000200001090000000000000')
  })

  it('reads answers of the right kind and length alone', () => {
    const granted = Buffer.from('00820000000000001090109000001c20', 'hex')
    expect(parseMappingAnswer(granted, port)).toBe(true)
    const refused = Buffer.from('00820002000000001090000000000000', 'hex')
    expect(parseMappingAnswer(refused, port)).toBe(false)
    for (let length = 0; length < 16; length++) {
      expect(parseMappingAnswer(granted.subarray(0, length), port)).toBeNull()
    }
    expect(parseMappingAnswer(granted, { ...port, protocol: 'udp' })).toBeNull()
    expect(parseMappingAnswer(granted, { ...port, port: 1 })).toBeNull()
  })
})

describe('parseGateway()', () => {
  const head = 'Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n'

  it('gives the gateway of the default route with the lowest metric', () => {
    const routes = `${head}eth0 00000000 0101A8C0 0003 0 0 100 0 0 0 0\nwlan0 00000000 0202A8C0 0003 0 0 50 0 0 0 0\neth0 0001A8C0 00000000 0001 0 0 0 0 0 0 0\n`
    expect(parseGateway(routes)).toBe('192.168.2.2')
  })

  it('gives nothing where there is none', () => {
    expect(parseGateway(head)).toBeNull()
    expect(parseGateway('')).toBeNull()
    expect(parseGateway('eth0 00000000 zz 0003 0 0 0')).toBeNull()
  })
})
