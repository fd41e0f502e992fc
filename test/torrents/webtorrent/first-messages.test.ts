import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'
import { OpenWire } from '../../helpers/open-wire.ts'
import { extended, Id, message, numbers, RawPeer } from '../../helpers/raw-peer.ts'
import { openSeeder, openSession, until } from '../../helpers/sessions.ts'

const data = pseudoRandomBytes(200_000, 1)
const fixture = singleFile('film.mkv', data)
const interested = message(Id.interested)
const takesMetadata = extended(0, 'd1:md11:ut_metadatai7eee')
const asksForMetadata = extended(1, 'd8:msg_typei0e5:piecei0ee')
const request = message(Id.request, numbers([0, 0, 16_384]))

/** The body of the next message of `id` that begins with `byte`. */
async function nextExtended(peer: RawPeer, id: number): Promise<Buffer> {
  for (;;) {
    const body = await peer.next(Id.extended)
    if (body[0] === id) return body.subarray(1)
  }
}

describe('what a peer sends right behind its handshake is heard', () => {
  it('ten times of ten: it is interested, and gets its blocks', async () => {
    const { session, torrent } = await openSeeder(fixture)
    for (let time = 0; time < 10; time++) {
      const peer = await RawPeer.connect(session.peerPort, torrent.infoHash, interested)
      await peer.next(Id.unchoke)
      peer.send(request)
      expect((await peer.next(Id.piece)).subarray(8).equals(data.subarray(0, 16_384))).toBe(true)
      peer.socket.destroy()
    }
  })

  it.each([
    ['what it has and takes', [message(Id.haveNone), takesMetadata, interested]],
    ['a request before it may ask', [request, interested]],
    ['a change of mind', [interested, message(Id.uninterested), interested]],
  ])('with %s', async (_, messages) => {
    const { session, torrent } = await openSeeder(fixture)
    const along = Buffer.concat(messages)
    const peer = await RawPeer.connect(session.peerPort, torrent.infoHash, along)
    await peer.next(Id.unchoke)
  })

  it('also a request for metadata', async () => {
    const { session, torrent } = await openSeeder(fixture)
    const along = Buffer.concat([takesMetadata, asksForMetadata, interested])
    const peer = await RawPeer.connect(session.peerPort, torrent.infoHash, along)
    const answer = await nextExtended(peer, 7)
    expect(answer.toString('latin1')).toMatch(/^d8:msg_typei1e5:piecei0e10:total_sizei\d+ee/)
    await peer.next(Id.unchoke)
  })

  it('also where we have called it', async () => {
    const { torrent } = await openSeeder(fixture)
    for (let time = 0; time < 10; time++) {
      const along = Buffer.concat([takesMetadata, asksForMetadata, interested])
      const { address, peer: called } = await RawPeer.listen(torrent.infoHash, along)
      torrent.addPeers([address])
      const peer = await called
      await nextExtended(peer, 7)
      await peer.next(Id.unchoke)
      peer.socket.destroy()
    }
  })

  it('also where all of it is encrypted', async () => {
    const { session, torrent } = await openSeeder(fixture)
    const socket = connect(session.peerPort, '127.0.0.1')
    onTestFinished(() => {
      socket.destroy()
    })
    await once(socket, 'connect')
    const wire = new OpenWire('tcpOutgoing', 2)
    socket.on('data', (chunk: Buffer) => wire.write(chunk))
    wire.pipe(socket)
    wire.startEncryption(torrent.infoHash)
    await once(wire, 'crypto-handshake')
    socket.cork()
    wire.handshake(torrent.infoHash, '2d5250303030312d6162636465666768696a6b6c')
    for (const bytes of [takesMetadata, interested]) wire._push(bytes)
    const unchoked = once(wire, 'unchoke')
    setImmediate(() => socket.uncork())
    await unchoked
  })
})

describe('what we say first', () => {
  const hasNothing = message(Id.haveNone)

  it('is that we are interested, also to a peer that has nothing yet', async () => {
    const session = await openSession({ onDemand: true })
    const { torrent } = await session.add({ kind: 'torrent-file', bytes: fixture.torrentFile })
    await torrent.ready({ timeoutMs: 10_000 })
    await until(session, () => torrent.state.kind === 'live')
    const peer = await RawPeer.connect(session.peerPort, torrent.infoHash, hasNothing)
    await peer.next(Id.interested)
  })

  it('is not that where we lack nothing', async () => {
    const { session, torrent } = await openSeeder(fixture)
    const along = Buffer.concat([hasNothing, interested])
    const peer = await RawPeer.connect(session.peerPort, torrent.infoHash, along)
    // Whatever is said first comes before that.
    await peer.next(Id.unchoke)
    expect(peer.has(Id.interested)).toBe(false)
  })
})

describe('what a peer says while nothing is known of the torrent yet', () => {
  it('is heard when its metadata has come', async () => {
    const { torrent: seeded, address } = await openSeeder(fixture)
    const session = await openSession()
    const uri = `magnet:?xt=urn:btih:${seeded.infoHash}`
    const { torrent } = await session.add(uri)
    const along = Buffer.concat([message(Id.haveNone), takesMetadata, interested])
    const early = await RawPeer.connect(session.peerPort, torrent.infoHash, along)
    early.send(message(Id.have, numbers([1])), request, message(Id.unchoke))
    expect(await early.next(Id.reject)).toEqual(numbers([0, 0, 16_384]))
    torrent.addPeers([address])
    await torrent.ready({ timeoutMs: 10_000 })
    // It has said that it has piece 1 and that we may ask.
    const [asked] = await Promise.all([early.next(Id.request), early.next(Id.unchoke)])
    expect(asked.readUInt32BE()).toBe(1)
    early.send(
      message(Id.piece, numbers([1, asked.readUInt32BE(4)], data.subarray(32_768, 49_152))),
    )
    await until(session, () => torrent.stats().finished)
  })
})

describe('what we tell of ourselves', () => {
  it('is what we take, how much of it, and where we listen', async () => {
    const { session, torrent } = await openSeeder(fixture)
    const peer = await RawPeer.connect(session.peerPort, torrent.infoHash)
    const handshake = (await nextExtended(peer, 0)).toString('latin1')
    expect(handshake).toContain('1:md11:ut_metadatai1e6:ut_pexi2ee')
    expect(handshake).toMatch(/13:metadata_sizei\d+e/)
    expect(handshake).toContain(`1:pi${session.peerPort}e`)
    expect(handshake).toContain('4:reqqi250e')
  })
})
