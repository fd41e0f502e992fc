import { describe, expect, it } from 'vitest'
import { baseUrl, hostNetwork, plainAddress } from '../src/ip-address.ts'

describe('plainAddress()', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:a00:1', '10.0.0.1'],
    ['0:0:0:0:0:ffff:192.168.255.254', '192.168.255.254'],
    ['::1', '::1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::10.0.0.1', '::a00:1'],
    ['', ''],
  ])('spells %j as %j', (address, plain) => {
    expect(plainAddress(address)).toBe(plain)
  })
})

describe('hostNetwork()', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::7', '2001:db8:1:2::/64'],
    ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80::1'],
    ['fe80::2', 'fe80::2'],
    ['seed.example', 'seed.example'],
    ['', ''],
  ])('of %j is %j', (address, network) => {
    expect(hostNetwork(address)).toBe(network)
  })
})

describe('baseUrl()', () => {
  it.each([
    ['::ffff:192.168.1.2', 'http://192.168.1.2:3030'],
    ['127.0.0.1', 'http://127.0.0.1:3030'],
    ['fd00::2', 'http://[fd00::2]:3030'],
    ['fe80::2%eth0', 'http://[fe80::2]:3030'],
  ])('of %s is %s', (localAddress, url) => {
    expect(baseUrl({ localAddress, localPort: 3030 })).toBe(url)
  })
})
