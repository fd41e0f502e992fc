import { describe, expect, it } from 'vitest'
import {
  interfaceAddresses,
  interfaceWarnings,
  ipv6InterfaceAddresses,
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
  it.each([
    ...['docker0', 'br-0123456789ab', 'veth1a2b', 'virbr0', 'tun0', 'tap3', 'wg0'],
    ...['docker_gwbridge', 'podman0', 'cni0', 'cni-podman1', 'flannel.1', 'lxcbr0', 'lxdbr0'],
    ...['vmnet8', 'vboxnet0', 'hassio', 'tailscale0', 'nordlynx', 'ppp0'],
  ])('knows %s', (name) => {
    expect(isVirtual(name)).toBe(true)
  })

  it.each(['eth0', 'enp3s0', 'wlan0', 'br0', 'br-lan', 'bond0', 'macvlan0', 'docker1'])(
    'spares %s',
    (name) => {
      expect(isVirtual(name)).toBe(false)
    },
  )
})

describe('ipv6InterfaceAddresses()', () => {
  const interfaces: NetworkInterfaces = {
    lo: [interfaceInfo('::1/128')],
    eth0: [interfaceInfo('10.0.1.5/24'), interfaceInfo('fe80::1/64')],
    wlan0: [interfaceInfo('fe80::2/64'), interfaceInfo('fd00::2/64')],
    wg0: [interfaceInfo('fd01::1/64')],
  }
  const names = (selection = {}): readonly string[] =>
    ipv6InterfaceAddresses(interfaces, { ...all, ...selection }).map(({ address }) => address)

  it('gives the addresses of each LAN, link-local ones too', () => {
    expect(names()).toEqual(['fe80::1', 'fe80::2', 'fd00::2'])
    expect(names({ interfaceNames: ['lo'] })).toEqual(['::1'])
  })

  it('gives only the address that HTTP listens on', () => {
    expect(names({ host: 'fd00::2' })).toEqual(['fd00::2'])
    expect(names({ host: 'fe80::1%eth0' })).toEqual(['fe80::1'])
    expect(names({ host: '0.0.0.0' })).toEqual([])
    expect(names({ host: '10.0.1.5' })).toEqual([])
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

it.each([
  [{ eth0: ['172.17.0.2/16'] }, true, true],
  [{ eth0: ['172.17.0.2/16'] }, false, false],
  [{ eth0: ['192.168.1.2/24'] }, true, false],
  [{ eth0: ['172.17.0.2/16'], eth1: ['192.168.1.2/24'] }, true, false],
])('%j in a container (%s) is warned of: %s', (addresses, isContainer, isWarned) => {
  const selection = { interfaceNames: [], host: '::' }
  const found = Object.entries(addresses).flatMap(([name, list]) =>
    list.map((cidr) => ({
      ...{ name, address: cidr.split('/')[0] ?? '', isLoopback: false },
      prefixLength: Number(cidr.split('/')[1]),
    })),
  )
  const warnings = interfaceWarnings(found, selection, { isContainer })
  expect(warnings.join().includes('--network host')).toBe(isWarned)
  expect(
    interfaceWarnings(found, { ...selection, interfaceNames: ['eth0'] }, { isContainer }),
  ).toEqual([])
})
