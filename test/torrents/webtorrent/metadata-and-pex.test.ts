import { createHash } from 'node:crypto'
import bencode from 'bencode'
import { describe, expect, it } from 'vitest'
import { metadataData, parseMetadataMessage } from '../../../src/torrents/extensions/ut-metadata.ts'
import { encodePex, parsePexAdded } from '../../../src/torrents/extensions/ut-pex.ts'
import { pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'
import { extended, Id, message, RawPeer } from '../../helpers/raw-peer.ts'
import { openSeeder, openSession, until } from '../../helpers/sessions.ts'

const PIECE = 16_384
/** Ids by which the raw peers want to be sent messages. */
const [METADATA, PEX] = [7, 8]
/** Those that we ask for. */
const [OUR_METADATA, OUR_PEX] = [1, 2]

/** An info dictionary of several pieces of metadata. */
function infoOf(isPrivate: boolean, pieces = 3_000): Buffer {
  const info = {
    ...{ length: pieces * PIECE, name: 'film.mkv', 'piece length': PIECE },
    pieces: pseudoRandomBytes(20 * pieces, 5),
    ...(isPrivate ? { private: 1 } : {}),
  }
  return Buffer.from(bencode.encode(info))
}

function infoHashOf(infoBytes: Uint8Array): string {
  return createHash('sha1').update(infoBytes).digest('hex')
}

function introduction(metadataSize: number | null, listenPort?: number): Buffer {
  const size = metadataSize === null ? '' : `13:metadata_sizei${metadataSize}e`
  const port = listenPort === undefined ? '' : `1:pi${listenPort}e`
  return extended(0, `d1:md11:ut_metadatai${METADATA}e6:ut_pexi${PEX}ee${size}${port}e`)
}

async function nextExtended(peer: RawPeer, id: number): Promise<Buffer> {
  for (;;) {
    const body = await peer.next(Id.extended)
    if (body[0] === id) return body.subarray(1)
  }
}

/** Gives metadata to whoever asks, as long as it is connected; `spoil` makes it wrong. */
async function give(peer: RawPeer, infoBytes: Buffer, spoil = false): Promise<void> {
  const total = Math.ceil(infoBytes.length / PIECE)
  for (let given = 0; given < total; given++) {
    const asked = parseMetadataMessage(await nextExtended(peer, METADATA))
    if (asked?.kind !== 'request') throw new Error('it was not asked')
    const data = Buffer.from(metadataData(asked.piece, infoBytes))
    if (spoil) data[data.length - 1] = (data.at(-1) ?? 0) ^ 1
    peer.send(extended(OUR_METADATA, data))
  }
}

describe('the metadata of a magnet', () => {
  it('comes from peers, is kept byte for byte, and is given to others', async () => {
    const infoBytes = infoOf(false)
    const infoHash = infoHashOf(infoBytes)
    const session = await openSession({ onDemand: true })
    const uri = `magnet:?xt=urn:btih:${infoHash}`
    const { torrent } = await session.add(uri)
    const along = introduction(infoBytes.length)
    const giver = await RawPeer.connect(session.peerPort, infoHash, along)
    await give(giver, infoBytes)
    await torrent.ready({ timeoutMs: 10_000 })
    await until(session, () => torrent.state.kind === 'live')
    const taker = await RawPeer.connect(session.peerPort, infoHash, introduction(null))
    const handshake = await nextExtended(taker, 0)
    expect(handshake.toString('latin1')).toContain(`13:metadata_sizei${infoBytes.length}e`)
    const given: Uint8Array[] = []
    for (let piece = 0; piece * PIECE < infoBytes.length; piece++) {
      taker.send(extended(OUR_METADATA, `d8:msg_typei0e5:piecei${piece}ee`))
      const answer = parseMetadataMessage(await nextExtended(taker, METADATA))
      if (answer?.kind !== 'data') throw new Error('no metadata')
      given.push(answer.data)
    }
    expect(Buffer.concat(given).equals(infoBytes)).toBe(true)
  })

  it('comes although other peers lie about it', async () => {
    const infoBytes = infoOf(false)
    const infoHash = infoHashOf(infoBytes)
    const session = await openSession({ onDemand: true })
    const { torrent } = await session.add(`magnet:?xt=urn:btih:${infoHash}`)
    const along = introduction(infoBytes.length)
    const peers = await Promise.all(
      [1, 2, 3].map(() => RawPeer.connect(session.peerPort, infoHash, along)),
    )
    const size = await RawPeer.connect(session.peerPort, infoHash, introduction(60 * 1024 * 1024))
    for (const [index, peer] of peers.entries()) {
      // They go on until they are no longer asked, and end with the test.
      const goOn = async (): Promise<void> => {
        for (;;) await give(peer, infoBytes, index < 2)
      }
      goOn().catch(() => {})
    }
    await torrent.ready({ timeoutMs: 15_000 })
    expect(torrent.name).toBe('film.mkv')
    expect(size.socket.destroyed).toBe(false)
  })

  it('is refused as long as we have none, and where there is no such piece', async () => {
    const session = await openSession()
    const infoHash = '0123456789abcdef0123456789abcdef01234567'
    await session.add(`magnet:?xt=urn:btih:${infoHash}`)
    const without = await RawPeer.connect(session.peerPort, infoHash, introduction(null))
    without.send(extended(OUR_METADATA, 'd8:msg_typei0e5:piecei0ee'))
    const reject = await nextExtended(without, METADATA)
    expect(reject.toString()).toBe('d8:msg_typei2e5:piecei0ee')
    const seeder = await openSeeder(singleFile('film.mkv', pseudoRandomBytes(100_000, 1)))
    const { peerPort } = seeder.session
    const peer = await RawPeer.connect(peerPort, seeder.torrent.infoHash, introduction(null))
    peer.send(extended(OUR_METADATA, 'd8:msg_typei0e5:piecei1ee'))
    expect((await nextExtended(peer, METADATA)).toString()).toBe('d8:msg_typei2e5:piecei1ee')
  })

  it('of a private torrent ends what peers may tell of each other', async () => {
    const infoBytes = infoOf(true)
    const infoHash = infoHashOf(infoBytes)
    const session = await openSession({ onDemand: true })
    const { torrent } = await session.add(`magnet:?xt=urn:btih:${infoHash}`)
    const giver = await RawPeer.connect(session.peerPort, infoHash, introduction(infoBytes.length))
    expect((await nextExtended(giver, 0)).toString('latin1')).toContain('6:ut_pexi2e')
    await give(giver, infoBytes)
    await torrent.ready({ timeoutMs: 10_000 })
    // It has been told of peers, and told others, before that was known.
    await giver.closed()
    await until(session, () => torrent.state.kind === 'live')
    const later = await RawPeer.connect(session.peerPort, infoHash, introduction(infoBytes.length))
    expect((await nextExtended(later, 0)).toString('latin1')).not.toContain('ut_pex')
    const told = await RawPeer.listen(infoHash)
    const added = [{ address: told.address, flags: 0 }]
    later.send(extended(OUR_PEX, encodePex({ added, dropped: [] })))
    // What came before has been heard by then.
    later.send(extended(OUR_METADATA, 'd8:msg_typei0e5:piecei0ee'))
    await nextExtended(later, METADATA)
    expect(torrent.swarm?.counts()).toMatchObject({ queued: 0, connecting: 0, seen: 0 })
  })
})

describe('peer exchange', () => {
  const fixture = singleFile('film.mkv', pseudoRandomBytes(100_000, 1))

  it('lets us dial whom a peer tells of', async () => {
    const { session, torrent } = await openSeeder(fixture)
    const { address, peer: called } = await RawPeer.listen(torrent.infoHash)
    const teller = await RawPeer.connect(session.peerPort, torrent.infoHash, introduction(null))
    const added = [{ address, flags: 0 }]
    teller.send(extended(OUR_PEX, encodePex({ added, dropped: [] })))
    await called
  })

  it('tells peers of each other, as far as others can reach them', async () => {
    const { session, torrent } = await openSeeder(fixture)
    const [first, second] = [introduction(null, 1_001), introduction(null, 1_002)]
    const peers = await Promise.all(
      [first, second, introduction(null)].map((along) =>
        RawPeer.connect(session.peerPort, torrent.infoHash, along),
      ),
    )
    const told = await Promise.all(peers.map((peer) => nextExtended(peer, PEX)))
    const others = told.map((bytes) => parsePexAdded(bytes)?.sort())
    expect(others.slice(0, 2)).toEqual([['127.0.0.1:1002'], ['127.0.0.1:1001']])
    expect(others[2]).toEqual(['127.0.0.1:1001', '127.0.0.1:1002'])
  })

  it('keeps no more than 200 peers of a message', async () => {
    const { session, torrent } = await openSeeder(fixture)
    const peer = await RawPeer.connect(session.peerPort, torrent.infoHash, introduction(null))
    const compact = Buffer.alloc(6 * 5_000)
    // Of a network that exists nowhere (RFC 5737).
    for (let at = 0; at < compact.length; at += 6) {
      compact.set([192, 0, 2, at % 251, 1 + (at % 200), at % 256], at)
    }
    const head = `d5:added${compact.length}:`
    const bytes = Buffer.concat([Buffer.from(head), compact, Buffer.from('e')])
    peer.send(extended(OUR_PEX, bytes), message(Id.interested))
    await peer.next(Id.unchoke)
    const { seen, queued, connecting } = torrent.swarm?.counts() ?? {}
    expect((seen ?? 0) + (queued ?? 0) + (connecting ?? 0)).toBeGreaterThan(0)
    expect(seen).toBeLessThanOrEqual(200)
  })

  it.each([
    ['a message over 64 KiB', [Buffer.alloc(65_537)]],
    ['many messages', new Array(20).fill(encodePex({ added: [], dropped: [] }))],
  ])('ends with %s', async (_, payloads) => {
    const { session, torrent } = await openSeeder(fixture)
    const peer = await RawPeer.connect(session.peerPort, torrent.infoHash, introduction(null))
    peer.send(...payloads.map((payload) => extended(OUR_PEX, payload)))
    await peer.closed()
  })
})
