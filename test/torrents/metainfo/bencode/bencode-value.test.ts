import { describe, expect, it } from 'vitest'
import { decodeBencode } from '../../../../src/torrents/metainfo/bencode/bencode-value.ts'
import { plain } from '../../../helpers/plain-bencode.ts'

const LIMITS = { maxDepth: 32, maxItems: 500_000 }
const decode = (text: string): unknown =>
  plain(decodeBencode(Buffer.from(text, 'latin1'), LIMITS).value)
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'))

describe('decodeBencode()', () => {
  it.each([
    ['an integer', 'i42e', 42],
    ['a negative one', 'i-42e', -42],
    ['one with leading zeros', 'i00042e', 42],
    ['a negative zero', 'i-0e', 0],
    ['the largest that a number holds', 'i9007199254740991e', 2 ** 53 - 1],
    ['one beyond', 'i9007199254740993e', 9_007_199_254_740_993n],
    ['one far below', 'i-99999999999999999999e', -99_999_999_999_999_999_999n],
    ['many leading zeros', 'i00000000000000000000000007e', 7],
    ['a byte string', '3:a\xffb', bytes('a\xffb')],
    ['a length with leading zeros', '003:abc', bytes('abc')],
    ['an empty byte string', '0:', bytes('')],
    ['a list', 'li1el1:aee', [1, [bytes('a')]]],
    ['an empty list', 'le', []],
    ['a dictionary', 'd1:ai1e1:bi2ee', { a: 1, b: 2 }],
    ['keys out of order', 'd1:bi2e1:ai1ee', { a: 1, b: 2 }],
    ['a value with something behind', 'i1egarbage', 1],
  ])('reads %s', (_, text, value) => {
    expect(decode(text)).toEqual(value)
  })

  it('takes the first of equal keys', () => {
    expect(decode('d1:ai1e1:ai2ee')).toEqual({ a: 1 })
  })

  it('is not fooled by the names of JavaScript', () => {
    const value = decode('d9:__proto__d1:xi1ee11:constructori5e8:toString1:ae') as object
    expect(Object.getPrototypeOf(value)).toBeNull()
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor', 'toString'])
    expect(Object.prototype).not.toHaveProperty('x')
  })

  it('copies no byte string', () => {
    const data = Buffer.from('3:abc')
    const value = decodeBencode(data, LIMITS).value as Uint8Array
    expect(value.buffer).toBe(data.buffer)
  })

  it('tells where the value ends', () => {
    expect(decodeBencode(Buffer.from('d1:ai1eeXYZ'), LIMITS).end).toBe(8)
  })

  it.each([
    '',
    'x',
    'i',
    'ie',
    'i-e',
    'i--1e',
    'i1',
    'i1.5e',
    'i+1e',
    'i 1e',
    'i1x',
    '-3:',
    'd-3:',
    '3',
    '3:ab',
    '3abc',
    '99999999999999999999:a',
    `${'9'.repeat(400)}:a`,
    `i${'9'.repeat(1_001)}e`,
    'l',
    'l-3:',
    'li1e',
    'd',
    'd1:a',
    'd1:ae',
    'di1ei1ee',
    'dlelee',
    'e',
  ])('refuses %j', (text) => {
    expect(() => decode(text)).toThrow(/at byte \d+/)
  })

  it('refuses what is nested too deeply, however deeply', () => {
    expect(decode(`${'l'.repeat(32)}${'e'.repeat(32)}`)).toHaveLength(1)
    expect(() => decode('l'.repeat(33))).toThrow('more than 32 levels')
    expect(() => decode('l'.repeat(1_000_000))).toThrow('levels')
    expect(() => decodeBencode(Buffer.from('llee'), { ...LIMITS, maxDepth: 1 })).toThrow(
      'more than 1 levels',
    )
  })

  it('refuses what holds too many values', () => {
    expect(() => decode(`l${'le'.repeat(500_000)}e`)).toThrow('more than 500000 items')
    const few = { ...LIMITS, maxItems: 2 }
    expect(() => decodeBencode(Buffer.from('li1ei2ee'), few)).toThrow('more than 2 items')
    // Keys are counted, too.
    expect(() => decodeBencode(Buffer.from('d1:ai1ee'), few)).toThrow('more than 2 items')
    const short = { ...LIMITS, maxBytes: 3 }
    expect(() => decodeBencode(Buffer.from('i10e'), short)).toThrow('more than 3 bytes')
  })
})
