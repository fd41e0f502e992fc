import bencode from 'bencode'
import { describe, expect, it } from 'vitest'
import { encodeBencode } from '../../../../src/torrents/metainfo/bencode/safe-bencode.ts'

describe('encodeBencode()', () => {
  it('writes what the package of the same name writes', () => {
    const value = { b: [1, -2, 'caf\u00e9', Buffer.from([0xff])], a: { z: 0, '': 1 }, '\u00e9': '' }
    expect(Buffer.from(encodeBencode(value))).toEqual(Buffer.from(bencode.encode(value)))
  })

  it('sorts keys by their bytes', () => {
    const text = Buffer.from(encodeBencode({ '\uffff': 1, '\u{1f600}': 2, a: 3 })).toString()
    expect(text).toBe('d1:ai3e3:\uffffi1e4:\u{1f600}i2ee')
  })

  it('leaves out what is undefined, and writes large integers', () => {
    expect(Buffer.from(encodeBencode({ a: undefined, b: 2n ** 64n })).toString()).toBe(
      'd1:bi18446744073709551616ee',
    )
  })

  it.each([[null], [1.5], [Number.NaN], [true]])('refuses %j', (value) => {
    expect(() => encodeBencode([value])).toThrow(TypeError)
  })
})
