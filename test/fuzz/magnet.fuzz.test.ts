import fc from 'fast-check'
import { expect } from 'vitest'
import { isPeerAddress } from '../../src/peer-address.ts'
import { parseMagnet } from '../../src/torrents/metainfo/magnet.ts'
import { namesTorrent, parseTorrentSource } from '../../src/torrents/metainfo/torrent-source.ts'
import { TorrentError } from '../../src/torrents/torrent-error.ts'
import { fuzz, mutatedText } from './fuzz.ts'

const HEX = '0123456789abcdef0123456789abcdef01234567'

const parameter = fc.oneof(
  fc.constantFrom('dn=Film', 'dn=%B5%E7%D3%B0', 'tr=udp%253A%252F%252Fa%253A80', 'x.pe=[::1]:5'),
  fc.constantFrom('so=0,2-5', 'so=0-999', 'xs=http://a/', 'as=', 'ws=http://b/', '=', '%'),
  fc
    .tuple(
      fc.constantFrom('xt', 'dn', 'tr', 'tr.1', 'x.pe', 'xs', 'as', 'so', 'XT'),
      fc.oneof(fc.string(), fc.webUrl(), fc.domain(), fc.ipV4(), fc.ipV6()),
      fc.boolean(),
    )
    .map(([key, value, isEncoded]) => {
      const text = isEncoded ? encodeURIComponent(value.toWellFormed()) : value
      return `${key}=${text}${key === 'x.pe' ? ':6881' : ''}`
    }),
)
const structured = fc
  .tuple(
    fc.constantFrom('', '<', '"', '\n', '\u201c'),
    fc.constantFrom('magnet:?', 'magnet:', 'MAGNET:?', 'magnet://?', 'magnet%3A%3F'),
    fc.constantFrom('&', '&amp;', '&&', '&\n'),
    fc.array(parameter, { maxLength: 8 }),
  )
  .map(([before, scheme, and, parameters]) =>
    [before + scheme + [`xt=urn:btih:${HEX}`, ...parameters].join(and)].join(''),
  )
const mutants = mutatedText([
  `magnet:?xt=urn:btih:${HEX}&dn=Film&tr=udp%3A%2F%2Fa%3A80&x.pe=1.2.3.4:5&so=1-3&xs=http://a/`,
  `"magnet:?xt=urn:btmh:1220${HEX}&amp;xt.1=urn:btih:AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH"`,
])

fuzz('a magnet is read safely or refused', fc.oneof(structured, mutants), (text) => {
  try {
    const magnet = parseMagnet(text)
    expect(magnet.infoHash).toMatch(/^[0-9a-f]{40}$/)
    expect(magnet.name ?? '').not.toMatch(/[\p{Cc}/]/u)
    for (const peer of magnet.peers) expect(isPeerAddress(peer)).toBe(true)
    for (const host of magnet.peerHosts) expect(host).toMatch(/^[a-z0-9._-]+:\d{1,5}$/)
    for (const url of magnet.trackers) expect(url).toMatch(/^(udp|https?|wss?):\/\/\S+$/i)
    for (const url of magnet.exactSources) expect(url).toMatch(/^https?:\/\/\S+$/i)
    expect(magnet.onlyFiles?.length ?? 0).toBeLessThanOrEqual(100_000)
  } catch (error) {
    expect(error).toBeInstanceOf(TorrentError)
    expect(error).toMatchObject({ kind: 'invalid-torrent' })
  }
})

fuzz('what names a torrent is a source, and read alike again', structured, (text) => {
  expect(namesTorrent(text)).toBe(true)
  try {
    const source = parseTorrentSource(text)
    expect(source.kind).toBe('magnet')
    if (source.kind !== 'magnet') return
    expect(parseMagnet(text)).toEqual(source.magnet)
  } catch (error) {
    expect(error).toBeInstanceOf(TorrentError)
  }
})
