import { describe, expect, it } from 'vitest'
import { pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'
import { extended, Id, message, numbers, RawPeer } from '../../helpers/raw-peer.ts'
import { openSeeder, openSession, until } from '../../helpers/sessions.ts'

const data = pseudoRandomBytes(50_000, 1)
const fixture = singleFile('film.mkv', data)
/** Two of each of the two pieces. */
const BLOCKS = 4
const source = { kind: 'torrent-file', bytes: fixture.torrentFile } as const

describe('a peer that calls us', () => {
  it.each([
    ['its bitfield', message(Id.bitfield, Buffer.from([0b1100_0000]))],
    [
      'what it has, piece by piece',
      Buffer.concat([0, 1].map((n) => message(Id.have, numbers([n])))),
    ],
  ])('is asked for blocks where it sends %s along with its handshake', async (_, pieces) => {
    const session = await openSession()
    const { torrent } = await session.add(source)
    await until(session, () => torrent.state.kind === 'live')
    const along = Buffer.concat([pieces, message(Id.unchoke)])
    const peer = await RawPeer.connect(session.peerPort, torrent.infoHash, along)
    for (let block = 0; block < BLOCKS; block++) {
      const request = await peer.next(Id.request)
      const [piece = 0, offset = 0, length = 0] = [0, 4, 8].map((at) => request.readUInt32BE(at))
      const start = piece * fixture.pieceLength + offset
      const bytes = data.subarray(start, start + length)
      peer.send(message(Id.piece, numbers([piece, offset], bytes)))
    }
    await until(session, () => torrent.stats().finished)
  })

  it('hears again that we are interested when it chokes us, but not each time that it says so', async () => {
    const session = await openSession()
    const { torrent } = await session.add(source)
    await until(session, () => torrent.state.kind === 'live')
    const all = message(Id.bitfield, Buffer.from([0b1100_0000]))
    const peer = await RawPeer.connect(session.peerPort, torrent.infoHash, all)
    await peer.next(Id.interested)
    const metadata = extended(0, 'd1:md11:ut_metadatai2eee')
    const askedOnce = extended(1, 'd8:msg_typei0e5:piecei0ee')
    peer.send(message(Id.choke), message(Id.choke), metadata, askedOnce)
    // Messages are answered in their order: what it had to say to that is over.
    await peer.next(Id.extended)
    await peer.next(Id.extended)
    expect(peer.has(Id.interested)).toBe(false)
    peer.send(message(Id.unchoke), message(Id.choke))
    await peer.next(Id.interested)
    const again = Buffer.concat([message(Id.unchoke), message(Id.choke)])
    peer.send(...Array.from({ length: 20 }, () => again), askedOnce)
    await peer.next(Id.extended)
    expect(peer.has(Id.interested)).toBe(false)
  })

  it.each([
    ['what it says', 'd1:mde1:v10:Some/1.2.3e', 'Some/1.2.3'],
    ['its id, where it says nothing', 'd1:mdee', 'LT20B0'],
  ])('is called by %s', async (_, handshake, name) => {
    const { session, torrent } = await openSeeder(fixture)
    const along = extended(0, handshake)
    const peerId = '-LT20B0-abcdefghijkl'
    await RawPeer.connect(session.peerPort, torrent.infoHash, along, peerId)
    await expect.poll(() => torrent.peers?.map(({ client }) => client)).toEqual([name])
  })

  it('gets what it asks for, and a rejection where it asks for too much', async () => {
    const { session, torrent } = await openSeeder(fixture)
    const peer = await RawPeer.connect(session.peerPort, torrent.infoHash)
    await peer.next(Id.haveAll)
    peer.send(message(Id.interested))
    await peer.next(Id.unchoke)
    peer.send(message(Id.request, numbers([1, 16_384, 848])))
    const answer = await peer.next(Id.piece)
    expect(answer.subarray(0, 8)).toEqual(numbers([1, 16_384]))
    expect(answer.subarray(8).equals(data.subarray(49_152))).toBe(true)
    peer.send(message(Id.request, numbers([9, 0, 16_384])))
    expect(await peer.next(Id.reject)).toEqual(numbers([9, 0, 16_384]))
  })
})
