import { type EventEmitter, once } from 'node:events'
import { Socket } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Torrent, Wire } from 'webtorrent'
import Peer from 'webtorrent/lib/peer.js'
import { patchEngine } from '../../../src/torrents/webtorrent/engine-patches.ts'
import { pseudoRandomBytes } from '../../helpers/make-torrent.ts'
import { Id, message, numbers, RawPeer } from '../../helpers/raw-peer.ts'
import { addTorrent, openClient } from '../../helpers/webtorrent-client.ts'

patchEngine()

const PIECES = 64
const PIECE = 32_768
const BLOCK = 16_384
/** Bytes, a quarter of the torrent each second. */
const UPLOAD_LIMIT = (PIECES * PIECE) / 4
/** The torrent so many times is more than the buffers of the system hold. */
const ROUNDS = 8
const INFO_HASH = '0123456789abcdef0123456789abcdef01234567'

interface Opened {
  readonly torrent: Torrent & { readonly uploaded: number }
  readonly wire: Wire
  readonly peer: RawPeer
  /** Our end of the connection. */
  readonly socket: Peer['conn']
  readonly throttles: readonly unknown[]
}

/** A client that lets everybody in and answers whatever it is asked for. */
async function openSeed(uploadLimit: number): Promise<[Opened['torrent'], number]> {
  const client = await openClient({ uploadLimit })
  const torrent = await addTorrent(client, INFO_HASH)
  torrent.on('wire', (wire: Wire) => {
    wire.on('interested', () => wire.unchoke())
    wire._onRequest = (piece, offset, length) => {
      wire.emit('request')
      wire._push(message(Id.piece, numbers([piece, offset], Buffer.alloc(length, piece))))
      wire.emit('upload', length)
    }
  })
  return [torrent as Opened['torrent'], client.torrentPort]
}

/** A wire to a peer that has called, who is let in. */
async function open(uploadLimit = -1): Promise<Opened> {
  const [torrent, port] = await openSeed(uploadLimit)
  const joined = vi.spyOn(Peer.prototype, 'setThrottlePipes')
  onTestFinished(() => joined.mockRestore())
  const opened = once(torrent, 'wire')
  const raw = await RawPeer.connect(port, torrent.infoHash ?? '')
  const [wire]: Wire[] = await opened
  const [peer] = joined.mock.contexts as Peer[]
  if (wire === undefined || peer === undefined) throw new Error('no wire')
  const { conn: socket, throttleGroups } = peer
  const { throttles } = throttleGroups.up as unknown as Pick<Opened, 'throttles'>
  raw.send(message(Id.interested))
  await raw.next(Id.unchoke)
  return { torrent, wire, peer: raw, socket, throttles }
}

/** Requests for the first blocks of the torrent. */
function requests(count: number): Buffer {
  const places = Array.from({ length: count }, (_, block) => placeOf(block))
  return Buffer.concat(places.map((at) => message(Id.request, numbers([...at, BLOCK]))))
}

function placeOf(block: number): [number, number] {
  return [Math.floor((block * BLOCK) / PIECE), (block * BLOCK) % PIECE]
}

