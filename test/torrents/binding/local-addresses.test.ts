import { describe, expect, it } from 'vitest'
import { findLocalAddresses } from '../../../src/torrents/binding/local-addresses.ts'
import { interfacesOf } from '../../helpers/interfaces.ts'

const INTERFACES = interfacesOf({
  lo: ['127.0.0.1'],
  eth0: ['192.168.1.5', 'fe80::1', '2001:db8::5'],
  wg0: ['10.8.0.2', 'fe80::2'],
  ll0: ['fe80::3'],
})

describe('what an interface or an address stands for', () => {
  it.each([
    ['eth0', { interfaceName: 'eth0', ipv4: '192.168.1.5', ipv6: '2001:db8::5' }],
    ['wg0', { interfaceName: 'wg0', ipv4: '10.8.0.2', ipv6: null }],
    ['10.8.0.2', { interfaceName: 'wg0', ipv4: '10.8.0.2', ipv6: null }],
    ['2001:db8::5', { interfaceName: 'eth0', ipv4: null, ipv6: '2001:db8::5' }],
    ['127.0.0.9', { interfaceName: 'lo', ipv4: '127.0.0.9', ipv6: null }],
    ['ll0', null],
    ['wg1', null],
    ['10.8.0.3', null],
  ])('%s', (name, found) => {
    expect(findLocalAddresses(name, INTERFACES)).toEqual(found)
  })
})
