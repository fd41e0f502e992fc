import { expect, it } from 'vitest'
import { pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'
import { Id, message, numbers, RawPeer } from '../../helpers/raw-peer.ts'
import { openSession, until } from '../../helpers/sessions.ts'

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
