import fc from 'fast-check'
import { expect } from 'vitest'
import {
  METADATA_PIECE_BYTES,
  metadataData,
  metadataReject,
  metadataRequest,
  parseMetadataMessage,
} from '../../src/torrents/extensions/ut-metadata.ts'
import { fuzz, mutated } from './fuzz.ts'

const infoBytes = Buffer.alloc(METADATA_PIECE_BYTES + 100, 1)
const seeds = [
  metadataRequest(0),
  metadataReject(4_095),
  metadataData(1, infoBytes),
  Buffer.from('d5:piecei2e8:msg_typei1e10:total_sizei32769eex'),
]

/** Well-formed, with numbers of which some cannot be. */
const structured = fc
  .record({
    type: fc.integer({ min: -1, max: 4 }),
    piece: fc.oneof(fc.integer({ min: -2, max: 4_100 }), fc.maxSafeInteger()),
    size: fc.oneof(fc.integer({ min: -2, max: 70_000 }), fc.maxSafeInteger()),
    length: fc.integer({ min: 0, max: METADATA_PIECE_BYTES + 2 }),
  })
  .map(({ type, piece, size, length }) => {
    const head = `d8:msg_typei${type}e5:piecei${piece}e10:total_sizei${size}ee`
    return Buffer.concat([Buffer.from(head), Buffer.alloc(length)])
  })

fuzz('messages of ut_metadata', fc.oneof(mutated(seeds), structured), (bytes) => {
  const message = parseMetadataMessage(bytes)
  if (message === null) return
  expect(message.piece).toBeGreaterThanOrEqual(0)
  expect(message.piece).toBeLessThan(4_096)
  if (message.kind !== 'data') return
  const { piece, totalSize, data } = message
  expect(totalSize).toBeLessThanOrEqual(64 * 1024 * 1024)
  expect(data.length).toBeGreaterThan(0)
  expect(data.length).toBeLessThanOrEqual(METADATA_PIECE_BYTES)
  const isLast = piece === Math.ceil(totalSize / METADATA_PIECE_BYTES) - 1
  expect(piece * METADATA_PIECE_BYTES + data.length === totalSize).toBe(isLast)
})
