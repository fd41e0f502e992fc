import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { Torrent, Wire } from 'webtorrent'
import { singleFile } from '../../helpers/make-torrent.ts'
import { Id, message, numbers, RawPeer } from '../../helpers/raw-peer.ts'
import { addTorrent, askedStore, openClient } from '../../helpers/webtorrent-client.ts'

const fixture = singleFile('film.mkv', Buffer.alloc(100_000))
const MISSING = Object.freeze({ length: 0, missing: 0 })

interface Opened {
  readonly torrent: Torrent
  readonly wire: Wire
  readonly peer: RawPeer
  readonly asked: string[]
}

/** A wire of a torrent that has pieces 0 and 2 of 4, told the way we tell it. */
async function open(): Promise<Opened> {
  const client = await openClient()
  const store = askedStore()
  const torrent = addTorrent(client, fixture.torrentFile, store)
  const nothing = (): void => {}
  torrent._update = nothing
  torrent._updateWireInterest = nothing
  torrent._checkDone = nothing
  torrent._verifyPieces = (callback) => {
    torrent.pieces = torrent.pieces.map((_, piece) => (piece % 2 === 0 ? null : MISSING))
    for (const piece of [0, 2]) torrent.bitfield.set(piece, true)
    callback(null)
  }
  await once(torrent, 'ready')
  const opened = once(torrent, 'wire')
  const peer = await RawPeer.connect(client.torrentPort, torrent.infoHash ?? '')
  const [wire]: Wire[] = await opened
  if (wire === undefined) throw new Error('no wire')
  return { torrent, wire, peer, asked: store.asked }
}

/** The arguments of the next event of a wire. */
async function heard(wire: Wire, event: string): Promise<unknown[]> {
  return await once(wire, event)
}

describe('a wire', () => {
  it('offers the pieces that the bitfield says', async () => {
    const { peer } = await open()
    expect([...(await peer.next(Id.bitfield))]).toEqual([0b1010_0000])
  })

  it('tells a piece that `_markVerified` marks, and only on `have()`', async () => {
    const { torrent, wire, peer } = await open()
    const verified = once(torrent, 'verified')
    torrent._markVerified(3)
    expect(await verified).toEqual([3])
    expect(torrent.bitfield.get(3)).toBe(true)
    expect(torrent.pieces[3]).toBeNull()
    wire.have(3)
    expect(await peer.next(Id.have)).toEqual(numbers([3]))
  })

  it('reads what is asked for through the store, exactly and uncached', async () => {
    const { peer, asked } = await open()
    peer.send(message(Id.interested))
    await peer.next(Id.unchoke)
    for (const length of [100, 200]) {
      peer.send(message(Id.request, numbers([2, 16_384, length])))
      expect(await peer.next(Id.piece)).toEqual(numbers([2, 16_384], Buffer.alloc(length, 2)))
    }
    peer.send(message(Id.request, numbers([1, 0, 100])), message(Id.request, numbers([0, 0, 300])))
    expect(await peer.next(Id.piece)).toEqual(numbers([0, 0], Buffer.alloc(300)))
    expect(asked).toEqual(['new 32768', 'get 2 16384+100', 'get 2 16384+200', 'get 0 0+300'])
  })

  it('tells blocks that it has not asked for, with their bytes', async () => {
    const { wire, peer, asked } = await open()
    const block = heard(wire, 'piece')
    peer.send(message(Id.piece, numbers([1, 16_384], Buffer.from('bytes'))))
    const [piece, offset, data] = await block
    expect([piece, offset, Buffer.from(data as Uint8Array).toString()]).toEqual([
      1,
      16_384,
      'bytes',
    ])
    expect(asked).toEqual(['new 32768'])
  })

  it('tells rejections of what it has not asked for', async () => {
    const { wire, peer } = await open()
    expect(wire.hasFast).toBe(true)
    const rejection = heard(wire, 'reject')
    peer.send(message(Id.reject, numbers([1, 16_384, 16_384])))
    expect(await rejection).toEqual([1, 16_384, 16_384])
  })

  it('tells choking, and what a peer has', async () => {
    const { wire, peer } = await open()
    const told: string[] = []
    for (const event of ['choke', 'unchoke', 'have', 'bitfield', 'have-all', 'allowed-fast']) {
      wire.on(event, () => told.push(event))
    }
    const isTold = heard(wire, 'choke')
    peer.send(message(Id.unchoke), message(Id.bitfield, Buffer.from([0x80])))
    peer.send(message(Id.have, numbers([3])), message(17, numbers([2])))
    peer.send(message(Id.haveAll), message(0))
    await isTold
    expect(told).toEqual(['unchoke', 'bitfield', 'have', 'allowed-fast', 'have-all', 'choke'])
    expect(wire.peerChoking).toBe(true)
    expect([...wire.peerAllowedFastSet]).toEqual([2])
    // The bits of "all" are none, and yet each is set.
    expect(wire.peerPieces.buffer).toHaveLength(0)
    expect(wire.peerPieces.get(99)).toBe(true)
  })

  it('has no bits of a peer that has told nothing', async () => {
    const { wire } = await open()
    expect(wire.peerPieces.buffer).toHaveLength(0)
    expect(wire.peerPieces.get(0)).toBeFalsy()
    expect(wire.peerChoking).toBe(true)
  })

  it('sends what is pushed as it is', async () => {
    const { wire, peer } = await open()
    const requests = [0, 16_384].map((offset) => message(Id.request, numbers([1, offset, 16_384])))
    wire._push(Buffer.concat(requests))
    expect(await peer.next(Id.request)).toEqual(numbers([1, 0, 16_384]))
    expect(await peer.next(Id.request)).toEqual(numbers([1, 16_384, 16_384]))
  })

  it('tells its transport, address and end', async () => {
    const { wire, peer } = await open()
    expect(wire.type).toBe('tcpIncoming')
    expect(wire.remoteAddress).toMatch(/127\.0\.0\.1$/)
    expect(wire.remotePort).toBe(peer.socket.localPort)
    const closed = heard(wire, 'close')
    wire.destroy()
    await Promise.all([closed, peer.closed()])
    expect(wire.destroyed).toBe(true)
  })
})

describe('a torrent', () => {
  it('closes its store, and does not destroy it, when told so', async () => {
    const { torrent, asked } = await open()
    await new Promise<void>((resolve) => torrent.destroy({ destroyStore: false }, resolve))
    expect(asked).toEqual(['new 32768', 'close'])
    expect(torrent.destroyed).toBe(true)
  })
})
