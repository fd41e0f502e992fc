import { describe, expect, it } from 'vitest'
import { SmartBan } from '../../../src/torrents/download/smart-ban.ts'

const RIGHT = [1, 2, 3, 4]
const digests = (...values: readonly number[]): Float64Array => Float64Array.from(values)

describe('SmartBan', () => {
  it('convicts the one sender of a whole wrong piece at once', () => {
    expect(new SmartBan().failed(0, ['liar', 'liar'], digests(1, 9))).toBe('liar')
  })

  it('accuses nobody for a wrong piece of several', () => {
    const smartBan = new SmartBan()
    expect(smartBan.isSuspect(0)).toBe(false)
    expect(smartBan.failed(0, ['a', 'liar', 'b', 'a'], digests(1, 9, 3, 4))).toBeNull()
    expect(smartBan.failed(0, ['liar', 'a', 'b', 'a'], digests(9, 2, 3, 4))).toBeNull()
    expect(smartBan.isSuspect(0)).toBe(true)
    expect(smartBan.isSuspect(1)).toBe(false)
  })

  it('convicts the one liar among many when the right piece is there', () => {
    const smartBan = new SmartBan()
    smartBan.failed(0, ['a', 'liar', 'b', 'a'], digests(1, 9, 3, 4))
    expect(smartBan.verified(0, digests(...RIGHT))).toEqual(['liar'])
    expect(smartBan.isSuspect(0)).toBe(false)
    expect(smartBan.verified(0, digests(...RIGHT))).toEqual([])
  })

  it('convicts two liars, each once', () => {
    const smartBan = new SmartBan()
    smartBan.failed(0, ['x', 'y', 'a', 'x'], digests(8, 9, 3, 7))
    expect(smartBan.verified(0, digests(...RIGHT))).toEqual(['x', 'y'])
  })

  it('convicts the liars of every wrong delivery', () => {
    const smartBan = new SmartBan()
    smartBan.failed(0, ['a', 'x', 'b', 'b'], digests(1, 9, 3, 4))
    smartBan.failed(0, ['y', 'a', 'b', 'b'], digests(8, 2, 3, 4))
    expect(smartBan.verified(0, digests(...RIGHT))).toEqual(['x', 'y'])
  })

  it('convicts colluders whose wrong blocks are alike', () => {
    const smartBan = new SmartBan()
    smartBan.failed(0, ['x', 'a', 'y', 'a'], digests(9, 2, 9, 4))
    smartBan.failed(0, ['y', 'a', 'x', 'a'], digests(9, 2, 9, 4))
    expect(smartBan.verified(0, digests(...RIGHT))).toEqual(['x', 'y'])
  })

  it('keeps pieces apart', () => {
    const smartBan = new SmartBan()
    smartBan.failed(0, ['x', 'a'], digests(9, 2))
    smartBan.failed(1, ['a', 'x'], digests(1, 9))
    expect(smartBan.verified(2, digests(1, 2))).toEqual([])
    expect(smartBan.verified(1, digests(1, 2))).toEqual(['x'])
  })

  it('takes blocks that cannot be read back for no evidence', () => {
    const smartBan = new SmartBan()
    smartBan.failed(0, ['x', 'a', 'b'], digests(9, -1, 3))
    expect(smartBan.verified(0, digests(-1, 2, 3))).toEqual([])
    smartBan.failed(0, ['x', 'a', 'b'], digests(9, 2, 3))
    expect(smartBan.verified(0, new Float64Array())).toEqual([])
  })

  it('does not convict one sender where others are unknown', () => {
    const smartBan = new SmartBan()
    expect(smartBan.failed(0, [undefined, 'a', 'a'], digests(9, 2, 3))).toBeNull()
    expect(smartBan.verified(0, digests(1, 2, 3))).toEqual([])
  })

  it('forgets what failed long ago', () => {
    const smartBan = new SmartBan()
    for (let piece = 0; piece < 2_000; piece++) smartBan.failed(piece, ['x', 'a'], digests(9, 2))
    expect(smartBan.isSuspect(0)).toBe(false)
    expect(smartBan.isSuspect(1_999)).toBe(true)
  })
})
