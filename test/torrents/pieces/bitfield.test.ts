import { describe, expect, it } from 'vitest'
import { Bitfield } from '../../../src/torrents/pieces/bitfield.ts'

describe('Bitfield', () => {
  it('has the first piece in the highest bit', () => {
    const bitfield = new Bitfield(10)
    bitfield.set(0)
    bitfield.set(9)
    expect([...bitfield.bytes]).toEqual([0b1000_0000, 0b0100_0000])
    expect(bitfield.count).toBe(2)
  })

  it('counts each bit once', () => {
    const bitfield = new Bitfield(3)
    bitfield.set(1)
    bitfield.set(1)
    expect(bitfield.count).toBe(1)
    bitfield.clear(1)
    bitfield.clear(1)
    expect(bitfield.count).toBe(0)
    expect(bitfield.has(1)).toBe(false)
  })

  it('copies bytes, fills up what is missing and ignores what is past the end', () => {
    const given = new Uint8Array([0xff, 0xff, 0xff])
    const bitfield = new Bitfield(11, given)
    expect(bitfield.isFull).toBe(true)
    expect([...bitfield.bytes]).toEqual([0xff, 0b1110_0000])
    given.fill(0)
    expect(bitfield.has(0)).toBe(true)
    expect(new Bitfield(20, new Uint8Array([0xff])).count).toBe(8)
  })

  it('has nothing outside of it, and takes nothing there', () => {
    const bitfield = new Bitfield(4)
    for (const piece of [-1, 4, 7, 8, 2 ** 31, 2 ** 32 - 1]) {
      bitfield.set(piece)
      expect(bitfield.has(piece)).toBe(false)
      bitfield.clear(piece)
    }
    expect(bitfield.count).toBe(0)
  })

  it('is full where there is nothing to have', () => {
    expect(new Bitfield(0).isFull).toBe(true)
  })

  it('is the same whether its bits were alike before or not', () => {
    const full = new Bitfield(11, new Uint8Array([0xff, 0xff]))
    full.clear(3)
    expect([...full.bytes]).toEqual([0b1110_1111, 0b1110_0000])
    expect([full.count, full.changes, full.has(3), full.isFull]).toEqual([10, 1, false, false])
    full.set(3)
    expect([...full.bytes]).toEqual([0xff, 0b1110_0000])
    const empty = new Bitfield(11, new Uint8Array(2))
    expect([...empty.bytes]).toEqual([0, 0])
    empty.set(10)
    expect([...empty.bytes]).toEqual([0, 0b0010_0000])
    expect([...new Bitfield(16, new Uint8Array([0xff, 0xff])).bytes]).toEqual([0xff, 0xff])
  })
})
