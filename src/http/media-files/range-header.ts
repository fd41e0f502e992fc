import type { ByteRange } from '../../torrents/pieces/byte-range.ts'

export type RequestedRange =
  | { readonly kind: 'whole' }
  | { readonly kind: 'partial'; readonly range: ByteRange }
  | { readonly kind: 'unsatisfiable' }

const WHOLE: RequestedRange = { kind: 'whole' }
const UNSATISFIABLE: RequestedRange = { kind: 'unsatisfiable' }

/**
 * Reads a Range header (RFC 9110, 14.1.2): `bytes=a-b`, `bytes=a-` or `bytes=-n`, the unit in any case,
 * with white space and empty elements around the range as lists may have them (5.6.1). Everything
 * else is ignored, as the RFC allows: several ranges, other units, bad syntax, an end before its start.
 *
 * @param length - Bytes of the file; nothing of an empty file can be satisfied.
 */
export function parseRangeHeader(header: string | undefined, length: number): RequestedRange {
  const [, set = ''] = /^\s*bytes\s*=(.*)$/is.exec(header ?? '') ?? []
  const ranges = set.split(',').filter((element) => element.trim() !== '')
  const [, first = '', last = ''] = /^\s*(\d*)-(\d*)\s*$/.exec(ranges.join(',')) ?? []
  if (first === '') return last === '' ? WHOLE : suffix(Number(last), length)
  const start = Number(first)
  const end = last === '' ? Number.POSITIVE_INFINITY : Number(last)
  if (end < start) return WHOLE
  return start < length ? partial(start, Math.min(end, length - 1)) : UNSATISFIABLE
}

/** The last `count` bytes; all of a file that is shorter. */
function suffix(count: number, length: number): RequestedRange {
  if (count === 0 || length === 0) return UNSATISFIABLE
  return partial(Math.max(0, length - count), length - 1)
}

function partial(start: number, end: number): RequestedRange {
  return { kind: 'partial', range: { start, end } }
}
