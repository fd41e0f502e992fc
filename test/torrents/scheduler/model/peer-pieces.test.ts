import { beforeEach, describe, expect, test } from 'vitest'
import { PeerPieces } from '../../../../src/torrents/scheduler/model/peer-pieces.ts'

const clock = { now: 0 }
let pieces: PeerPieces

beforeEach(() => {
  clock.now = 0
  pieces = new PeerPieces(1_000, clock)
  pieces.replace(Uint8Array.of(0b1010_0000))
})

describe('the pieces of a peer', () => {
  test('are given while it does not choke us', () => {
    expect(pieces.gives(0)).toBe(false)
    pieces.unchoke()
    expect([0, 1, 2].map((piece) => pieces.gives(piece))).toEqual([true, false, true])
    pieces.add(1)
    expect(pieces.gives(1)).toBe(true)
  })

  test('are given while it chokes us where it has them and has allowed them', () => {
    expect(pieces.mayGive).toBe(false)
    expect(pieces.allowFast(1)).toBe(true)
    expect(pieces.allowFast(2)).toBe(true)
    expect(pieces.allowFast(2)).toBe(false)
    expect(pieces.mayGive).toBe(true)
    expect([0, 1, 2].map((piece) => pieces.gives(piece))).toEqual([false, false, true])
  })

  test('are allowed up to a hundred', () => {
    const news = Array.from({ length: 101 }, (_, piece) => pieces.allowFast(piece))
    expect(news.filter((isNews) => isNews)).toHaveLength(100)
    expect(news.at(-1)).toBe(false)
  })

  test('are withheld from when it chokes us', () => {
    pieces.unchoke()
    clock.now = 700
    pieces.choke()
    expect(pieces.chokedAt).toBe(700)
    expect(pieces.gives(0)).toBe(false)
  })
})
