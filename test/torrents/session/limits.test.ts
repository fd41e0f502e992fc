import { setTimeout as pass } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Session } from '../../../src/torrents/session/session.ts'
import type { Torrent } from '../../../src/torrents/torrent/torrent.ts'
import { type Fixture, pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'
import { openSeeder, openSession, until } from '../../helpers/sessions.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const ALONE = { dht: false, lsd: false, trackers: false }
const KIB = 1024
const MIB = 1024 * KIB

function film(name: string, bytes: number, seed: number): Fixture {
  return singleFile(name, pseudoRandomBytes(bytes, seed), 256 * KIB)
}

async function addTo(session: Session, fixture: Fixture, peers: string[]): Promise<Torrent> {
  const source = { kind: 'torrent-file', bytes: fixture.torrentFile } as const
  const { torrent } = await session.add(source, { initialPeers: peers })
  await until(session, () => torrent.state.kind === 'live')
  return torrent
}

const fetched = (torrent: Torrent): number => torrent.stats().live?.fetchedBytes ?? 0

/** Bytes per second, measured from when something moves. */
async function rateOf(bytes: () => number, ms: number): Promise<number> {
  const begin = bytes()
  while (bytes() === begin) await pass(5)
  const [from, at] = [bytes(), performance.now()]
  await pass(ms)
  return ((bytes() - from) * 1_000) / (performance.now() - at)
}

describe('limits of a session', () => {
  it('hold downloading to a rate that changes at run time', async () => {
    const fixture = film('film.mkv', 24 * MIB, 1)
    const seeder = await openSeeder(fixture)
    const session = await openSession({ downloadBytesPerSecond: 512 * KIB })
    const torrent = await addTo(session, fixture, [seeder.address])
    const rate = await rateOf(() => fetched(torrent), 2_000)
    expect(rate / (512 * KIB)).toBeGreaterThan(0.75)
    expect(rate / (512 * KIB)).toBeLessThan(1.15)
    await session.setLimits({ downloadBps: null })
    await until(session, () => torrent.stats().finished)
  })

  it('hold uploading to a rate, whoever asks', async () => {
    const fixture = film('film.mkv', 16 * MIB, 2)
    const seeder = await openSeeder(fixture)
    await seeder.session.setLimits({ uploadBps: 400 * KIB })
    const leeches = await Promise.all([openSession(), openSession()])
    const torrents = await Promise.all(
      leeches.map((session) => addTo(session, fixture, [seeder.address])),
    )
    const sum = (): number => torrents.reduce((bytes, torrent) => bytes + fetched(torrent), 0)
    const rate = await rateOf(sum, 2_000)
    // The two give each other what they have: that counts for them, not for the seeder.
    expect(rate).toBeGreaterThan(0.7 * 400 * KIB)
    const sent = await rateOf(() => seeder.torrent.stats().uploadedBytes, 1_500)
    expect(sent).toBeLessThan(1.15 * 400 * KIB)
  })

  it('are kept for a torrent and for all, and survive a restart', async () => {
    const fixture = film('film.mkv', MIB, 3)
    const folder = await temporaryFolder()
    const first = await openSession({ folder })
    const torrent = await addTo(first, fixture, [])
    await first.setLimits({ downloadBps: 3_000_000 })
    await torrent.setLimits({ uploadBps: 50_000 })
    await first.close()
    const second = await openSession({ folder, uploadBytesPerSecond: 70_000 })
    expect(second.limits).toEqual({ downloadBps: 3_000_000, uploadBps: 70_000 })
    expect(second.get(torrent.id)?.limits).toEqual({ downloadBps: null, uploadBps: 50_000 })
  })

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuse %d', async (downloadBps) => {
    const session = await openSession({ downloadBytesPerSecond: 1_000 })
    await expect(session.setLimits({ downloadBps })).rejects.toMatchObject({ kind: 'bad-limit' })
    expect(session.limits.downloadBps).toBe(1_000)
  })

  it('hold one torrent and not the other', async () => {
    const fixtures = [film('slow.mkv', 8 * MIB, 4), film('fast.mkv', 8 * MIB, 5)] as const
    const seeders = await Promise.all(fixtures.map((fixture) => openSeeder(fixture)))
    const session = await openSession()
    const slow = await addTo(session, fixtures[0], [])
    await slow.setLimits({ downloadBps: 100 * KIB })
    slow.addPeers([seeders[0]?.address ?? ''])
    const fast = await addTo(session, fixtures[1], [seeders[1]?.address ?? ''])
    await until(session, () => fast.stats().finished)
    expect(fetched(slow)).toBeLessThan(2 * MIB)
  })

  it('let a viewer go before what nobody waits for', async () => {
    const rate = MIB
    const fixtures = [film('download.mkv', 24 * MIB, 6), film('watched.mkv', 8 * MIB, 7)] as const
    const seeders = await Promise.all(fixtures.map((fixture) => openSeeder(fixture)))
    const session = await openSession({ downloadBytesPerSecond: rate })
    const download = await addTo(session, fixtures[0], [seeders[0]?.address ?? ''])
    while (fetched(download) < MIB / 2) await pass(5)
    const watched = await addTo(session, fixtures[1], [seeders[1]?.address ?? ''])
    const stream = watched.stream(0)
    const buffer = new Uint8Array(MIB)
    const begin = performance.now()
    for (let bytes = 0; bytes < 2 * MIB; ) bytes += await stream.read(buffer)
    const ms = performance.now() - begin
    stream.close()
    // 2 MiB take 2 s at the limit itself; connecting, and asking twice for the first blocks, some more.
    expect(ms).toBeLessThan(2_700)
    expect(ms).toBeGreaterThan(1_600)
  })

  it('of uploads do not delay what we ask for', async () => {
    const mine = film('mine.mkv', 8 * MIB, 8)
    const theirs = film('theirs.mkv', 4 * MIB, 9)
    const seeder = await openSeeder(theirs)
    const session = await openSession()
    const given = await openSeeder(mine)
    await given.session.setLimits({ uploadBps: 20 * KIB })
    await addTo(session, mine, [given.address])
    while ((given.torrent.stats().live?.uploadedBytes ?? 0) === 0) await pass(5)
    // The one that uploads slowly downloads as fast as ever, meanwhile.
    const begin = performance.now()
    const torrent = await addTo(given.session, theirs, [seeder.address])
    await until(given.session, () => torrent.stats().finished)
    expect(performance.now() - begin).toBeLessThan(3_000)
  })
})

