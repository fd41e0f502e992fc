import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { patchEngine } from '../../../src/torrents/webtorrent/engine-patches.ts'
import { cut, cutAnyhow } from '../../helpers/chunks.ts'
import { pseudoRandomBytes } from '../../helpers/make-torrent.ts'
import { digest, hear, OpenWire } from '../../helpers/open-wire.ts'
import { extended, handshake, Id, message, numbers } from '../../helpers/raw-peer.ts'
import { seededRandom } from '../scheduler/simulation/random.ts'

patchEngine()

const BLOCK = 16_384
const MIB = 1024 * 1024
const INFO_HASH = 'b'.repeat(40)
const PEER_ID = 'c'.repeat(40)
const RC4 = 2

/** What a peer says, and what is to be heard of it. */
interface Saying {
  readonly bytes: Buffer
  readonly heard: string
}

const shake: Saying = { bytes: handshake(INFO_HASH), heard: `handshake ${INFO_HASH}` }
const unchoke: Saying = { bytes: message(Id.unchoke), heard: 'unchoke' }
const keepAlive: Saying = { bytes: Buffer.alloc(4), heard: 'keep-alive' }
const extendedShake: Saying = {
  bytes: extended(0, 'd1:md6:ut_pexi1ee4:reqqi123ee'),
  heard: 'extended handshake 123',
}

function have(piece: number): Saying {
  return { bytes: message(Id.have, numbers([piece])), heard: `have ${piece}` }
}

function bitfield(bits: Uint8Array): Saying {
  return { bytes: message(Id.bitfield, bits), heard: `bitfield ${digest(bits)}` }
}

function extension(text: string): Saying {
  return { bytes: extended(3, text), heard: `extended 3 ${digest(Buffer.from(text))}` }
}

function block(piece: number, offset: number, data: Uint8Array): Saying {
  const bytes = message(Id.piece, numbers([piece, offset], data))
  return { bytes, heard: `piece ${piece} ${offset} ${digest(data)}` }
}

const short = [
  ...[shake, bitfield(Buffer.from([1, 2, 3])), extendedShake, keepAlive, unchoke],
  ...[block(1, BLOCK, Buffer.from('a few bytes')), have(5_000), keepAlive],
  ...[block(2, 0, Buffer.alloc(0)), extension('d1:xi1ee'), have(5_001)],
]
const long = [
  ...[shake, bitfield(pseudoRandomBytes(500, 1)), extendedShake, have(5_000), unchoke],
  ...[block(0, 0, pseudoRandomBytes(BLOCK, 3)), block(0, BLOCK, pseudoRandomBytes(BLOCK, 5))],
  ...[keepAlive, keepAlive, extension('pex '.repeat(90))],
  ...[block(1, 0, pseudoRandomBytes(BLOCK, 7)), have(5_001)],
  // Longer than any that is asked for, and the last of a torrent.
  ...[block(2, 0, pseudoRandomBytes(20_000, 9)), block(1, BLOCK, pseudoRandomBytes(1_234, 11))],
  ...[block(3, 0, pseudoRandomBytes(BLOCK, 13)), unchoke],
]

function bytesOf(sayings: readonly Saying[]): Buffer {
  return Buffer.concat(sayings.map(({ bytes }) => bytes))
}

async function expectHeard(
  sayings: readonly Saying[],
  chunks: readonly Uint8Array[],
): Promise<void> {
  const wire = new OpenWire('tcpIncoming', 1)
  const heard = hear(wire)
  // A copy, as from a socket: a wire may write into what it is given.
  for (const chunk of chunks) wire.write(Buffer.from(chunk))
  await turn()
  expect(heard()).toEqual(sayings.map((saying) => saying.heard))
}

describe('a wire tells the same', () => {
  it('where all messages come in one chunk, and where each has its own', async () => {
    for (const sayings of [short, long]) {
      await expectHeard(sayings, [bytesOf(sayings)])
      await expectHeard(
        sayings,
        sayings.map(({ bytes }) => bytes),
      )
    }
  })

  it.each([1, 2, 3, 5])('where it comes in chunks of %i', async (size) => {
    const bytes = bytesOf(short)
    const places = [...bytes.keys()].filter((at) => at > 0 && at % size === 0)
    await expectHeard(short, cut(bytes, places))
  })

  it('wherever it is cut in two', async () => {
    const bytes = bytesOf(short)
    for (let at = 1; at < bytes.length; at++) await expectHeard(short, cut(bytes, [at]))
  })

  it('wherever each message is cut in three', async () => {
    const starts = long.map((_, index) => bytesOf(long.slice(0, index)).length)
    // In its length, behind that, in a block's header, behind that, in the block, at its end.
    const within = [1, 3, 4, 5, 8, 13, 14, 9_000, BLOCK + 12, BLOCK + 13]
    for (const [index, one] of within.entries()) {
      for (const other of within.slice(index)) {
        const places = starts.flatMap((start) => [start + one, start + other])
        await expectHeard(long, cut(bytesOf(long), places))
      }
    }
  })

  it.each([1, 2, 3, 4])('however it is cut (%i)', async (seed) => {
    const random = seededRandom(seed)
    for (let round = 0; round < 20; round++) {
      await expectHeard(long, cutAnyhow(bytesOf(long), random))
    }
  })
})

