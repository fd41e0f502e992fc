import { describe, expect, it } from 'vitest'
import {
  aliveMessage,
  byebyeMessage,
  type Presence,
  parseSearch,
  parseSsdpMessage,
  searchResponse,
  updateMessage,
} from '../../../src/upnp/discovery/ssdp-message.ts'

const target = {
  notificationTarget: 'upnp:rootdevice',
  usn: 'uuid:2d2c1b0a-0000-4000-8000-000000000001::upnp:rootdevice',
}
const presence: Presence = {
  scope: 'ipv4',
  location: 'http://10.0.1.5:3030/rootDesc.xml',
  server: 'Linux/6.1 DLNADOC/1.50 UPnP/1.0 Tributary/0.1.0',
  maxAgeSeconds: 1_800,
  bootId: 1_767_323_045,
}

describe('aliveMessage()', () => {
  it('writes every header of an advertisement', () => {
    expect(aliveMessage(target, presence).toString()).toBe(
      'NOTIFY * HTTP/1.1\r\n' +
        'HOST: 239.255.255.250:1900\r\n' +
        'CACHE-CONTROL: max-age=1800\r\n' +
        'LOCATION: http://10.0.1.5:3030/rootDesc.xml\r\n' +
        'NT: upnp:rootdevice\r\n' +
        'NTS: ssdp:alive\r\n' +
        'SERVER: Linux/6.1 DLNADOC/1.50 UPnP/1.0 Tributary/0.1.0\r\n' +
        'USN: uuid:2d2c1b0a-0000-4000-8000-000000000001::upnp:rootdevice\r\n' +
        'BOOTID.UPNP.ORG: 1767323045\r\n' +
        '\r\n',
    )
  })

  it('names the group of its scope', () => {
    const message = aliveMessage(target, { ...presence, scope: 'ipv6-site' }).toString()
    expect(parseSsdpMessage(message)?.headers.get('host')).toBe('[FF05::C]:1900')
  })
})

describe('updateMessage()', () => {
  it('tells the next BOOTID', () => {
    expect(updateMessage(target, presence, 1_767_323_046).toString()).toBe(
      'NOTIFY * HTTP/1.1\r\n' +
        'HOST: 239.255.255.250:1900\r\n' +
        'LOCATION: http://10.0.1.5:3030/rootDesc.xml\r\n' +
        'NT: upnp:rootdevice\r\n' +
        'NTS: ssdp:update\r\n' +
        'USN: uuid:2d2c1b0a-0000-4000-8000-000000000001::upnp:rootdevice\r\n' +
        'BOOTID.UPNP.ORG: 1767323045\r\n' +
        'NEXTBOOTID.UPNP.ORG: 1767323046\r\n' +
        '\r\n',
    )
  })
})

describe('byebyeMessage()', () => {
  it('writes no more than HOST, NT, NTS and USN', () => {
    expect(byebyeMessage(target, 'ipv4').toString()).toBe(
      'NOTIFY * HTTP/1.1\r\n' +
        'HOST: 239.255.255.250:1900\r\n' +
        'NT: upnp:rootdevice\r\n' +
        'NTS: ssdp:byebye\r\n' +
        'USN: uuid:2d2c1b0a-0000-4000-8000-000000000001::upnp:rootdevice\r\n' +
        '\r\n',
    )
  })
})

describe('searchResponse()', () => {
  it('writes the date, an empty EXT and an empty body', () => {
    const now = new Date(Date.UTC(2026, 0, 2, 3, 4, 5))
    expect(searchResponse(target, presence, now).toString()).toBe(
      'HTTP/1.1 200 OK\r\n' +
        'CACHE-CONTROL: max-age=1800\r\n' +
        'DATE: Fri, 02 Jan 2026 03:04:05 GMT\r\n' +
        'EXT: \r\n' +
        'LOCATION: http://10.0.1.5:3030/rootDesc.xml\r\n' +
        'SERVER: Linux/6.1 DLNADOC/1.50 UPnP/1.0 Tributary/0.1.0\r\n' +
        'ST: upnp:rootdevice\r\n' +
        'USN: uuid:2d2c1b0a-0000-4000-8000-000000000001::upnp:rootdevice\r\n' +
        'BOOTID.UPNP.ORG: 1767323045\r\n' +
        'Content-Length: 0\r\n' +
        '\r\n',
    )
  })
})

describe('parseSsdpMessage()', () => {
  it('reads back what is written', () => {
    const message = parseSsdpMessage(aliveMessage(target, presence).toString())
    expect(message?.kind).toBe('notify')
    expect(message?.headers.get('location')).toBe('http://10.0.1.5:3030/rootDesc.xml')
    const response = parseSsdpMessage(searchResponse(target, presence, new Date(0)).toString())
    expect(response?.kind).toBe('response')
    expect(response?.headers.get('ext')).toBe('')
  })

  it.each(['', 'GET / HTTP/1.1\r\n\r\n', 'HTTP/1.1 500 Oops\r\n\r\n', '\0\u{fffd}'])(
    'refuses %j',
    (text) => {
      expect(parseSsdpMessage(text)).toBeNull()
    },
  )
})

describe('parseSearch()', () => {
  function search(...headers: string[]): string {
    return ['M-SEARCH * HTTP/1.1', ...headers, '', ''].join('\r\n')
  }

  it('reads the target and the wait', () => {
    const text = search(
      'HOST: 239.255.255.250:1900',
      'MAN: "ssdp:discover"',
      'MX: 3',
      'ST: ssdp:all',
    )
    expect(parseSearch(text)).toEqual({ searchTarget: 'ssdp:all', maxWaitSeconds: 3 })
  })

  it('takes any case, space and line end', () => {
    const text = '\r\nM-SEARCH * HTTP/1.1\nst:upnp:rootdevice \nMan:  "ssdp:discover"\nmX:2\n\n'
    expect(parseSearch(text)).toEqual({ searchTarget: 'upnp:rootdevice', maxWaitSeconds: 2 })
  })

  it('takes quotes of either kind, or none', () => {
    for (const man of ['"ssdp:discover"', "'ssdp:discover'", 'ssdp:discover']) {
      expect(parseSearch(search(`MAN: ${man}`, 'ST: ssdp:all'))?.searchTarget).toBe('ssdp:all')
    }
  })

  it.each([
    ['no MX', [], 1],
    ['MX 0', ['MX: 0'], 1],
    ['a negative MX', ['MX: -4'], 1],
    ['no number', ['MX: soon'], 1],
    ['MX 120', ['MX: 120'], 5],
  ])('takes %s for %s', (_name, mx, maxWaitSeconds) => {
    const text = search('MAN: "ssdp:discover"', 'ST: ssdp:all', ...mx)
    expect(parseSearch(text)?.maxWaitSeconds).toBe(maxWaitSeconds)
  })

  it.each([
    ['no MAN', search('ST: ssdp:all', 'MX: 1')],
    ['another MAN', search('MAN: "ssdp:other"', 'ST: ssdp:all')],
    ['no ST', search('MAN: "ssdp:discover"', 'MX: 1')],
    ['an advertisement', byebyeMessage(target, 'ipv4').toString()],
  ])('refuses %s', (_name, text) => {
    expect(parseSearch(text)).toBeNull()
  })
})
