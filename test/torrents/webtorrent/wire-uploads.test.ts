import { describe, expect, it } from 'vitest'
import type { Wire } from 'webtorrent'
import { Outbox } from '../../../src/torrents/webtorrent/outbox.ts'
import { WireSender } from '../../../src/torrents/webtorrent/wire-sender.ts'
import { WireUploads } from '../../../src/torrents/webtorrent/wire-uploads.ts'
import { OpenWire } from '../../helpers/open-wire.ts'

const KIB = 1024
const PIECE_LENGTH = 1024 * KIB
const BLOCK = 16 * KIB
const INFO_HASH = '0123456789abcdef0123456789abcdef01234567'

interface Read {
  readonly length: number
  readonly finish: (error?: Error) => void
}

/** A wire to a peer that is unchoked, whose socket takes what it is told to. */
class Fixture {
  readonly wire = new OpenWire('tcpIncoming', 0) as unknown as Wire & {
    read(): Uint8Array | null
    peerExtensions: { fast: boolean }
    handshake(infoHash: string, peerId: string, extensions: { fast: boolean }): void
  }
  readonly sender = new WireSender(this.wire)
  readonly reads: Read[] = []
  readonly uploads: WireUploads
  uploaded = 0

  static async open(isFast = true): Promise<Fixture> {
    const fixture = new Fixture(isFast)
    // It opens when it is first read.
    fixture.take()
    await settle()
    fixture.take()
    return fixture
  }

  private constructor(isFast: boolean) {
    this.wire.peerExtensions = { fast: isFast }
    this.wire.handshake(INFO_HASH, INFO_HASH, { fast: true })
    this.uploads = new WireUploads({
      wire: this.wire,
      sender: this.sender,
      outbox: new Outbox((messages) => this.wire._push(messages)),
      offer: () => ({ has: (piece) => piece < 4, lengthOf: () => PIECE_LENGTH }),
      readBlock: (piece, _offset, target) =>
        new Promise((resolve, reject) => {
          const finish = (error?: Error): void => {
            target.fill(piece)
            if (error === undefined) resolve()
            else reject(error)
          }
          this.reads.push({ length: target.length, finish })
        }),
      onUpload: (bytes) => {
        this.uploaded += bytes
      },
    })
    this.uploads.unchoke()
  }

  request(piece: number, offset: number, length: number): void {
    this.wire._onRequest(piece, offset, length)
  }

  /** Reads that are under way, which are ended with success. */
  async finishReads(): Promise<number> {
    const reads = this.reads.splice(0)
    for (const { finish } of reads) finish()
    await settle()
    return reads.length
  }

  /** What the socket takes now. */
  take(): Buffer {
    const taken: Uint8Array[] = []
    for (;;) {
      const bytes = this.wire.read()
      if (bytes === null) return Buffer.concat(taken)
      taken.push(bytes)
    }
  }

  get heldBytes(): number {
    return this.reads.reduce((sum, { length }) => sum + length, 0) + this.sender.unsentBytes
  }
}

/** Lets promises and microtasks run. */
function settle(): Promise<void> {
  return new Promise(setImmediate)
}

function block(piece: number, offset: number, length: number): Buffer {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(9 + length)
  head[4] = 7
  head.writeUInt32BE(piece, 5)
  head.writeUInt32BE(offset, 9)
  return Buffer.concat([head, Buffer.alloc(length, piece)])
}

function reject(piece: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(17)
  for (const [index, value] of [13, 0, piece, offset, length].entries()) {
    if (index !== 1) bytes.writeUInt32BE(value, index === 0 ? 0 : 4 * index - 3)
  }
  bytes[4] = 16
  return bytes
}