describe('connections', () => {
  /** Somebody with one piece of the film less than all, so that nobody hangs up. */
  async function leech(fixture: Fixture, address: string): Promise<Torrent> {
    const session = await openSession({ downloadBytesPerSecond: 20 * KIB })
    return await addTo(session, fixture, [address])
  }

  const met = (torrent: Torrent): number => torrent.stats().live?.peers.live ?? 0

  it('are as many as a torrent may have, which changes at run time and is kept', async () => {
    const fixture = film('film.mkv', 4 * MIB, 9)
    const folder = await temporaryFolder()
    const seeder = await openSeeder(fixture)
    await Promise.all([1, 2, 3].map(() => leech(fixture, seeder.address)))
    await expect.poll(() => met(seeder.torrent), { timeout: 10_000 }).toBe(3)
    await seeder.torrent.setMaxConnections(1)
    await expect.poll(() => met(seeder.torrent), { timeout: 10_000 }).toBe(1)
    await expect(seeder.torrent.setMaxConnections(0)).rejects.toMatchObject({ kind: 'bad-limit' })
    await seeder.torrent.setMaxConnections(null)
    const session = await Session.open({ folder, ...ALONE })
    const { torrent } = await session.add(fixture.torrentFile)
    await torrent.setMaxConnections(7)
    await session.close()
    const again = await openSession({ folder })
    expect(again.torrents[0]?.maxConnections).toBe(7)
  })

  it('are as many as all torrents may have', async () => {
    const fixture = film('film.mkv', 4 * MIB, 10)
    const seeder = await openSeeder(fixture)
    await Promise.all([1, 2, 3].map(() => leech(fixture, seeder.address)))
    await expect.poll(() => met(seeder.torrent), { timeout: 10_000 }).toBe(3)
    expect(seeder.session.maxConnections).toEqual({ total: 200, perTorrent: 50 })
    seeder.session.setMaxConnections({ total: 2 })
    expect(seeder.session.maxConnections).toEqual({ total: 2, perTorrent: 50 })
    await expect.poll(() => met(seeder.torrent), { timeout: 10_000 }).toBeLessThanOrEqual(2)
    expect(() => seeder.session.setMaxConnections({ perTorrent: 1.5 })).toThrow('above 0; not 1.5')
  })
})
