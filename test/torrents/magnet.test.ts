import { describe, expect, it } from 'vitest'
import { parseMagnet } from '../../src/torrents/magnet.ts'

const HEX = '0123456789abcdef0123456789abcdef01234567'
const MAGNET = `magnet:?xt=urn:btih:${HEX}`

describe('parseMagnet()', () => {
  it('reads hash, name, trackers and peers', () => {
    const uri = `${MAGNET}&dn=Tom+%26%20Jerry&tr=udp%3A%2F%2Fa.example%3A80&tr.1=https://b.example/x&x.pe=1.2.3.4:5&x.pe=[::1]:6`
    expect(parseMagnet(uri)).toEqual({
      infoHash: HEX,
      name: 'Tom & Jerry',
      trackers: ['udp://a.example:80', 'https://b.example/x'],
      peers: ['1.2.3.4:5', '[::1]:6'],
      peerHosts: [],
      exactSources: [],
      onlyFiles: null,
    })
  })

  it.each([
    ['base32', 'magnet:?xt=urn:btih:AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH'],
    ['a numbered topic', `magnet:?xt.1=urn:btih:${HEX}`],
    ['capitals', `MAGNET:?xt=URN:BTIH:${HEX.toUpperCase()}`],
    ['a version 2 hash beside it', `magnet:?xt=urn:btmh:1220${'a'.repeat(64)}&xt=urn:btih:${HEX}`],
    ['no question mark', `magnet:xt=urn:btih:${HEX}`],
  ])('finds the hash in %s', (_, uri) => {
    expect(parseMagnet(uri).infoHash).toBe(HEX)
  })

  it('has no name where it is absent or empty', () => {
    expect(parseMagnet(MAGNET).name).toBeNull()
    expect(parseMagnet(`${MAGNET}&dn=`).name).toBeNull()
  })

  it('leaves out trackers of unknown schemes', () => {
    expect(parseMagnet(`${MAGNET}&tr=file:///etc/passwd&tr=wss://c.example`).trackers).toEqual([
      'wss://c.example',
    ])
  })

  it.each([
    ['', 'magnet:'],
    ['only a version 2 hash', `magnet:?xt=urn:btmh:1220${'a'.repeat(64)}`],
    ['a short hash', 'magnet:?xt=urn:btih:0123'],
    ['another scheme of hash', `magnet:?xt=urn:sha1:${HEX}`],
  ])('refuses %s', (_, uri) => {
    expect(() => parseMagnet(uri)).toThrow(expect.objectContaining({ kind: 'invalid-torrent' }))
  })
})

describe('the selection of a magnet', () => {
  const selected = (so: string): readonly number[] | null =>
    parseMagnet(`${MAGNET}&so=${so}`).onlyFiles

  it('is single indices and ranges', () => {
    expect(selected('0,2,4-6,5-7')).toEqual([0, 2, 4, 5, 6, 7])
  })

  it('leaves nonsense out', () => {
    expect(selected('1, 3 ,x,-2,7-5,2-')).toEqual([1, 3])
  })

  it('is everything where there is nothing but nonsense', () => {
    expect(selected('')).toBeNull()
    expect(selected('abc')).toBeNull()
  })

  it('is bounded, however large its numbers', () => {
    expect(selected('99999999999999999999')).toBeNull()
    expect(selected('0-99999999999999999999')).toHaveLength(100_000)
    expect(
      selected(Array.from({ length: 50 }, (_, n) => `${n * 9_000}-9999999`).join()),
    ).toHaveLength(100_000)
  })
})