describe('a request', () => {
  it.each([1, BLOCK, 128 * KIB])('for %i bytes is answered', async (length) => {
    const fixture = await Fixture.open()
    fixture.request(3, 7, length)
    await fixture.finishReads()
    expect(fixture.take().equals(block(3, 7, length))).toBe(true)
    expect(fixture.uploaded).toBe(length)
  })

  it.each([
    ['longer than 128 KiB', 0, 0, 128 * KIB + 1],
    ['for nothing', 0, 0, 0],
    ['over the end of a piece', 0, PIECE_LENGTH - 1, 2],
    ['behind the end of a piece', 0, PIECE_LENGTH, 1],
    ['with numbers that overflow', 0, 2 ** 32 - 1, 128 * KIB],
    ['for a piece that is not here', 4, 0, BLOCK],
    ['for a piece that cannot be', 2 ** 32 - 1, 0, BLOCK],
  ])('%s is refused', async (_, piece, offset, length) => {
    const fixture = await Fixture.open()
    fixture.request(piece, offset, length)
    await settle()
    expect(fixture.reads).toEqual([])
    expect(fixture.take()).toEqual(reject(piece, offset, length))
  })

  it('of a peer without the fast extension is refused in silence', async () => {
    const fixture = await Fixture.open(false)
    fixture.request(9, 0, BLOCK)
    await settle()
    expect(fixture.take()).toHaveLength(0)
    expect(fixture.wire.destroyed).toBe(false)
  })

  it('of a choked peer is refused', async () => {
    const fixture = await Fixture.open()
    fixture.uploads.choke()
    fixture.take()
    fixture.request(0, 0, BLOCK)
    await settle()
    expect(fixture.take()).toEqual(reject(0, 0, BLOCK))
    expect(fixture.reads).toEqual([])
  })

  it('is refused where the bytes cannot be read', async () => {
    const fixture = await Fixture.open()
    fixture.request(1, 0, BLOCK)
    fixture.reads[0]?.finish(new Error('gone'))
    await settle()
    expect(fixture.take()).toEqual(reject(1, 0, BLOCK))
  })

  it('that is cancelled is refused, and not read', async () => {
    const fixture = await Fixture.open()
    for (let index = 0; index < 20; index++) fixture.request(0, index * BLOCK, BLOCK)
    const under = fixture.reads.length
    fixture.wire.emit('cancel', 0, 19 * BLOCK, BLOCK)
    await settle()
    expect(fixture.take()).toEqual(reject(0, 19 * BLOCK, BLOCK))
    let read = under
    while (fixture.reads.length > 0) {
      read += await fixture.finishReads()
      fixture.take()
      await settle()
    }
    expect(read - under).toBe(19)
  })
})

describe('a choke', () => {
  it('refuses everything that is open, also what is being read', async () => {
    const fixture = await Fixture.open()
    for (let index = 0; index < 30; index++) fixture.request(0, index * BLOCK, BLOCK)
    expect(fixture.uploads.isWaiting).toBe(true)
    fixture.uploads.choke()
    await settle()
    const choke = 5
    expect(fixture.take()).toHaveLength(choke + 30 * 17)
    await fixture.finishReads()
    expect(fixture.take()).toHaveLength(0)
    expect(fixture.uploads.isWaiting).toBe(false)
    expect(fixture.uploaded).toBe(0)
  })
})

describe('a peer that takes nothing', () => {
  it.each([
    [BLOCK, 192 * KIB],
    [100, 192 * KIB],
    [128 * KIB, 192 * KIB],
  ])('makes us hold little, with requests for %i bytes', async (length, most) => {
    const fixture = await Fixture.open()
    for (let index = 0; index < 400; index++) fixture.request(0, 0, length)
    const headers = 13 * Math.ceil(most / length)
    for (let round = 0; round < 20; round++) {
      expect(fixture.heldBytes).toBeLessThanOrEqual(most + headers)
      await fixture.finishReads()
    }
    expect(fixture.uploaded).toBeLessThanOrEqual(most)
  })

  it('gets all of it in order once it takes it', async () => {
    const fixture = await Fixture.open()
    for (let index = 0; index < 60; index++) fixture.request(index % 4, index, 128 * KIB)
    const taken: Buffer[] = []
    while (fixture.uploads.isWaiting || fixture.sender.unsentBytes > 0) {
      await fixture.finishReads()
      taken.push(fixture.take())
      await settle()
    }
    const expected = Array.from({ length: 60 }, (_, index) => block(index % 4, index, 128 * KIB))
    expect(Buffer.concat(taken).equals(Buffer.concat(expected))).toBe(true)
  })

  it('and asks for far more than it may is dropped', async () => {
    const fixture = await Fixture.open()
    for (let index = 0; index < 500; index++) fixture.request(0, 0, BLOCK)
    await settle()
    expect(fixture.wire.destroyed).toBe(false)
    for (let index = 0; index < 1_100; index++) fixture.request(0, 0, BLOCK)
    await settle()
    expect(fixture.wire.destroyed).toBe(true)
  })

  it('is dropped where too much of anything else piles up', async () => {
    const large = await Fixture.open()
    for (let index = 0; index < 40; index++) large.wire._push(Buffer.alloc(16 * KIB))
    await settle()
    expect(large.wire.destroyed).toBe(true)
    const many = await Fixture.open()
    for (let index = 0; index < 1_100; index++) many.wire._push(Buffer.alloc(1))
    await settle()
    expect(many.wire.destroyed).toBe(true)
  })
})

describe('a wire that ends', () => {
  it('sends nothing of what was being read', async () => {
    const fixture = await Fixture.open()
    fixture.request(0, 0, BLOCK)
    fixture.uploads.close()
    await fixture.finishReads()
    expect(fixture.take()).toHaveLength(0)
    expect(fixture.uploaded).toBe(0)
  })
})
