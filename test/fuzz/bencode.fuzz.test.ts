import fc from 'fast-check'
import { expect } from 'vitest'
import { runAtOnce } from '../../src/concurrency/steps.ts'
import { BencodeCursor } from '../../src/torrents/metainfo/bencode/bencode-cursor.ts'
import { decodeBencode } from '../../src/torrents/metainfo/bencode/bencode-value.ts'
import { encodeBencode } from '../../src/torrents/metainfo/bencode/safe-bencode.ts'
import { plain } from '../helpers/plain-bencode.ts'
import { fuzz, mutated } from './fuzz.ts'

const LIMITS = { maxDepth: 32, maxItems: 500_000 }

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.maxSafeInteger(),
    fc.bigInt(),
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.string({ maxLength: 6, unit: 'binary-ascii' }), tie('value'), { maxKeys: 5 }),
  ),
}))

const seeds = [
  'd1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe',
  'd8:intervali1800e5:peersld2:ip9:127.0.0.14:porti6881eeee',
  'd8:msg_typei1e5:piecei0e10:total_sizei34256eexxxxxxxx',
  'lli-1ei0ei9007199254740993eele0:d0:0:ee',
  'd9:__proto__d1:xi1ee11:constructori5ee',
].map((text) => Buffer.from(text))

fuzz('what was encoded is decoded again', value, (original) => {
  const encoded = encodeBencode(original)
  const { value: decoded, end } = decodeBencode(encoded, LIMITS)
  expect(end).toBe(encoded.length)
  expect(Buffer.from(encodeBencode(plain(decoded)))).toEqual(Buffer.from(encoded))
})

fuzz('any bytes are decoded or refused, and stepping over agrees', mutated(seeds), (bytes) => {
  const decodedEnd = endOf(() => decodeBencode(bytes, LIMITS).end)
  const skippedEnd = endOf(() => {
    const cursor = new BencodeCursor(bytes)
    runAtOnce(cursor.skip())
    return cursor.position
  })
  expect(decodedEnd ?? skippedEnd).toBe(skippedEnd)
  if (decodedEnd !== null) encodeBencode(plain(decodeBencode(bytes, LIMITS).value))
})

/** `null` where the bytes are refused, by an Error that names the place or the limit. */
function endOf(read: () => number): number | null {
  try {
    return read()
  } catch (error) {
    expect(String(error)).toMatch(/^Error: .*(at byte \d+|more than \d+)/)
    return null
  }
}
