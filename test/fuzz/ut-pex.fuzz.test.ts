import fc from 'fast-check'
import { expect } from 'vitest'
import { isPeerAddress } from '../../src/peer-address.ts'
import { encodePex, parsePexAdded } from '../../src/torrents/extensions/ut-pex.ts'
import { fuzz, mutated } from './fuzz.ts'

const address = fc.oneof(
  fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 65_535 })).map(([ip, port]) => `${ip}:${port}`),
  fc.tuple(fc.ipV6(), fc.integer({ min: 1, max: 65_535 })).map(([ip, port]) => `[${ip}]:${port}`),
)
const peer = fc.record({ address, flags: fc.nat(255) })
const seeds = [
  encodePex({ added: [{ address: '1.2.3.4:5', flags: 0x10 }], dropped: ['[::1]:9'] }),
  encodePex({ added: [{ address: '[2001:db8::1]:5', flags: 0 }], dropped: [] }),
  Buffer.from('d5:added6:\x01\x02\x03\x04\x1a\xe17:added.f1:\x00e', 'latin1'),
]

fuzz('PEX messages', mutated(seeds), (bytes) => {
  const peers = parsePexAdded(bytes) ?? []
  expect(peers.length).toBeLessThanOrEqual(200)
  for (const one of peers) expect(isPeerAddress(one)).toBe(true)
})

fuzz(
  'PEX messages, as we write them',
  fc.record({ added: fc.array(peer, { maxLength: 60 }), dropped: fc.array(address) }),
  (update) => {
    const peers = parsePexAdded(encodePex(update)) ?? []
    expect(peers.length).toBe(new Set(peers).size)
    expect(peers.length).toBeLessThanOrEqual(update.added.length)
    const again = { added: peers.map((one) => ({ address: one, flags: 0 })), dropped: [] }
    expect(new Set(parsePexAdded(encodePex(again)))).toEqual(new Set(peers))
  },
)
