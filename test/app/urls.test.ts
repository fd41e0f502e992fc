import type { NetworkInterfaceInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { lanUrls, localUrl } from '../../src/app/urls.ts'

function ipv4(address: string): NetworkInterfaceInfo[] {
  const internal = address.startsWith('127.')
  const common = { netmask: '255.255.255.0', mac: '02:00:00:00:00:01', internal }
  return [{ ...common, address, family: 'IPv4', cidr: `${address}/24` }]
}

const INTERFACES = {
  lo: ipv4('127.0.0.1'),
  eth0: ipv4('192.0.2.5'),
  wlan0: ipv4('198.51.100.5'),
  docker0: ipv4('172.17.0.1'),
}

describe('lanUrls()', () => {
  it('has one for each address on the LAN', () => {
    expect(lanUrls(INTERFACES, { interfaceNames: [], host: '::' }, 3030)).toEqual([
      'http://192.0.2.5:3030',
      'http://198.51.100.5:3030',
    ])
  })

  it('has none for a server that listens on loopback', () => {
    expect(lanUrls(INTERFACES, { interfaceNames: [], host: '127.0.0.1' }, 3030)).toEqual([])
  })
})

describe('localUrl()', () => {
  it.each([
    ['::', 'http://localhost:80'],
    ['0.0.0.0', 'http://localhost:80'],
    ['192.0.2.5', 'http://192.0.2.5:80'],
    ['2001:db8::5', 'http://[2001:db8::5]:80'],
  ])('reaches a server on %s by %s', (host, url) => {
    expect(localUrl({ host, port: 80 })).toBe(url)
  })
})
