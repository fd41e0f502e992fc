import { describe, expect, it } from 'vitest'
import { parseMagnet } from '../../../src/torrents/metainfo/magnet.ts'
import { TorrentError } from '../../../src/torrents/torrent-error.ts'

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
      webSeeds: [],
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
    expect(
      parseMagnet(`${MAGNET}&tr=file:///etc/passwd&tr=udp://&tr=wss://c.example`).trackers,
    ).toEqual(['wss://c.example'])
  })

  it.each<[string, string, RegExp]>([
    ['nothing', 'magnet:', /no BitTorrent info hash/],
    ['no magnet', `http://example.com/?xt=urn:btih:${HEX}`, /not a magnet/],
    ['only a version 2 hash', `magnet:?xt=urn:btmh:1220${'a'.repeat(64)}`, /v2 alone/],
    ['a short hash', 'magnet:?xt=urn:btih:0123', /40 hex digits or 32 of base32: "0123"/],
    ['a hash and more', `${MAGNET}zz&dn=x`, new RegExp(`40 hex digits.*${HEX}zz`)],
    ['a hash with a slash', `${MAGNET}/`, /40 hex digits/],
    ['a hash of 64 digits', `magnet:?xt=urn:btih:${'a'.repeat(64)}`, /40 hex digits/],
    ['another scheme of hash', `magnet:?xt=urn:sha1:${HEX}`, /no BitTorrent info hash/],
    ['what is too long', `${MAGNET}&dn=${'x'.repeat(70_000)}`, /longer than 65536 bytes/],
  ])('refuses %s', (_, uri, message) => {
    expect(() => parseMagnet(uri)).toThrow(expect.objectContaining({ kind: 'invalid-torrent' }))
    expect(() => parseMagnet(uri)).toThrow(message)
  })
})

describe('a magnet as it is passed on', () => {
  const tracker = 'udp://t.example:80/announce'
  const plain = `${MAGNET}&dn=Film&tr=${encodeURIComponent(tracker)}`

  it.each([
    ['in double quotes', `"${plain}"`],
    ['in single quotes', `'${plain}'`],
    ['in typographic quotes', `\u201e${plain}\u201c`],
    ['in guillemets', `\u00ab${plain}\u00bb`],
    ['in angle brackets', `<${plain}>`],
    ['in both', ` "<${plain}>" \n`],
    ['in code', `\`${plain}\``],
    ['behind a byte order mark', `\ufeff${plain}`],
    [
      'with line breaks',
      plain.replace('&dn', '\r\n  &dn').replace(HEX, `${HEX.slice(0, 9)}\n${HEX.slice(9)}`),
    ],
    ['with spaces around values', `magnet:?xt=urn:btih:${HEX} &dn= Film &tr= ${tracker} `],
    ['with encoded spaces', `magnet:?xt=urn:btih:${HEX}%20&dn=Film%20&tr=%20${tracker}`],
    ['escaped as HTML', plain.replaceAll('&', '&amp;')],
    ['escaped twice', plain.replaceAll('&', '&amp;amp;')],
    ['escaped by number', plain.replaceAll('&', '&#38;').replace('&#38;', '&#x26;')],
    [
      'in capitals',
      plain.replace('magnet:?xt=urn:btih:', 'MAGNET:?XT=URN:BTIH:').replace('tr=', 'TR='),
    ],
    ['with hex in capitals', plain.replace(HEX, HEX.toUpperCase())],
    ['without a question mark', plain.replace('?', '')],
    ['with two', plain.replace('?', '??')],
    ['with slashes', plain.replace('magnet:?', 'magnet://?')],
    ['with an ampersand behind the question mark', plain.replace('?', '?&')],
    ['with a fragment', `${plain}#fragment`],
    ['with a fragment behind the hash', plain.replace(HEX, `${HEX}#x`)],
    [
      'with numbered parameters',
      plain.replace('xt=', 'xt.1=').replace('tr=', 'tr.12=').replace('dn=', 'dn.1='),
    ],
    ['with an encoded topic', plain.replace('urn:btih:', 'urn%3Abtih%3A')],
    ['encoded as a whole', encodeURIComponent(plain)],
    ['with a tracker encoded twice', plain.replaceAll('%', '%25')],
    ['with a tracker encoded three times', plain.replaceAll('%', '%2525')],
    ['with a tracker that is not encoded', `${MAGNET}&dn=Film&tr=${tracker}`],
  ])('%s', (_, text) => {
    expect(parseMagnet(text)).toMatchObject({ infoHash: HEX, name: 'Film', trackers: [tracker] })
  })

  it('tells the hash of version 1 in any order', () => {
    const v2 = `xt=urn:btmh:1220${'a'.repeat(64)}`
    expect(parseMagnet(`magnet:?${v2}&xt=urn:btih:${HEX}`).infoHash).toBe(HEX)
    expect(parseMagnet(`${MAGNET}&${v2}`).infoHash).toBe(HEX)
  })

  it('tells the first hash that can be one', () => {
    expect(parseMagnet(`magnet:?xt=urn:btih:12&xt=urn:btih:${HEX}`).infoHash).toBe(HEX)
  })
})

