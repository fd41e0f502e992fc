import { describe, expect, it } from 'vitest'
import type { InterfaceAddress } from '../../../src/upnp/discovery/network-interfaces.ts'
import {
  isSameLink,
  meetingAt,
  meetingWith,
  networksOf,
  type Place,
  placesOf,
} from '../../../src/upnp/discovery/place.ts'

/** `eth0 10.0.1.5/24`. */
function own(text: string): InterfaceAddress {
  const [name = '', cidr = ''] = text.split(' ')
  const [address = '', prefix] = cidr.split('/')
  return { name, address, prefixLength: Number(prefix), isLoopback: false }
}

function places(addresses: readonly string[], before: readonly Place[] = []): readonly Place[] {
  return placesOf(addresses.map(own), before)
}

function announced(addresses: readonly string[], before: readonly Place[] = []): readonly string[] {
  return places(addresses, before).map(({ announced: one }) => `${one.name} ${one.address}`)
}

describe('placesOf()', () => {
  it('takes the addresses of one interface for one link', () => {
    expect(announced(['eth0 10.0.1.5/24', 'eth0 10.0.1.6/24', 'eth0 192.168.9.1/24'])).toEqual([
      'eth0 10.0.1.5',
    ])
  })

  it('takes interfaces in one network for one link', () => {
    expect(announced(['eth0 10.0.1.5/24', 'wlan0 10.0.1.6/24', 'eth1 10.0.2.5/24'])).toEqual([
      'eth0 10.0.1.5',
      'eth1 10.0.2.5',
    ])
  })

  it('takes interfaces that share a wire for one link, whatever their networks', () => {
    const addresses = ['eth0 10.0.1.5/24', 'eth1 10.0.2.5/24', 'wlan0 10.0.3.5/24'].map(own)
    const wired = addresses.map((one) => ({
      ...one,
      wire: one.name === 'wlan0' ? 'wlan0' : 'eth0',
    }))
    const found = placesOf(wired, [])
    expect(found.map(({ announced: { name } }) => name)).toEqual(['eth0', 'wlan0'])
    expect(meetingWith('10.0.2.9', found)?.address.address).toBe('10.0.2.5')
    // They were two until that was found out.
    for (const before of placesOf(addresses, []).slice(0, 2))
      expect(found.some((place) => isSameLink(place, before))).toBe(true)
  })

  it('joins links that an interface turns out to be on', () => {
    const addresses = ['eth0 10.0.1.5/24', 'eth1 10.0.2.5/24', 'eth2 10.0.2.6/24']
    expect(announced([...addresses, 'eth0 10.0.2.7/24'])).toEqual(['eth0 10.0.1.5'])
  })

  it.each([
    ['a network inside of another', ['eth0 10.0.1.5/8', 'wlan0 10.0.2.5/24']],
    ['single addresses', ['eth0 10.0.0.1/32', 'eth1 10.0.0.1/32']],
    ['link-local IPv6', ['eth0 fe80::1/64', 'eth1 fe80::2/64']],
  ])('takes %s for two links', (_name, addresses) => {
    expect(places(addresses)).toHaveLength(2)
  })

  it('keeps what was announced, wherever it stands in the list', () => {
    const before = places(['eth0 10.0.1.6/24'])
    expect(announced(['eth0 10.0.1.5/24', 'eth0 10.0.1.6/24'], before)).toEqual(['eth0 10.0.1.6'])
    expect(announced(['wlan0 10.0.1.4/24', 'eth0 10.0.1.6/24'], before)).toEqual(['eth0 10.0.1.6'])
    expect(announced(['eth0 10.0.1.5/24', 'eth0 10.0.1.7/24'], before)).toEqual(['eth0 10.0.1.5'])
  })

  it('prefers what a TV can reach', () => {
    const addresses = ['eth0 169.254.1.1/16', 'eth0 203.0.113.5/24', 'eth0 10.0.1.5/24']
    expect(announced(addresses)).toEqual(['eth0 10.0.1.5'])
    expect(announced(addresses.slice(0, 2))).toEqual(['eth0 203.0.113.5'])
    expect(announced(['eth0 2001:db8::5/64', 'eth0 fd00::5/64'])).toEqual(['eth0 fd00::5'])
  })

  it('has each link once in every scope', () => {
    const addresses = [
      'eth0 10.0.1.5/24',
      'wlan0 10.0.1.6/24',
      'eth0 fe80::1/64',
      'wlan0 fe80::2/64',
    ]
    const found = places([...addresses, 'wlan0 fd00::2/64'])
    expect(found.map(({ scope, announced: one }) => `${scope} ${one.address}`)).toEqual([
      'ipv4 10.0.1.5',
      'ipv6-link fe80::1',
      'ipv6-site fd00::2',
    ])
  })
})

describe('isSameLink()', () => {
  it('compares by interface and network', () => {
    const [a] = places(['eth0 10.0.1.5/24'])
    const [b] = places(['eth0 192.168.1.1/24'])
    const [c] = places(['br0 10.0.1.5/24'])
    const [d] = places(['eth1 10.0.2.5/24'])
    if (!a || !b || !c || !d) throw new Error('no place')
    expect([isSameLink(a, b), isSameLink(a, c), isSameLink(a, d)]).toEqual([true, true, false])
  })
})

describe('networksOf()', () => {
  it('has one address for each network of a link, the announced one first', () => {
    const [place] = places([
      ...['eth0 203.0.113.5/24', 'eth0 10.0.1.6/24', 'eth0 10.0.1.7/24'],
      'eth0 192.168.9.1/24',
    ])
    expect(place && networksOf(place).map(({ address }) => address)).toEqual([
      '10.0.1.6',
      '203.0.113.5',
      '192.168.9.1',
    ])
  })
})

describe('meetingWith()', () => {
  const known = places([
    ...['eth0 10.0.1.5/8', 'wlan0 10.0.2.5/24', 'wlan0 192.168.9.1/24'],
    ...['eth0 fe80::1/64', 'wlan0 fe80::2/64', 'wlan0 fd00::2/64'],
  ])

  it.each([
    ['10.0.2.77', '10.0.2.5'],
    ['10.9.9.9', '10.0.1.5'],
    ['192.168.9.7', '192.168.9.1'],
    ['fe80::77%wlan0', 'fe80::2'],
    ['fe80::77%eth0', 'fe80::1'],
    ['fd00::77', 'fd00::2'],
  ])('meets %s at %s', (address, at) => {
    expect(meetingWith(address, known)?.address.address).toBe(at)
  })

  it('of two addresses in one network names the announced one', () => {
    const before = places(['wlan0 10.0.3.9/24'])
    const addresses = ['eth0 10.0.3.5/24', 'wlan0 10.0.3.9/24'].map(own)
    expect(meetingWith('10.0.3.77', placesOf(addresses, before))?.address.address).toBe('10.0.3.9')
  })

  it.each(['192.168.1.1', 'fe80::77%eth9', 'fd01::1', '::1', 'tv.local', ''])(
    'does not know %j',
    (address) => {
      expect(meetingWith(address, known)).toBeNull()
    },
  )

  it('finds the place of an address of ours', () => {
    expect(meetingAt('192.168.9.1', known)?.place.announced.address).toBe('10.0.2.5')
    expect(meetingAt('192.168.9.2', known)).toBeNull()
  })
})
