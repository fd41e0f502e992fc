import fc from 'fast-check'
import { expect } from 'vitest'
import { announceUrl } from '../../src/torrents/discovery/http-tracker.ts'
import { parseTrackerUrl } from '../../src/torrents/discovery/tracker-url.ts'
import { fuzz, mutatedText } from './fuzz.ts'

const seeds = [
  'http://tracker.example:6969/announce',
  'https://us%40er:SECRET@tracker.example/announce.php?passkey=0123#x',
  'udp://tracker.example:80/announce',
  'udp://us:SECRET@[2001:db8::1]:6969/a?b',
  'wss://SECRET@tracker.example',
  'udp://host:0',
]
const composed = fc
  .tuple(
    fc.constantFrom('http', 'https', 'udp', 'HTTP', 'wss', 'ftp', 'file', ''),
    fc.constantFrom('', 'user:SECRET@', 'SECRET@', ':SECRET@'),
    fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6().map((address) => `[${address}]`),
      fc.string(),
    ),
    fc.oneof(
      fc.constant(''),
      fc.integer({ min: -1, max: 70_000 }).map((port) => `:${port}`),
    ),
    fc.string({ maxLength: 40 }),
  )
  .map(([scheme, login, host, port, path]) => `${scheme}://${login}${host}${port}/${path}`)

const announce = {
  infoHash: Buffer.alloc(20, 0xff),
  peerId: Buffer.alloc(20, 0x26),
  ...{ port: 1, event: null, uploadedBytes: 0, downloadedBytes: 0, leftBytes: 0 },
  ...{ numWant: 0, key: 0, trackerId: null },
}

fuzz(
  'a tracker URL has a host and a port that can be, or is of no use, and its label has no password',
  fc.oneof(composed, mutatedText(seeds)),
  (text) => {
    const url = parseTrackerUrl(text)
    switch (url.kind) {
      case 'http':
        expect(url.url.port).not.toBe('0')
        expect(url.label).not.toMatch(/^[a-z]+:\/\/[^/?]*@/)
        expect(announceUrl(url.url, announce).search).toContain('info_hash=%FF%FF')
        break
      case 'udp':
        expect(url.host).not.toBe('')
        expect(url.port).toBeGreaterThan(0)
        expect(url.port).toBeLessThan(65_536)
        expect(url.label).not.toMatch(/^[a-z]+:\/\/[^/?]*@/)
        break
      case 'unusable':
        expect(url.reason).not.toBe('')
        break
    }
  },
)
