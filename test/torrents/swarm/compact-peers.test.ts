import { describe, expect, it } from 'vitest'
import { compactPeer, readCompactPeer } from '../../../src/torrents/swarm/compact-peers.ts'

describe('a peer in compact form', () => {
  it.each([
    ['1.2.3.4:5', '010203040005'],
    ['255.0.0.1:65535', 'ff000001ffff'],
    ['[::]:1', '000000000000000000000000000000000001'],
    ['[::1]:6881', '000000000000000000000000000000011ae1'],
    ['[2001:db8::]:80', '20010db80000000000000000000000000050'],
    ['[2001:db8:0:1:2:3:4:5]:256', '20010db80000000100020003000400050100'],
  ])('is %s', (address, hex) => {
    expect(Buffer.from(compactPeer(address) ?? []).toString('hex')).toBe(hex)
    const family = address.startsWith('[') ? 'ipv6' : 'ipv4'
    expect(readCompactPeer(Buffer.from(hex, 'hex'), family)).toBe(address)
  })

  it('may be IPv6 with an IPv4 address at its end', () => {
    const hex = Buffer.from(compactPeer('[64:ff9b::1.2.3.4]:5') ?? []).toString('hex')
    expect(hex).toBe('0064ff9b0000000000000000010203040005')
  })

  it.each(['', '1.2.3.4', ':5', '1.2.3:5', '1.2.3.4:0', '1.2.3.4:65536', '1.2.3.4:x', 'host:5'])(
    'is none of %j',
    (address) => {
      expect(compactPeer(address)).toBeNull()
    },
  )

  it('is none where bytes are missing, or its port is 0', () => {
    expect(readCompactPeer(Buffer.alloc(5, 1), 'ipv4')).toBeNull()
    expect(readCompactPeer(Buffer.alloc(17, 1), 'ipv6')).toBeNull()
    expect(readCompactPeer(Buffer.from([1, 2, 3, 4, 0, 0]), 'ipv4')).toBeNull()
  })
})
