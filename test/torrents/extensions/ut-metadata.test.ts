import { describe, expect, it } from 'vitest'
import {
  MAX_METADATA_BYTES,
  metadataData,
  metadataReject,
  metadataRequest,
  parseMetadataMessage,
} from '../../../src/torrents/extensions/ut-metadata.ts'

const PIECE = 16_384
const LAST_PIECE = MAX_METADATA_BYTES / PIECE - 1

function data(piece: number, totalSize: number, length: number): Uint8Array {
  const head = `d8:msg_typei1e5:piecei${piece}e10:total_sizei${totalSize}ee`
  return Buffer.concat([Buffer.from(head), Buffer.alloc(length, 7)])
}

describe('a message of ut_metadata', () => {
  it('is read as it is written', () => {
    const infoBytes = Buffer.alloc(PIECE + 5, 3)
    expect(parseMetadataMessage(metadataRequest(3))).toEqual({ kind: 'request', piece: 3 })
    expect(parseMetadataMessage(metadataReject(0))).toEqual({ kind: 'reject', piece: 0 })
    const [first, last] = [0, 1].map((piece) =>
      parseMetadataMessage(metadataData(piece, infoBytes)),
    )
    expect(first).toMatchObject({ kind: 'data', piece: 0, totalSize: PIECE + 5 })
    expect(last).toMatchObject({ kind: 'data', piece: 1, totalSize: PIECE + 5 })
    const read = [first, last].map((part) => (part?.kind === 'data' ? part.data : new Uint8Array()))
    expect(Buffer.concat(read).equals(infoBytes)).toBe(true)
  })

  it('may have more keys, in any order', () => {
    const message = Buffer.from('d5:piecei2e1:xl1:ae8:msg_typei0ee')
    expect(parseMetadataMessage(message)).toEqual({ kind: 'request', piece: 2 })
  })

  it.each([
    ['a piece below zero', Buffer.from('d8:msg_typei0e5:piecei-1ee')],
    ['a piece beyond 64 MiB', metadataRequest(LAST_PIECE + 1)],
    ['no piece', Buffer.from('d8:msg_typei0ee')],
    ['a piece that is text', Buffer.from('d8:msg_typei0e5:piece1:0e')],
    ['an unknown type', Buffer.from('d8:msg_typei3e5:piecei0ee')],
    ['no dictionary', Buffer.from('i0e')],
    ['nothing', Buffer.alloc(0)],
    ['too little data', data(0, PIECE + 1, PIECE - 1)],
    ['too much data', data(0, PIECE + 1, PIECE + 1)],
    ['a whole piece where the last is shorter', data(1, PIECE + 1, PIECE)],
    ['a piece behind the last', data(2, PIECE + 1, 0)],
    ['no size', Buffer.concat([Buffer.from('d8:msg_typei1e5:piecei0ee'), Buffer.alloc(PIECE)])],
    ['a size of nothing', data(0, 0, 0)],
    ['a size over 64 MiB', data(0, MAX_METADATA_BYTES + 1, PIECE)],
  ])('is dropped with %s', (_, message) => {
    expect(parseMetadataMessage(message)).toBeNull()
  })

  it('may be about the last piece of 64 MiB', () => {
    const message = parseMetadataMessage(data(LAST_PIECE, MAX_METADATA_BYTES, PIECE))
    expect(message).toMatchObject({ kind: 'data', piece: LAST_PIECE })
  })
})
