import { expect, test } from 'vitest'
import { parseRangeHeader } from '../../../src/http/media-files/range-header.ts'

const WHOLE = 'whole'
const UNSATISFIABLE = 'unsatisfiable'
const SIX_GIB = 6 * 1024 ** 3

test.each([
  [undefined, 1000, WHOLE],
  ['bytes=0-', 1000, [0, 999]],
  ['bytes=0-0', 1000, [0, 0]],
  ['bytes=5-9', 1000, [5, 9]],
  ['bytes=999-', 1000, [999, 999]],
  [' bytes=5-9 ', 1000, [5, 9]],
  ['Bytes=5-9', 1000, [5, 9]],
  ['BYTES=5-9', 1000, [5, 9]],
  ['bytes= 5-9', 1000, [5, 9]],
  ['bytes =5-9', 1000, [5, 9]],
  ['bytes=5-9,', 1000, [5, 9]],
  ['bytes=,5-9', 1000, [5, 9]],
  ['bytes= , 5-9 ,, ', 1000, [5, 9]],
  ['Bytes= -7 ,', 1000, [993, 999]],
  ['bytes=0-999', 1000, [0, 999]],
  ['bytes=0-1000', 1000, [0, 999]],
  ['bytes=500-99999999999999999999', 1000, [500, 999]],
  ['bytes=-1', 1000, [999, 999]],
  ['bytes=-500', 1000, [500, 999]],
  ['bytes=-1000', 1000, [0, 999]],
  ['bytes=-1001', 1000, [0, 999]],
  ['bytes=4294967296-4294967299', SIX_GIB, [4294967296, 4294967299]],
  ['bytes=-5', SIX_GIB, [SIX_GIB - 5, SIX_GIB - 1]],
  ['bytes=1000-', 1000, UNSATISFIABLE],
  ['bytes=1000-1001', 1000, UNSATISFIABLE],
  ['bytes=99999999999999999999-', 1000, UNSATISFIABLE],
  ['bytes=-0', 1000, UNSATISFIABLE],
  ['bytes=0-', 0, UNSATISFIABLE],
  ['bytes=0-0', 0, UNSATISFIABLE],
  ['bytes=-5', 0, UNSATISFIABLE],
  ['bytes=10-5', 1000, WHOLE],
  ['bytes=0-1,5-6', 1000, WHOLE],
  ['bytes=0-1,x', 1000, WHOLE],
  ['bytes=0 -1', 1000, WHOLE],
  ['bytes=,', 1000, WHOLE],
  ['bytes=-', 1000, WHOLE],
  ['bytes=', 1000, WHOLE],
  ['bytes', 1000, WHOLE],
  ['', 1000, WHOLE],
  ['bytes=a-b', 1000, WHOLE],
  ['bytes=1-b', 1000, WHOLE],
  ['bytes=0x1-2', 1000, WHOLE],
  ['bytes=-1-2', 1000, WHOLE],
  ['bytes=1.5-2', 1000, WHOLE],
  ['items=0-1', 1000, WHOLE],
  ['0-1', 1000, WHOLE],
] as const)('%j of %d bytes', (header, length, expected) => {
  const requested = parseRangeHeader(header, length)
  const actual =
    requested.kind === 'partial' ? [requested.range.start, requested.range.end] : requested.kind
  expect(actual).toEqual(expected)
})
