import fc from 'fast-check'
import { expect } from 'vitest'
import { parseRangeHeader } from '../../src/http/media-files/range-header.ts'
import { fuzz, mutatedText } from './fuzz.ts'

const headers = mutatedText(['bytes=0-1', 'bytes=5-', 'bytes=-7', 'bytes=0-1,4-5', 'Bytes= 0-1 , '])

fuzz(
  'a Range header gives a range inside of the file, or none',
  fc.tuple(headers, fc.nat()),
  ([header, length]) => {
    const requested = parseRangeHeader(header, length)
    if (requested.kind !== 'partial') return
    const { start, end } = requested.range
    expect(start).toBeGreaterThanOrEqual(0)
    expect(end).toBeGreaterThanOrEqual(start)
    expect(end).toBeLessThan(length)
  },
)