it('does not copy a block that comes whole, whatever came before it', async () => {
  const wire = new OpenWire('tcpIncoming', 1)
  const told: Uint8Array[] = []
  wire.on('piece', (_piece: number, _offset: number, data: Uint8Array) => told.push(data))
  const bytes = bytesOf([
    shake,
    block(0, 0, Buffer.alloc(BLOCK, 1)),
    block(0, 0, Buffer.alloc(9, 2)),
  ])
  const [before, after] = cut(bytes, [500]).map((chunk) => Buffer.from(chunk))
  wire.write(before)
  wire.write(after)
  await turn()
  expect(told.map((data) => [data.length, data.buffer === after?.buffer])).toEqual([
    [BLOCK, false],
    [9, true],
  ])
})

/** Two wires that shake hands and talk RC4 to each other, their bytes cut anyhow on the way. */
function encryptedPair(random: () => number): [OpenWire, OpenWire] {
  const calling = new OpenWire('tcpOutgoing', RC4)
  const called = new OpenWire('tcpIncoming', RC4)
  for (const [from, to] of [
    [calling, called],
    [called, calling],
  ] as const) {
    from.on('data', (bytes: Uint8Array) => {
      for (const chunk of cutAnyhow(bytes, random)) to.write(Buffer.from(chunk))
    })
  }
  // A torrent is looked up for it, which takes a moment.
  called.once('crypto-infohash', () => setImmediate(() => called.setInfoHash(INFO_HASH)))
  calling.once('crypto-handshake', () => calling.handshake(INFO_HASH, PEER_ID))
  called.once('handshake', () => called.handshake(INFO_HASH, PEER_ID))
  calling.startEncryption(INFO_HASH)
  return [calling, called]
}

describe('an encrypted wire', () => {
  it.each([1, 2, 3])('tells what the peer said, both ways (%i)', async (seed) => {
    const wires = encryptedPair(seededRandom(seed))
    await Promise.all(wires.map((wire) => new Promise((resolve) => wire.once('extended', resolve))))
    const heard = wires.map(hear)
    const bits = pseudoRandomBytes(300, seed)
    const blocks = [BLOCK, BLOCK, 77].map((length, index) => pseudoRandomBytes(length, 2 * index))
    for (const wire of wires) {
      wire.bitfield(bits)
      for (const [piece, data] of blocks.entries()) wire.piece(piece, 0, data)
    }
    const sayings = [bitfield(bits), ...blocks.map((data, piece) => block(piece, 0, data))]
    const expected = sayings.map((saying) => saying.heard)
    await expect.poll(() => heard.map((told) => told())).toEqual([expected, expected])
    expect(wires.map((wire) => wire._encryptionMethod)).toEqual([RC4, RC4])
  })
})

describe('the length of a message', () => {
  it.each([1, 2, 3, 4])('ends the wire where it is over 1 MiB (cut after %i)', async (at) => {
    const wire = new OpenWire('tcpIncoming', 1).resume()
    const closed = new Promise((resolve) => wire.once('close', resolve))
    wire.write(Buffer.concat([shake.bytes, unchoke.bytes]))
    for (const chunk of cut(numbers([MIB + 1]), [at])) wire.write(Buffer.from(chunk))
    await closed
  })

  it('reads over what it does not know, and goes on', async () => {
    const unknown = { bytes: message(99, pseudoRandomBytes(9_000, 1)), heard: [] }
    const bytes = Buffer.concat([shake.bytes, unknown.bytes, unchoke.bytes])
    const wire = new OpenWire('', 0)
    const heard = hear(wire)
    for (const chunk of cut(bytes, [70, 4_000, 8_000])) wire.write(Buffer.from(chunk))
    await turn()
    expect(heard()).toEqual([shake.heard, unchoke.heard])
  })

  it('keeps nothing of a message that is longer than its kind may be', async () => {
    const wire = new OpenWire('', 0).resume()
    const closed = new Promise((resolve) => wire.once('close', resolve))
    wire.write(shake.bytes)
    wire.write(Buffer.concat([numbers([100_000]), Buffer.from([99, 1, 2])]))
    await closed
  })
})
