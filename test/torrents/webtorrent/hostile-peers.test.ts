import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import WebTorrent from 'webtorrent'
import '../../../src/torrents/webtorrent/hardening.ts'
import { pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'
import { extended, Id, message, numbers, RawPeer } from '../../helpers/raw-peer.ts'
import { openSeeder, openSession, until } from '../../helpers/sessions.ts'

const fixture = singleFile('film.mkv', pseudoRandomBytes(200_000, 1))

async function connect(): Promise<RawPeer> {
  const { session, torrent } = await openSeeder(fixture)
  return await RawPeer.connect(session.peerPort, torrent.infoHash)
}

describe('a peer that means harm loses its connection, and nothing else', () => {
  it.each([
    ['a handshake with a method in it', extended(0, 'd1:md1:ad8:toStringi1eeee')],
    ['a message of 4 GiB', Buffer.from([255, 255, 255, 255])],
  ])('by %s', async (_, bytes) => {
    const peer = await connect()
    peer.send(bytes)
    await peer.closed()
  })

  it('by asking for more than it takes', async () => {
    const peer = await connect()
    peer.send(message(Id.interested))
    await peer.next(Id.unchoke)
    peer.socket.pause()
    const request = message(Id.request, numbers([0, 0, 16_384]))
    peer.send(Buffer.concat(new Array(5_000).fill(request)))
    await peer.closed()
  })
})

describe('a peer that talks nonsense stops nobody', () => {
  it.each([
    ['lengths below zero', [extended(0, 'd-3:'), extended(0, 'l-3:'), extended(0, '-9:')]],
    ['no bencode', [extended(0, ''), extended(0, 'i5e'), extended(0, 'le'), extended(0, 'x')]],
    ['odd handshakes', [extended(0, 'd1:mi5ee'), extended(0, 'd1:m0:4:reqqi-5ee')]],
    ['short messages', [4, 5, 6, 7, 8, 9, 13, 16, 17, 99].map((id) => message(id))],
    [
      'pieces that are not there',
      [2 ** 32 - 1, 2 ** 31].map((n) => message(Id.have, numbers([n]))),
    ],
    ['requests for what is not there', [message(Id.request, numbers([2 ** 31, 0, 16_384]))]],
    ['blocks nobody asked for', [message(Id.piece, numbers([2 ** 31, 7], Buffer.alloc(100)))]],
  ])('%s', async (_, messages) => {
    const { session, torrent } = await openSeeder(fixture)
    const nonsense = await RawPeer.connect(session.peerPort, torrent.infoHash)
    nonsense.send(...messages)
    // Another peer gets all of it from here, so nothing has been stopped.
    const leecher = await openSession()
    const source = { kind: 'torrent-file', bytes: fixture.torrentFile } as const
    const peers = [`127.0.0.1:${session.peerPort}`]
    const { torrent: copy } = await leecher.add(source, { initialPeers: peers })
    await until(leecher, () => copy.stats().finished)
    expect(torrent.state.kind).toBe('live')
  })
})

describe('the DHT', () => {
  it('answers after a packet with a length below zero', async () => {
    const client = new WebTorrent({
      ...{ torrentPort: 0, dht: { bootstrap: false }, lsd: false, tracker: false, utp: false },
      ...{ natUpnp: false, natPmp: false, secure: 1, maxConns: 1, webSeeds: false },
      ...{ uploadLimit: -1, userAgent: 'test' },
    })
    onTestFinished(() => new Promise<void>((resolve) => client.destroy(resolve)))
    const { dht } = client as unknown as {
      dht: NodeJS.EventEmitter & { address(): { port: number } }
    }
    await once(dht, 'listening')
    const socket = createSocket('udp4')
    onTestFinished(() => {
      socket.close()
    })
    const { port } = dht.address()
    for (const text of [
      'd-3:',
      'l-3:',
      'd1:q4:ping1:t2:aa1:y1:qe',
      'd1:ad2:id20:aaaaaaaaaaaaaaaaaaaae1:q4:ping1:t2:bb1:y1:qe',
    ]) {
      socket.send(text, port, '127.0.0.1')
    }
    const [answer]: Buffer[] = await once(socket, 'message')
    expect(answer?.toString('latin1')).toMatch(/1:y1:[re]/)
  })
})
