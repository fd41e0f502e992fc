import { describe, expect, it } from 'vitest'
import { SmartBan } from '../../src/torrents/smart-ban.ts'

const RIGHT = [1, 2, 3, 4]
const digests = (...values: readonly number[]): Float64Array => Float64Array.from(values)

describe('SmartBan', () => {
  it('bans the one sender of a whole wrong piece at once', () => {
    expect(new SmartBan().failed(0, ['liar', 'liar'], digests(1, 9))).toEqual(['liar'])
  })

  it('blames nobody for a first wrong piece of several', () => {
    const smartBan = new SmartBan()
    expect(smartBan.isSuspect(0)).toBe(false)
    expect(smartBan.failed(0, ['a', 'liar', 'b', 'a'], digests(1, 9, 3, 4))).toEqual([])
    expect(smartBan.isSuspect(0)).toBe(true)
    expect(smartBan.isSuspect(1)).toBe(false)
  })

  it('bans the one liar among many when the right piece is there', () => {
    const smartBan = new SmartBan()
    smartBan.failed(0, ['a', 'liar', 'b', 'a'], digests(1, 9, 3, 4))
    expect(smartBan.verified(0, digests(...RIGHT))).toEqual(['liar'])
    expect(smartBan.isSuspect(0)).toBe(false)
    expect(smartBan.verified(0, digests(...RIGHT))).toEqual([])
  })

  it('bans two liars, each once', () => {
    const smartBan = new SmartBan()
    smartBan.failed(0, ['x', 'y', 'a', 'x'], digests(8, 9, 3, 7))
    expect(smartBan.verified(0, digests(...RIGHT))).toEqual(['x', 'y'])
  })

  it('goes by the last wrong delivery', () => {
    const smartBan = new SmartBan()
    smartBan.failed(0, ['a', 'x', 'b', 'b'], digests(1, 9, 3, 4))
    smartBan.failed(0, ['y', 'a', 'b', 'b'], digests(8, 2, 3, 4))
    expect(smartBan.verified(0, digests(...RIGHT))).toEqual(['y'])
  })

  it('bans who is party to most differences of two wrong deliveries', () => {
    const smartBan = new SmartBan()
    expect(smartBan.failed(0, ['liar', 'a', 'b', 'c'], digests(9, 2, 3, 4))).toEqual([])
    expect(smartBan.failed(0, ['a', 'liar', 'b', 'c'], digests(1, 9, 3, 4))).toEqual([])
    // Each of a and the liar is party to both differences; now b has block 1 right, too.
    expect(smartBan.failed(0, ['liar', 'b', 'a', 'c'], digests(9, 2, 3, 4))).toEqual(['liar'])
  })

  it('blames nobody for a tie', () => {
    const smartBan = new SmartBan()
    smartBan.failed(0, ['x', 'a'], digests(9, 2))
    expect(smartBan.failed(0, ['b', 'a'], digests(1, 2))).toEqual([])
  })

  it('blames nobody for two deliveries that are wrong alike', () => {
    const smartBan = new SmartBan()
    smartBan.failed(0, ['x', 'a'], digests(9, 2))
    expect(smartBan.failed(0, ['x', 'b'], digests(9, 2))).toEqual([])
  })

  it('keeps pieces apart', () => {
    const smartBan = new SmartBan()
    smartBan.failed(0, ['x', 'a'], digests(9, 2))
    expect(smartBan.failed(1, ['a', 'x'], digests(1, 9))).toEqual([])
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

  it('knows blocks that nobody sent', () => {
    const smartBan = new SmartBan()
    smartBan.failed(0, [undefined, 'a', 'b'], digests(9, 2, 3))
    expect(smartBan.verified(0, digests(1, 2, 3))).toEqual([])
  })
})
