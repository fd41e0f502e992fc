import { describe, expect, it } from 'vitest'
import { parseInfoHash } from '../../../src/torrents/metainfo/info-hash.ts'

const HEX = '0123456789abcdef0123456789abcdef01234567'

describe('parseInfoHash()', () => {
  it('reads hex digits of either case', () => {
    expect(parseInfoHash(HEX)).toBe(HEX)
    expect(parseInfoHash(HEX.toUpperCase())).toBe(HEX)
  })

  it('reads base32 of either case', () => {
    expect(parseInfoHash('AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH')).toBe(HEX)
    expect(parseInfoHash('aerukz4jvpg66ajdivtytk6n54asgrlh')).toBe(HEX)
  })

  it('keeps leading zeros of base32', () => {
    expect(parseInfoHash('A'.repeat(32))).toBe('0'.repeat(40))
    expect(parseInfoHash(`${'A'.repeat(31)}B`)).toBe(`${'0'.repeat(39)}1`)
  })

  it.each([
    ['one digit short', HEX.slice(1)],
    ['one digit long', `${HEX}0`],
    ['no hex', `${HEX.slice(1)}g`],
    ['no base32', `1${'A'.repeat(31)}`],
    ['a line break at the end', `${HEX}\n`],
    ['the 64 digits of version 2', HEX.padEnd(64, '0')],
    ['nothing', ''],
  ])('refuses %s', (_, text) => {
    expect(parseInfoHash(text)).toBeNull()
  })
})
