import fc from 'fast-check'
import { expect } from 'vitest'
import { encodeBencode } from '../../src/torrents/metainfo/bencode/safe-bencode.ts'
import { parseExtendedHandshake } from '../../src/torrents/webtorrent/extended-handshake.ts'
import { fuzz, mutated } from './fuzz.ts'

const seeds = [
  'd1:md11:ut_metadatai3e6:ut_pexi1ee13:metadata_sizei31235e4:reqqi250e1:pi6881e1:v13:Tributary 1.0e',
  'd1:md9:__proto__i1e8:toStringi2e1:5i3ee6:yourip4:abcde',
].map((text) => Buffer.from(text))

const name = fc.constantFrom('m', 'reqq', 'metadata_size', 'p', 'v', '__proto__', 'toString', '1')
const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
  fc.string({ maxLength: 120 }),
  fc.dictionary(
    fc.oneof(name, fc.string()),
    fc.oneof(fc.integer({ min: -2, max: 300 }), fc.string()),
  ),
  fc.constantFrom<unknown>([], {}, [[[1]]]),
)
const structured = fc.dictionary(name, value).map((fields) => encodeBencode(fields))

fuzz(
  'an extended handshake gives numbers that may be used as they are, or none',
  fc.oneof(mutated(seeds), structured),
  (payload) => {
    const handshake = parseExtendedHandshake(payload)
    if (handshake === null) return
    expect(Object.getPrototypeOf(handshake.m)).toBeNull()
    for (const id of Object.values(handshake.m)) {
      expect(Number.isInteger(id) && id >= 0 && id <= 255).toBe(true)
    }
    const { reqq = 1, metadata_size: size = 1, p = 1, v = '' } = handshake
    for (const number of [reqq, size, p]) expect(number).toBeGreaterThan(0)
    expect(Math.max(reqq, p)).toBeLessThanOrEqual(65_535)
    expect(size).toBeLessThanOrEqual(64 * 1024 * 1024)
    expect(v.length).toBeLessThanOrEqual(100)
  },
)
