import { describe, expect, it } from 'vitest'
import { parseBytes } from '../../../src/config/options/byte-amount.ts'

describe('parseBytes()', () => {
  it.each([
    ['0', 0],
    ['750000', 750_000],
    ['500K', 512_000],
    ['1.5m', 1_572_864],
    ['20GB', 21_474_836_480],
    ['20 GiB', 21_474_836_480],
    ['2T', 2_199_023_255_552],
    ['12b', 12],
  ])('reads %s as %d', (text, bytes) => expect(parseBytes(text)).toBe(bytes))

  it.each(['', '-1', 'K', '1e9', '5 X', '1,5M', '999999999999999T', '1K2'])(
    'refuses "%s"',
    (text) => expect(parseBytes(text)).toBeNull(),
  )
})
