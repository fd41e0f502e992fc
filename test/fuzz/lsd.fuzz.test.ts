import { expect } from 'vitest'
import { parseLsdMessage } from '../../src/torrents/discovery/lsd-message.ts'
import { fuzz, mutated } from './fuzz.ts'

const HASH = '0123456789abcdef0123456789abcdef01234567'
const seeds = [
  'BT-SEARCH * HTTP/1.1',
  `BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\nPort: 6881\r\nInfohash: ${HASH}\r\n\r\n\r\n`,
  `BT-SEARCH * HTTP/1.1\r\nPort: 1\r\nInfohash: ${HASH}\r\nInfohash: ${'ff'.repeat(20)}\r\ncookie: x\r\n\r\n`,
  `bt-search * http/1.0\nPORT :\t65535\nINFOHASH:${HASH}\n`,
]

fuzz(
  'a datagram on the LSD port is a whole announce, or dropped',
  mutated(seeds.map((seed) => Buffer.from(seed))),
  (datagram) => {
    const message = parseLsdMessage(datagram)
    if (message === null) return
    expect(message.port).toBeGreaterThan(0)
    expect(message.port).toBeLessThan(65_536)
    expect(message.infoHashes.length).toBeGreaterThan(0)
    expect(message.infoHashes.length).toBeLessThanOrEqual(20)
    for (const infoHash of message.infoHashes) expect(infoHash).toMatch(/^[0-9a-f]{40}$/)
    expect(message.cookie?.length ?? 0).toBeLessThanOrEqual(64)
  },
)
