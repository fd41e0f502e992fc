import { describe, expect, it } from 'vitest'
import {
  encodeLsdMessage,
  type LsdMessage,
  MAX_INFO_HASHES,
  parseLsdMessage,
} from '../../../src/torrents/discovery/lsd-message.ts'

const HASH = '0123456789abcdef0123456789abcdef01234567'
const OTHER = 'ff'.repeat(20)
const parse = (...lines: string[]): LsdMessage | null =>
  parseLsdMessage(Buffer.from(lines.join('\r\n')))

describe('an LSD announce', () => {
  it('is written as BEP 14 has it', () => {
    const message = { infoHashes: [HASH], port: 4240, cookie: 'abc' }
    const datagram = encodeLsdMessage(message, '239.192.152.143:6771')
    expect(Buffer.from(datagram).toString()).toBe(
      'BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\nPort: 4240\r\n' +
        `Infohash: ${HASH}\r\ncookie: abc\r\n\r\n\r\n`,
    )
    expect(parseLsdMessage(datagram)).toEqual(message)
  })

  it('fits a packet with as many info hashes as it takes', () => {
    const infoHashes = Array.from({ length: 50 }, (_, index) => `${index + 10}`.repeat(20))
    const message = { infoHashes, port: 65_535, cookie: 'c'.repeat(64) }
    const datagram = encodeLsdMessage(message, '[ff15::efc0:988f]:6771')
    expect(datagram.length).toBeLessThanOrEqual(1_400)
    expect(parseLsdMessage(datagram)?.infoHashes).toHaveLength(MAX_INFO_HASHES)
  })

  it.each<[string, string[], Partial<LsdMessage>]>([
    [
      'several info hashes',
      [`Infohash: ${HASH}`, `Infohash: ${OTHER}`, 'Port: 1'],
      { infoHashes: [HASH, OTHER] },
    ],
    [
      'one twice',
      [`Infohash: ${HASH}`, `INFOHASH:${HASH.toUpperCase()}`, 'Port: 1'],
      { infoHashes: [HASH] },
    ],
    ['one that is none', ['Infohash: xyz', `Infohash: ${HASH}`, 'Port: 1'], { infoHashes: [HASH] }],
    ['no cookie', [`Infohash: ${HASH}`, 'Port: 65535'], { port: 65_535, cookie: null }],
    [
      'odd spaces and names',
      [`infohash :\t${HASH}  `, 'PORT:7', 'X: y', 'nonsense', ': z'],
      { port: 7 },
    ],
    ['the same port twice', [`Infohash: ${HASH}`, 'Port: 7', 'Port: 7'], { port: 7 }],
  ])('is read with %s', (_, lines, message) => {
    expect(parse('BT-SEARCH * HTTP/1.1', ...lines, '', '')).toMatchObject(message)
  })

  it.each<[string, string[]]>([
    ['nothing else', ['BT-SEARCH * HTTP/1.1']],
    ['nothing else, and an end', ['BT-SEARCH * HTTP/1.1', '', '']],
    ['no port', ['BT-SEARCH * HTTP/1.1', `Infohash: ${HASH}`]],
    ['no info hash', ['BT-SEARCH * HTTP/1.1', 'Port: 1']],
    ['port 0', ['BT-SEARCH * HTTP/1.1', `Infohash: ${HASH}`, 'Port: 0']],
    ['port 65536', ['BT-SEARCH * HTTP/1.1', `Infohash: ${HASH}`, 'Port: 65536']],
    ['port -1', ['BT-SEARCH * HTTP/1.1', `Infohash: ${HASH}`, 'Port: -1']],
    ['port 1e3', ['BT-SEARCH * HTTP/1.1', `Infohash: ${HASH}`, 'Port: 1e3']],
    ['two ports', ['BT-SEARCH * HTTP/1.1', `Infohash: ${HASH}`, 'Port: 1', 'Port: 2']],
    ['a short info hash', ['BT-SEARCH * HTTP/1.1', `Infohash: ${HASH.slice(1)}`, 'Port: 1']],
    ['a long info hash', ['BT-SEARCH * HTTP/1.1', `Infohash: ${HASH}0`, 'Port: 1']],
    ['another method', ['M-SEARCH * HTTP/1.1', `Infohash: ${HASH}`, 'Port: 1']],
    ['another first line', [' BT-SEARCH * HTTP/1.1', `Infohash: ${HASH}`, 'Port: 1']],
    ['nothing', ['']],
    [
      'too much',
      ['BT-SEARCH * HTTP/1.1', `Infohash: ${HASH}`, 'Port: 1', `X: ${'x'.repeat(1_400)}`],
    ],
  ])('is dropped with %s', (_, lines) => {
    expect(parse(...lines)).toBeNull()
  })
})