it('a magnet with a long run of anything is read in no time', () => {
  const uri = `${MAGNET}&dn=x&tr=udp://a:80&x.pe=a:1&so=1`
  const startedAt = performance.now()
  for (const thing of [
    '"',
    '&',
    '%',
    '=',
    '\n',
    '#',
    ' ',
    '&amp;',
    '\u200d',
    ':',
    ',',
    '+',
    '%25',
  ]) {
    const run = thing.repeat(Math.floor(60_000 / Buffer.byteLength(thing)))
    for (let at = 0; at <= uri.length; at += 8) {
      try {
        parseMagnet(`${uri.slice(0, at)}${run}${uri.slice(at)}`)
      } catch (error) {
        expect(error).toBeInstanceOf(TorrentError)
      }
    }
  }
  expect(performance.now() - startedAt).toBeLessThan(20_000)
}, 60_000)

describe('the name of a magnet', () => {
  const named = (dn: string): string | null => parseMagnet(`${MAGNET}&dn=${dn}`).name

  it.each([
    ['Tom+%26+Jerry', 'Tom & Jerry'],
    ['C%2B%2B', 'C++'],
    ['a=b', 'a=b'],
    ['100%', '100%'],
    ['%zz%4', '%zz%4'],
    ['Film #1', 'Film #1'],
    ['%B5%E7%D3%B0%2Emkv', '\u7535\u5f71.mkv'],
    ['caf%C3%A9', 'caf\u00e9'],
    ['caf%E9', 'caf\u00e9'],
    ['%1b%5b31mred', '_[31mred'],
    ['..%2f..%2fetc', '.._.._etc'],
    ['%e2%80%aex', '_x'],
    ['..', null],
    ['%20', null],
  ])('%s', (dn, name) => {
    expect(named(dn)).toBe(name)
  })
})

describe('the peers of a magnet', () => {
  const pe = (value: string): string => `&x.pe=${value}`

  it.each([
    ['1.2.3.4:5', ['1.2.3.4:5'], []],
    ['1.2.3.4%3A5', ['1.2.3.4:5'], []],
    ['[2001:db8::1]:6881', ['[2001:db8::1]:6881'], []],
    ['%5B2001%3Adb8%3A%3A1%5D%3A6881', ['[2001:db8::1]:6881'], []],
    ['2001:db8::1:2:3:4:6881', ['[2001:db8::1:2:3:4]:6881'], []],
    ['Peer.example:6881', [], ['peer.example:6881']],
    ['nas:6881', [], ['nas:6881']],
    ['localhost:6881', [], ['localhost:6881']],
    ['1.2.3.4:5,[::1]:6,b.example:7', ['1.2.3.4:5', '[::1]:6'], ['b.example:7']],
    ['1.2.3.4', [], []],
    ['1.2.3.4:0', [], []],
    ['1.2.3.4:65536', [], []],
    ['1.2.3.4:-5', [], []],
    ['999.2.3.4:5', [], []],
    ['[fe80::1%25eth0]:5', [], []],
    ['[::1]', [], []],
    ['::1', [], []],
    ['-x:5', [], []],
    ['a b:5', [], ['ab:5']],
    ['http://x:5', [], []],
    [':5', [], []],
    ['', [], []],
  ])('%s', (value, peers, peerHosts) => {
    expect(parseMagnet(MAGNET + pe(value))).toMatchObject({ peers, peerHosts })
  })

  it('are several, each once, at most 200', () => {
    const peers = Array.from({ length: 300 }, (_, index) => pe(`1.2.3.${index % 250}:${index + 1}`))
    expect(parseMagnet(MAGNET + peers.join('')).peers).toHaveLength(200)
    expect(parseMagnet(MAGNET + pe('1.2.3.4:5').repeat(3)).peers).toEqual(['1.2.3.4:5'])
  })
})

describe('the trackers of a magnet', () => {
  it('are each once, at most 1,000', () => {
    const many = Array.from({ length: 1_500 }, (_, index) => `&tr=udp://t${index}.example:80`)
    expect(parseMagnet(MAGNET + many.join('')).trackers).toHaveLength(1_000)
    expect(parseMagnet(`${MAGNET}${'&tr=udp://t:80'.repeat(3)}`).trackers).toEqual(['udp://t:80'])
  })

  it('keep a plus and an equals sign', () => {
    const tracker = 'http://t.example/announce?key=a+b=='
    expect(parseMagnet(`${MAGNET}&tr=${tracker}`).trackers).toEqual([tracker])
  })
})

describe('the exact sources of a magnet', () => {
  it('are http URLs of xs and as', () => {
    const url = 'https://example.com/a.torrent?x=1'
    const encoded = encodeURIComponent(url)
    const uri = `${MAGNET}&as=http://b.example/&xs=${encoded}&xs.1=urn:btpk:00&xs=file:///etc/passwd`
    expect(parseMagnet(uri).exactSources).toEqual([url, 'http://b.example/'])
    expect(parseMagnet(uri.replaceAll('%', '%25')).exactSources[0]).toBe(url)
  })

  it('are at most 10', () => {
    const many = Array.from({ length: 20 }, (_, index) => `&xs=http://${index}.example/`)
    expect(parseMagnet(MAGNET + many.join('')).exactSources).toHaveLength(10)
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
