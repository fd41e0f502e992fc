import { describe, expect, it } from 'vitest'
import {
  isInNetwork,
  isPrivate,
  isSameNetwork,
} from '../../../src/upnp/discovery/network-address.ts'

describe('isPrivate()', () => {
  it.each([
    ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1', '169.254.1.1'],
    ...['fd00::1', 'fe80::1%eth0', '::ffff:10.0.0.1'],
  ])('knows %s', (address) => {
    expect(isPrivate(address)).toBe(true)
  })

  it.each([
    ...['172.32.0.1', '8.8.8.8', '100.64.0.1', '127.0.0.1', '0.0.0.0', '224.0.0.1'],
    ...['2001:db8::1', '::1', 'ff02::c', 'tv.local', ''],
  ])('refuses %j', (address) => {
    expect(isPrivate(address)).toBe(false)
  })
})

describe('isSameNetwork()', () => {
  it('compares prefixes, and nothing that only one machine can be in', () => {
    const network = (address: string, prefixLength: number) => ({ address, prefixLength })
    expect(isSameNetwork(network('10.0.1.5', 24), network('10.0.1.6', 24))).toBe(true)
    expect(isSameNetwork(network('10.0.1.5', 24), network('10.0.1.6', 16))).toBe(false)
    expect(isSameNetwork(network('10.0.1.5', 32), network('10.0.1.5', 32))).toBe(false)
    expect(isSameNetwork(network('fd00::5', 64), network('fd00::6', 64))).toBe(true)
    expect(isSameNetwork(network('fe80::5', 64), network('fe80::6', 64))).toBe(false)
  })
})

describe('isInNetwork()', () => {
  it('keeps the families apart', () => {
    expect(isInNetwork('10.0.0.1', { address: '::', prefixLength: 0 })).toBe(false)
    expect(isInNetwork('fd00::1', { address: '0.0.0.0', prefixLength: 0 })).toBe(false)
  })
})
