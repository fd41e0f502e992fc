import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect } from 'vitest'
import { engineFaults } from '../../src/engine-faults.ts'
import { RateBudget } from '../../src/torrents/rates/rate-budget.ts'
import { patchEngine } from '../../src/torrents/webtorrent/engine-patches.ts'
import { keyExchanges } from '../../src/torrents/webtorrent/mse-guard.ts'
import { OpenWire } from '../helpers/open-wire.ts'
import { fuzz } from './fuzz.ts'

patchEngine()
keyExchanges.budget = new RateBudget({ burst: 1e9, perSecond: 1e9 }, () => 0)

const INFO_HASH = 'b'.repeat(40)
const PEER_ID = 'c'.repeat(40)

/** One change of what one side has sent: at which of its writes, and where. */
const change = fc.record({
  byCaller: fc.boolean(),
  write: fc.nat(3),
  at: fc.nat(700),
  byte: fc.nat(255),
  kind: fc.constantFrom('set' as const, 'cut' as const, 'insert' as const, 'none' as const),
})
type Change = typeof change extends fc.Arbitrary<infer C> ? C : never

function changed(bytes: Uint8Array, { at, byte, kind }: Change): Uint8Array {
  const place = bytes.length === 0 ? 0 : at % bytes.length
  const [head, tail] = [bytes.subarray(0, place), bytes.subarray(place)]
  switch (kind) {
    case 'set':
      return Uint8Array.from(bytes, (old, index) => (index === place ? byte : old))
    case 'cut':
      return Buffer.concat([head, tail.subarray(1 + (byte % 64))])
    case 'insert':
      return Buffer.concat([head, Buffer.alloc(byte, byte), tail])
    case 'none':
      return bytes
  }
}

const req2 = createHash('sha1').update('req2').update(Buffer.from(INFO_HASH, 'hex')).digest('hex')

/** A wire that calls and one that is called, with somebody between them. */
async function meet(secure: number, changes: readonly Change[]): Promise<number> {
  let shaken = 0
  const caller = new OpenWire('tcpOutgoing', secure)
  const called = new OpenWire('tcpIncoming', secure)
  called.once('crypto-infohash', (hash: string) => {
    if (hash === req2) called.setInfoHash(INFO_HASH)
    else called.destroy()
  })
  for (const wire of [caller, called]) {
    wire.on('error', () => {})
    wire.once('crypto-handshake', () => wire.handshake(INFO_HASH, PEER_ID))
    wire.once('handshake', () => shaken++)
  }
  for (const [from, to, byCaller] of [
    [caller, called, true],
    [called, caller, false],
  ] as const) {
    let write = 0
    from.on('data', (bytes: Uint8Array) => {
      const number = write++
      const mine = changes.filter((one) => one.byCaller === byCaller && one.write === number)
      to.write(mine.reduce(changed, bytes))
    })
  }
  caller.startEncryption(INFO_HASH)
  // Everything goes on in microtasks.
  for (let turn = 0; turn < 40; turn++) await Promise.resolve()
  caller.destroy()
  called.destroy()
  return shaken
}

fuzz(
  'an encrypted handshake that somebody changes ends, and throws nothing',
  fc.tuple(fc.constantFrom(1, 2), fc.array(change, { maxLength: 4 })),
  async ([secure, changes]) => {
    const faults = engineFaults.count
    const shaken = await meet(secure, changes)
    if (changes.every(({ kind }) => kind === 'none')) expect(shaken).toBe(2)
    expect(engineFaults.count).toBe(faults)
  },
)

fuzz(
  'noise in place of a handshake ends, and throws nothing',
  fc.tuple(
    fc.constantFrom('tcpIncoming', 'tcpOutgoing'),
    fc.constantFrom(0, 1, 2),
    fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 4 }),
  ),
  async ([type, secure, chunks]) => {
    const faults = engineFaults.count
    const wire = new OpenWire(type, secure)
    wire.on('error', () => {})
    wire.resume()
    if (type === 'tcpOutgoing') wire.startEncryption(INFO_HASH)
    for (const chunk of chunks) wire.write(Buffer.from(chunk))
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    wire.destroy()
    expect(engineFaults.count).toBe(faults)
  },
)
