import { expect, it } from 'vitest'
import { pseudoRandomBytes, singleFile } from '../helpers/make-torrent.ts'
import { Id, message, numbers, RawPeer } from '../helpers/raw-peer.ts'
import { openSession, until } from '../helpers/sessions.ts'

const fixture = singleFile('film.mkv', pseudoRandomBytes(200_000, 1))
const source = { kind: 'torrent-file', bytes: fixture.torrentFile } as const

it('closes a peer that sends blocks without end that nobody asked for', async () => {
  const session = await openSession({ onDemand: true })
  const { torrent } = await session.add(source)
  await until(session, () => torrent.state.kind === 'live')
  const peer = await RawPeer.connect(session.peerPort, torrent.infoHash)
  const block = message(Id.piece, numbers([0, 0], Buffer.alloc(16_384)))
  for (let count = 0; count < 1_100; count++) peer.send(block)
  await peer.closed()
  expect(torrent.stats().progressBytes).toBe(0)
})

it('remembers a hundred of the pieces that a peer allows, and goes on', async () => {
  const session = await openSession({ onDemand: true })
  const { torrent } = await session.add(source)
  await until(session, () => torrent.state.kind === 'live')
  const peer = await RawPeer.connect(session.peerPort, torrent.infoHash)
  const flood = Array.from({ length: 100_000 }, (_, piece) => message(17, numbers([piece])))
  peer.send(...flood, message(Id.haveAll), message(Id.unchoke))
  const stream = torrent.stream(0)
  const reading = stream.read(Buffer.alloc(10))
  const request = await peer.next(Id.request)
  const [piece, offset] = [request.readUInt32BE(0), request.readUInt32BE(4)]
  expect([piece, offset]).toEqual([0, 0])
  stream.close()
  await expect(reading).rejects.toMatchObject({ kind: 'closed' })
})
