import { expect, it } from 'vitest'
import { pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'
import { openSeeder, openSession } from '../../helpers/sessions.ts'

const fixture = singleFile('film.mkv', pseudoRandomBytes(50_000, 1))

it('is how long connecting took, for the one that dialled, and unknown to the one that was called', async () => {
  const seeder = await openSeeder(fixture)
  const session = await openSession({ onDemand: true })
  const { torrent } = await session.add(
    { kind: 'torrent-file', bytes: fixture.torrentFile },
    { initialPeers: [seeder.address] },
  )
  const wiresOf = ({ content }: typeof torrent) => [...(content?.downloader.wires.values() ?? [])]
  while (wiresOf(torrent).length * wiresOf(seeder.torrent).length === 0) {
    await new Promise(setImmediate)
  }
  const [dialled, called] = [torrent, seeder.torrent].map((one) => wiresOf(one)[0])
  expect(dialled?.isIncoming).toBe(false)
  expect(dialled?.roundTripMs).toBeGreaterThan(0)
  expect(dialled?.roundTripMs).toBeLessThan(5_000)
  expect(called?.isIncoming).toBe(true)
  expect(called?.roundTripMs).toBeNull()
})
