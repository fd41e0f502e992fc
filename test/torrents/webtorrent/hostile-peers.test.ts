import { once } from 'node:events'
import { connect as connectTo, createServer, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { engineFaults } from '../../../src/engine-faults.ts'
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
    [
      'a message of a kind that nobody knows, and of 100 KiB',
      numbers([102_400], Buffer.from([99])),
    ],
    ['an extended handshake that is no bencode', extended(0, 'x')],
    ['an extended handshake of 20 KiB', extended(0, `d1:v20480:${'x'.repeat(20_480)}e`)],
    ['an extended handshake without end', extended(0, 'd1:m'.repeat(5_000))],
    ['a bitfield of another length', message(Id.bitfield, Buffer.alloc(2))],
    ['two bitfields', Buffer.concat(new Array(2).fill(message(Id.bitfield, Buffer.alloc(1))))],
    ['a block of 200 KiB', message(Id.piece, numbers([0, 0], Buffer.alloc(200_000)))],
    ...[0, 1, 2, 3, 14, 15].map((id): [string, Buffer] => [
      `message ${id} with more behind it`,
      message(id, Buffer.alloc(1)),
    ]),
    ...[4, 5, 6, 7, 8, 9, 13, 16, 17, 20].map((id): [string, Buffer] => [
      `message ${id} without what belongs to it`,
      message(id),
    ]),
    ...[4, 6, 8, 9, 13, 16, 17].map((id): [string, Buffer] => [
      `message ${id} of 14 bytes`,
      message(id, Buffer.alloc(14)),
    ]),
    [
      'allowing pieces without end',
      Buffer.concat(Array.from({ length: 1_000 }, (_, n) => message(17, numbers([n])))),
    ],
    [
      'telling the same piece without end',
      Buffer.concat(new Array(1_000).fill(message(Id.have, numbers([1])))),
    ],
    ['saying nothing without end', Buffer.alloc(4 * 1_000)],
    [
      'choking and unchoking without end',
      Buffer.concat(new Array(300).fill(Buffer.concat([message(1), message(0)]))),
    ],
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

/** What a peer that calls us sends first, and what becomes of it. */
async function call(port: number, bytes: Buffer): Promise<Socket> {
  const socket = connectTo(port, '127.0.0.1')
  socket.on('error', () => {})
  onTestFinished(() => {
    socket.destroy()
  })
  await once(socket, 'connect')
  socket.write(bytes)
  // What we send counts for nothing here.
  socket.resume()
  return socket
}

const PRIME =
  'ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd' +
  'ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a63a36210000000000090563'
const P = BigInt(`0x${PRIME}`)
const INVALID_KEYS: [string, bigint][] = [
  ['0', 0n],
  ['1', 1n],
  ['P - 1', P - 1n],
  ['P', P],
  ['P + 1', P + 1n],
  ['the largest', 2n ** 768n - 1n],
]

function keyBytes(number: bigint): Buffer {
  return Buffer.from(number.toString(16).padStart(192, '0'), 'hex')
}

describe('a public key of MSE that is none', () => {
  it.each(INVALID_KEYS)('%s: the connection of who has called us is closed', async (_, number) => {
    const { session } = await openSeeder(fixture)
    const faults = engineFaults.count
    const socket = await call(session.peerPort, keyBytes(number))
    await once(socket, 'close')
    expect(engineFaults.count).toBe(faults)
  })

  it.each(INVALID_KEYS)('%s: as is that of a peer that we have dialled', async (_, number) => {
    const calls: Socket[] = []
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.resume()
      calls.push(socket)
      // The first attempt is plain.
      if (calls.length === 1) socket.destroy()
      else socket.write(keyBytes(number))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      for (const socket of calls) socket.destroy()
      server.close()
    })
    const session = await openSession()
    const { port } = server.address() as { port: number }
    const source = { kind: 'torrent-file', bytes: fixture.torrentFile } as const
    await session.add(source, { initialPeers: [`127.0.0.1:${port}`] })
    await expect.poll(() => calls.length, { timeout: 10_000 }).toBeGreaterThan(1)
    const [, second] = calls
    if (second !== undefined && !second.destroyed) await once(second, 'close')
  })

  it('2 and P - 2 are keys', async () => {
    const { session } = await openSeeder(fixture)
    for (const number of [2n, P - 2n]) {
      const socket = await call(session.peerPort, keyBytes(number))
      const [answer]: Buffer[] = await once(socket, 'data')
      expect(answer?.length).toBeGreaterThanOrEqual(96)
    }
  })
})
