import fc from 'fast-check'
import { expect } from 'vitest'
import {
  longestMessage,
  MAX_UNKNOWN_PIECES,
  parseWireMessage,
} from '../../src/torrents/webtorrent/wire-message.ts'
import { fuzz, mutated } from './fuzz.ts'

const seeds = [
  ...[0, 1, 2, 3, 14, 15].map((id) => [id]),
  ...[4, 13, 17].map((id) => [id, 0, 0, 0, 7]),
  ...[6, 8, 16].map((id) => [id, 0, 0, 0, 7, 0, 0, 64, 0, 0, 0, 64, 0]),
  [7, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3],
  [5, 255, 254],
  [9, 26, 225],
  [20, 0, 100, 101],
  [99, 1],
].map((bytes) => Uint8Array.from(bytes))
const ids = fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 15, 16, 17, 20, 21, 255)
const lengths = fc.constantFrom(0, 1, 2, 3, 4, 8, 9, 12, 13)
const structured = fc
  .tuple(ids, lengths, fc.uint8Array({ minLength: 13, maxLength: 13 }))
  .map(([id, length, body]) => Uint8Array.from([id, ...body.subarray(0, length)]))

fuzz(
  'a message of a wire speaks of pieces that the torrent has, and is no longer than its kind',
  fc.tuple(fc.oneof(mutated(seeds), structured), fc.option(fc.integer({ min: 1, max: 5_000 }))),
  ([bytes, pieces]) => {
    const message = parseWireMessage(bytes, pieces)
    if (message === null || message.kind === 'nothing') return
    expect(bytes.length).toBeLessThanOrEqual(longestMessage(bytes[0] ?? 0, pieces))
    if ('piece' in message && message.kind !== 'request') {
      expect(message.piece).toBeGreaterThanOrEqual(0)
      expect(message.piece).toBeLessThan(pieces ?? MAX_UNKNOWN_PIECES)
    }
    for (const key of ['piece', 'offset', 'length', 'port'] as const) {
      const number = key in message ? (message as unknown as Record<string, number>)[key] : 0
      expect(Number.isInteger(number) && (number ?? -1) >= 0).toBe(true)
    }
    if (message.kind === 'bitfield' && pieces !== null) {
      expect(message.pieces).toHaveLength(Math.ceil(pieces / 8))
      for (let bit = pieces; bit < 8 * message.pieces.length; bit++) {
        expect((message.pieces[bit >> 3] ?? 0) & (0x80 >> (bit & 7))).toBe(0)
      }
    }
  },
)
