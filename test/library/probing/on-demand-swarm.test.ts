import { expect, it, onTestFinished } from 'vitest'
import { FactsStore } from '../../../src/library/probing/facts-store.ts'
import { Prober } from '../../../src/library/probing/prober.ts'
import { silentLogger } from '../../../src/log.ts'
import { MediaProbe } from '../../../src/media/probe/media-probe.ts'
import { makeTorrent } from '../../helpers/make-torrent.ts'
import { openSeeder, openSession, until } from '../../helpers/sessions.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'
import { clip } from '../../media/probe/fixture-source.ts'
import { eventually } from './probe-shelf.ts'

const MIB = 1024 * 1024

it('on demand, a film of a real swarm is probed with its head and its index, and nothing else', async () => {
  const mkv = Buffer.concat([clip('Delta/Delta.mkv'), Buffer.alloc(30 * MIB, 7)])
  const mp4 = clip('River.mp4')
  const files = [
    { path: ['film.mkv'], data: mkv },
    { path: ['film.mp4'], data: mp4 },
  ]
  const fixture = makeTorrent('Films', files, 64 * 1024)
  const seeder = await openSeeder(fixture)
  const session = await openSession({ onDemand: true })
  const probe = new MediaProbe()
  onTestFinished(() => probe.close())
  const prober = new Prober({
    ...{ source: session, probe, starvation: { isAnyStarving: () => false }, onDemand: true },
    store: new FactsStore(await temporaryFolder(), silentLogger()),
    log: silentLogger(),
  })
  await prober.start()
  onTestFinished(() => prober.close())
  const source = { kind: 'torrent-file', bytes: fixture.torrentFile } as const
  const { torrent } = await session.add(source, { initialPeers: [seeder.address] })
  await until(session, () => torrent.state.kind === 'live')
  await eventually(() => prober.factsOf(torrent.infoHash, 0) !== undefined)
  await eventually(() => prober.factsOf(torrent.infoHash, 1) !== undefined)
  expect(prober.factsOf(torrent.infoHash, 0)).toMatchObject({ kind: 'video', durationMs: 24_021 })
  expect(prober.factsOf(torrent.infoHash, 1)).toMatchObject({ kind: 'video', durationMs: 24_000 })
  // 131 kB of the one, head, index and some frames of the other, in pieces of 64 KiB.
  expect(torrent.content?.downloader.fetchedBytes).toBeLessThan(1 * MIB)
  expect(torrent.missingBytes(0, { start: 0, end: mkv.length - 1 })).toBeGreaterThan(30 * MIB)
  expect(torrent.missingBytes(0, { start: 0, end: 1 })).toBe(0)
  expect(torrent.content?.streams.count).toBe(0)
})
