import { describe, expect, it } from 'vitest'
import {
  interfaceAddresses,
  interfaceTowards,
  interfaceWarnings,
  isVirtual,
  type NetworkInterfaces,
} from '../../../src/upnp/discovery/network-interfaces.ts'
import { interfaceInfo } from '../../helpers/fake-network.ts'

const machine: NetworkInterfaces = {
  lo: [interfaceInfo('127.0.0.1/8')],
  docker0: [interfaceInfo('172.17.0.1/16')],
  eth0: [
    { ...interfaceInfo('10.0.1.5/24'), family: 'IPv6', address: 'fe80::1', scopeid: 2 },
    interfaceInfo('10.0.1.5/24'),
  ],
  wlan0: [interfaceInfo('10.0.2.5/24')],
  usb0: [interfaceInfo('169.254.3.4/16')],
}
const all = { interfaceNames: [], host: '::' }

function found(interfaces: NetworkInterfaces, selection = {}): readonly string[] {
  return interfaceAddresses(interfaces, { ...all, ...selection }).map(({ address }) => address)
}

describe('interfaceAddresses()', () => {
  it('gives one address for each LAN', () => {
    expect(found(machine)).toEqual(['10.0.1.5', '10.0.2.5'])
    expect(found(machine, { host: '0.0.0.0' })).toEqual(['10.0.1.5', '10.0.2.5'])
  })

  it('gives the interfaces that are named, whatever they are', () => {
    expect(found(machine, { interfaceNames: ['docker0'] })).toEqual(['172.17.0.1'])
    expect(found(machine, { interfaceNames: ['lo', 'usb0'] })).toEqual(['127.0.0.1', '169.254.3.4'])
    expect(found(machine, { interfaceNames: ['eth9'] })).toEqual([])
  })

  it('gives only the address that HTTP listens on', () => {
    expect(found(machine, { host: '10.0.2.5' })).toEqual(['10.0.2.5'])
    expect(found(machine, { host: '::ffff:10.0.2.5' })).toEqual(['10.0.2.5'])
    expect(found(machine, { host: '172.17.0.1' })).toEqual(['172.17.0.1'])
    expect(found(machine, { host: '127.0.0.1' })).toEqual([])
    expect(found(machine, { host: 'fe80::1' })).toEqual([])
    expect(found(machine, { host: '10.0.2.5', interfaceNames: ['eth0'] })).toEqual([])
  })

  it('gives all but loopback if no LAN is left', () => {
    const { lo, docker0, usb0 } = machine
    expect(found({ lo, docker0, usb0 })).toEqual(['172.17.0.1', '169.254.3.4'])
    expect(found({ lo })).toEqual([])
  })
})

describe('isVirtual()', () => {
  it.each(['docker0', 'br-0123456789ab', 'veth1a2b', 'virbr0', 'tun0', 'tap3', 'wg0'])(
    'knows %s',
    (name) => {
      expect(isVirtual(name)).toBe(true)
    },
  )

  it.each(['eth0', 'enp3s0', 'wlan0', 'br0', 'br-lan', 'bond0', 'macvlan0'])(
    'spares %s',
    (name) => {
      expect(isVirtual(name)).toBe(false)
    },
  )
})

describe('interfaceTowards()', () => {
  const addresses = interfaceAddresses(
    { eth0: [interfaceInfo('10.0.1.5/8')], wlan0: [interfaceInfo('10.0.2.5/24')] },
    all,
  )

  it('chooses the narrowest network', () => {
    expect(interfaceTowards('10.0.2.77', addresses)?.name).toBe('wlan0')
    expect(interfaceTowards('10.9.9.9', addresses)?.name).toBe('eth0')
  })

  it.each(['192.168.1.1', '::1', 'tv.local'])('knows no way to %s', (address) => {
    expect(interfaceTowards(address, addresses)).toBeUndefined()
  })
})

describe('interfaceWarnings()', () => {
  function warnings(interfaces: NetworkInterfaces, selection = {}): string {
    const full = { ...all, ...selection }
    return interfaceWarnings(interfaceAddresses(interfaces, full), full).join()
  }

  it('says nothing when there is a LAN', () => {
    expect(warnings(machine)).toBe('')
  })

  it('says why TVs may not find the server', () => {
    const { lo, docker0 } = machine
    expect(warnings({ lo, docker0 })).toContain('containers or tunnels (docker0)')
    expect(warnings({ lo, docker0 }, { interfaceNames: ['docker0'] })).toBe('')
    expect(warnings({ lo })).toContain('no network')
    expect(warnings(machine, { host: '127.0.0.1' })).toContain('only this machine')
    expect(warnings(machine, { host: 'fe80::1' })).toContain('IPv4')
  })
})
