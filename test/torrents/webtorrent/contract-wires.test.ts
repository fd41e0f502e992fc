import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { Torrent, Wire } from 'webtorrent'
import { WebTorrentWire } from '../../../src/torrents/webtorrent/wire.ts'
import { extended, Id, message, numbers, PEER_ID, RawPeer } from '../../helpers/raw-peer.ts'
import { addTorrent, openClient } from '../../helpers/webtorrent-client.ts'

const INFO_HASH = '0123456789abcdef0123456789abcdef01234567'

interface Opened {
  readonly torrent: Torrent
  readonly wire: Wire
  readonly from: string
  readonly peer: RawPeer
}

/** A wire as `_onWire` is given it, our handshake sent. */
async function open(peerId = PEER_ID): Promise<Opened> {
  const client = await openClient()
  const torrent = await addTorrent(client, INFO_HASH)
  const opened = new Promise<[Wire, string]>((resolve) => {
    torrent._onWire = (wire, from) => {
      torrent.wires.push(wire)
      resolve([wire, from])
    }
  })
  const along = Buffer.alloc(0)
  const peer = await RawPeer.connect(client.torrentPort, INFO_HASH, along, peerId)
  const [wire, from] = await opened
  return { torrent, wire, from, peer }
}

/** The arguments of the next event of a wire. */
async function heard(wire: Wire, event: string): Promise<unknown[]> {
  return await once(wire, event)
}

describe('a wire', () => {
  it('sends what we have, in each of its forms', async () => {
    const { wire, peer } = await open()
    wire.bitfield(Uint8Array.of(0b1010_0000))
    wire.haveAll()
    wire.haveNone()
    expect([...(await peer.next(Id.bitfield))]).toEqual([0b1010_0000])
    await peer.next(Id.haveAll)
    await peer.next(Id.haveNone)
  })

  it('knows the id of its peer, in hex, and by that who takes no samples', async () => {
    const rqbit = '-rQ0901-abcdefghijkl'
    for (const [id, givesSamples] of [
      [PEER_ID, true],
      [rqbit, false],
    ] as const) {
      const { wire } = await open(id)
      expect(wire.peerId).toBe(Buffer.from(id).toString('hex'))
      const listener = { wireEvent: () => {}, block: () => {} }
      expect(new WebTorrentWire(wire, listener).givesSamples).toBe(givesSamples)
    }
  })

  it('hands requests to `_onRequest`, and tells of cancels', async () => {
    const { wire, peer } = await open()
    const asked = new Promise<number[]>((resolve) => {
      wire._onRequest = (...request) => resolve(request)
    })
    peer.send(message(Id.request, numbers([2, 16_384, 100])))
    expect(await asked).toEqual([2, 16_384, 100])
    const cancelled = heard(wire, 'cancel')
    peer.send(message(Id.cancel, numbers([2, 16_384, 100])))
    expect(await cancelled).toEqual([2, 16_384, 100])
  })

  it('chokes and unchokes as it is told, and knows whether it does', async () => {
    const { wire, peer } = await open()
    expect(wire.amChoking).toBe(true)
    wire.unchoke()
    expect(wire.amChoking).toBe(false)
    await peer.next(Id.unchoke)
    wire.choke()
    expect(wire.amChoking).toBe(true)
    await peer.next(Id.choke)
  })

  it('tells whether the peer is interested', async () => {
    const { wire, peer } = await open()
    const isTold = heard(wire, 'interested')
    peer.send(message(Id.interested))
    await isTold
    expect(wire.peerInterested).toBe(true)
    const isTakenBack = heard(wire, 'uninterested')
    peer.send(message(Id.uninterested))
    await isTakenBack
    expect(wire.peerInterested).toBe(false)
  })

  it('says of itself what it is told to, and hears by the names of extensions', async () => {
    const client = await openClient()
    const torrent = await addTorrent(client, INFO_HASH)
    const opened = once(torrent, 'wire')
    torrent.prependOnceListener('wire', (wire: Wire) => {
      wire.extendedMapping = { 1: 'ut_metadata' }
      wire.extendedHandshake = { reqq: 250, v: 'test' }
    })
    const peer = await RawPeer.connect(client.torrentPort, INFO_HASH)
    const [wire]: Wire[] = await opened
    if (wire === undefined) throw new Error('no wire')
    const said = await peer.next(Id.extended)
    expect(said.toString()).toBe('\0d1:md11:ut_metadatai1ee4:reqqi250e1:v4:teste')
    const handshake = heard(wire, 'extended')
    peer.send(extended(0, 'd1:md11:ut_metadatai7ee13:metadata_sizei5e1:pi6881e4:reqqi9ee'))
    expect((await handshake)[0]).toBe('handshake')
    expect(wire.peerExtendedHandshake).toMatchObject({ metadata_size: 5, p: 6881, reqq: 9 })
    expect(wire.peerExtendedMapping.ut_metadata).toBe(7)
    const payload = heard(wire, 'extended')
    peer.send(extended(1, 'payload'))
    const [name, bytes] = await payload
    expect([name, Buffer.from(bytes as Uint8Array).toString()]).toEqual(['ut_metadata', 'payload'])
    wire.extended(7, Buffer.from('answer'))
    expect((await peer.next(Id.extended)).toString()).toBe('\x07answer')
  })

  it('asks for more where the socket has taken all, and only then', async () => {
    const { wire, peer } = await open()
    wire._readableState.highWaterMark = 1
    let unsentWhenAsked: number | null = null
    const isAsked = new Promise<void>((resolve) => {
      wire._read = (callback) => {
        unsentWhenAsked = wire._readableState.buffered
        callback(null)
        resolve()
      }
    })
    for (let part = 0; part < 8; part++) wire._push(new Uint8Array(16_384).fill(0))
    expect(wire._readableState.buffered).toBeGreaterThan(0)
    expect(wire._readableState.queue.length).toBeGreaterThan(0)
    await isAsked
    expect(unsentWhenAsked).toBe(0)
    peer.socket.destroy()
  })

  it('tells blocks that it has not asked for, with their bytes', async () => {
    const { wire, peer } = await open()
    const block = heard(wire, 'piece')
    peer.send(message(Id.piece, numbers([1, 16_384], Buffer.from('bytes'))))
    const [piece, offset, data] = await block
    expect([piece, offset, Buffer.from(data as Uint8Array).toString()]).toEqual([
      1,
      16_384,
      'bytes',
    ])
    expect(wire.downloaded).toBe(5)
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
    const { wire, from, peer, torrent } = await open()
    expect(wire.type).toBe('tcpIncoming')
    expect(from).toMatch(new RegExp(`127\\.0\\.0\\.1:${peer.socket.localPort}$`))
    const [connection] = torrent._peers.values()
    expect(connection?.wire).toBe(wire)
    expect(typeof connection?.conn?.writableLength).toBe('number')
    const closed = heard(wire, 'close')
    wire.destroy()
    await Promise.all([closed, peer.closed()])
    expect(wire.destroyed).toBe(true)
  })
})