describe('a TCP connection', () => {
  it('sends at once, whoever has called', async () => {
    const undelayed = vi.spyOn(Socket.prototype, 'setNoDelay')
    onTestFinished(() => undelayed.mockRestore())
    const { torrent, wire, socket } = await open()
    const [other, port] = await openSeed(-1)
    const called = once(torrent, 'wire')
    torrent.addPeer(`127.0.0.1:${port}`)
    await Promise.all([called, once(other, 'wire')])
    // Ours of both connections, and the other client's.
    expect(undelayed.mock.calls).toEqual([[true], [true], [true]])
    expect(undelayed.mock.contexts[0]).toBe(socket)
    expect(new Set(undelayed.mock.contexts).size).toBe(3)
    expect(wire.destroyed).toBe(false)
  })

  it('carries all bytes in order, both ways at once', async () => {
    const { wire, peer } = await open()
    const blocks = Array.from({ length: 30 }, (_, block) => pseudoRandomBytes(BLOCK, 2 * block))
    const heard: Buffer[] = []
    const isHeard = new Promise<void>((resolve) => {
      wire.on('piece', (piece: number, offset: number, data: Uint8Array) => {
        heard.push(numbers([piece, offset], data))
        if (heard.length === blocks.length) resolve()
      })
    })
    peer.send(requests(2 * PIECES))
    const told = blocks.map((data, block) => numbers(placeOf(block), data))
    for (const body of told) peer.send(message(Id.piece, body))
    for (let block = 0; block < 2 * PIECES; block++) {
      const [piece, offset] = placeOf(block)
      const answer = await peer.next(Id.piece)
      expect(answer.equals(numbers([piece, offset], Buffer.alloc(BLOCK, piece)))).toBe(true)
    }
    await isHeard
    expect(Buffer.concat(heard).equals(Buffer.concat(told))).toBe(true)
  })

  it('counts the bytes of blocks that it sends', async () => {
    const { torrent, peer } = await open()
    expect(torrent.uploaded).toBe(0)
    peer.send(requests(3))
    for (let block = 0; block < 3; block++) await peer.next(Id.piece)
    expect(torrent.uploaded).toBe(3 * BLOCK)
  })
})

describe.each([
  ['without an upload limit', -1],
  ['with an upload limit', UPLOAD_LIMIT],
])('a connection %s', (_, uploadLimit) => {
  const ends: [string, (opened: Opened) => unknown][] = [
    ['we end it', ({ wire }) => wire.destroy()],
    ['the peer ends it', ({ peer }) => peer.socket.end()],
    ['the peer resets it', ({ peer }) => peer.socket.resetAndDestroy()],
  ]

  it.each(ends)('is gone when %s', async (__, end) => {
    const opened = await open(uploadLimit)
    await expectGone(opened, () => end(opened))
  })

  it.each(ends)('is gone when %s while much waits to be sent', async (__, end) => {
    const opened = await open(uploadLimit)
    const { peer, wire } = opened
    peer.socket.pause()
    const isAsked = new Promise<void>((resolve) => {
      let asked = 0
      wire.on('request', () => ++asked === ROUNDS * 2 * PIECES && resolve())
    })
    for (let round = 0; round < ROUNDS; round++) peer.send(requests(2 * PIECES))
    await isAsked
    await expectGone(opened, () => {
      end(opened)
      // To the end, which comes after what it is not interested in.
      peer.socket.removeAllListeners('data').resume()
    })
  })
})

/** Unlike `once()`, does not listen for errors. */
function closeOf(emitter: EventEmitter): Promise<void> {
  return new Promise((resolve) => {
    emitter.once('close', () => resolve())
  })
}

/** Both sockets are closed, the wire has told it, nothing is left over, and nothing was thrown. */
async function expectGone({ torrent, wire, peer, socket, throttles }: Opened, end: () => unknown) {
  const thrown: unknown[] = []
  process.setUncaughtExceptionCaptureCallback((error) => thrown.push(error))
  onTestFinished(() => process.setUncaughtExceptionCaptureCallback(null))
  const closed = Promise.all([closeOf(wire), closeOf(socket), peer.closed()])
  end()
  await closed
  await expect.poll(() => throttles.length, { timeout: 200 }).toBe(0)
  expect(thrown).toEqual([])
  expect(torrent.wires).toEqual([])
  expect(torrent._peers.size).toBe(0)
}

describe('an upload limit', () => {
  it('holds for what is sent', async () => {
    const begunAt = performance.now()
    const { peer } = await open(UPLOAD_LIMIT)
    peer.send(requests(10))
    for (let block = 0; block < 10; block++) await peer.next(Id.piece)
    const leastMs = (1_000 * 10 * BLOCK) / UPLOAD_LIMIT
    // Clocks are read to a millisecond.
    expect(performance.now() - begunAt).toBeGreaterThan(leastMs - 2)
  })
})
