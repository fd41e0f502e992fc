import { expect, it } from 'vitest'
import { parseBlocklistLine } from '../../../src/torrents/swarm/blocklist-line.ts'
import { Ipv6Ranges, ipv6Digits } from '../../../src/torrents/swarm/ipv6-ranges.ts'

const ipv4 = (start: number, end: number) => ({ family: 4, start, end })
const ipv6 = (start: string, end: string) => ({
  ...{ family: 6, start: ipv6Digits(start), end: ipv6Digits(end) },
})

it.each([
  ['Some: Org:1.2.3.0-1.2.3.255', ipv4(0x01020300, 0x010203ff)],
  ['1.2.3.4', ipv4(0x01020304, 0x01020304)],
  ['1.2.3.4 - 1.2.3.9\r', ipv4(0x01020304, 0x01020309)],
  ['001.002.003.004 - 001.002.003.009 , 000 , Some, Org', ipv4(0x01020304, 0x01020309)],
  ['001.002.003.004 - 001.002.003.009 , 127 , Some Org', ipv4(0x01020304, 0x01020309)],
  ['10.1.2.3/8', ipv4(0x0a000000, 0x0affffff)],
  ['a network: 10.1.2.3/32', ipv4(0x0a010203, 0x0a010203)],
  ['0.0.0.0/0', ipv4(0, 0xffffffff)],
  ['2001:DB8::1', ipv6('2001:db8::1', '2001:db8::1')],
  ['2001:db8:: - 2001:db8::ffff', ipv6('2001:db8::', '2001:db8::ffff')],
  ['Some: Org:2001:db8::-2001:db8::ffff', ipv6('2001:db8::', '2001:db8::ffff')],
  // The name is a group of digits as well: what has most in common with the end.
  ['bad:2001:db8::-2001:db8::ffff', ipv6('2001:db8::', '2001:db8::ffff')],
  ['2001:db8:: - 2001:db8::ffff , 0 , Some Org', ipv6('2001:db8::', '2001:db8::ffff')],
  ['2001:db8:1:2::3/32', ipv6('2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff')],
  ['fade:2001:db8::-2001:db8::ffff', ipv6('2001:db8::', '2001:db8::ffff')],
  ['fc00:: - fdff::', ipv6('fc00::', 'fdff::')],
  ['::ffff:10.0.0.1', ipv4(0x0a000001, 0x0a000001)],
])('%s is understood', (line, range) => {
  expect(parseBlocklistLine(line)).toEqual(range)
})

it.each([
  '# 1.2.3.4',
  '',
  'nothing',
  'back:9.9.9.9-1.1.1.1',
  '2001:db8::2 - 2001:db8::1',
  '300.0.0.1',
  '10.0.0.0/33',
  '300.0.0.0/8',
  '2001:db8::/129',
  // Whoever has a higher level is let in (eMule).
  '001.002.003.004 - 001.002.003.009 , 128 , Some Org',
  `${'x'.repeat(5_000)}:1.2.3.4-1.2.3.5`,
])('%s blocks nobody', (line) => {
  expect(parseBlocklistLine(line)).toBeNull()
})

it('many IPv6 ranges, in any order and overlapping, are found', async () => {
  const ranges = Array.from({ length: 9_001 }, (_, index) => {
    const group = ((index * 7_919) % 9_001).toString(16)
    return { start: ipv6Digits(`2001:${group}::`), end: ipv6Digits(`2001:${group}::ff`) }
  })
  const overlapping = { start: ipv6Digits('2001:5::80'), end: ipv6Digits('2001:6::1') }
  const list = await Ipv6Ranges.of([...ranges, overlapping])
  expect(list.size).toBe(9_000)
  const blocked = ['2001::', '2001:1::ff', '2001:5:8000::', '2001:2328::', '2001:6::ff']
  expect(blocked.filter((address) => !list.has(address))).toEqual([])
  const free = ['2000:ffff::', '2001:1::100', '2001:2329::', '::', 'ffff::', '2001:6::100']
  expect(free.filter((address) => list.has(address))).toEqual([])
})
