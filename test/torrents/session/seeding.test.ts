import { describe, expect, it } from 'vitest'
import { pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'
import { openSeeder, openSession, until } from '../../helpers/sessions.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const DATA = pseudoRandomBytes(700_000, 31)
const FIXTURE = singleFile('film.mkv', DATA, 64 * 1024)
const SOURCE = { kind: 'torrent-file', bytes: FIXTURE.torrentFile } as const

describe('a torrent that has been seeded enough', () => {
  it('is paused at its ratio, can still be streamed, and goes on for ever when it is started again', async () => {
    const seeder = await openSeeder(FIXTURE, { seedRatio: 1 })
    const leech = await openSession()
    const { torrent } = await leech.add(SOURCE, { initialPeers: [seeder.address] })
    await until(leech, () => torrent.stats().finished)
    await until(seeder.session, () => seeder.torrent.state.kind === 'paused')
    const stream = seeder.torrent.stream(0)
    expect(await stream.read(new Uint8Array(1_000))).toBe(1_000)
    stream.close()
    await seeder.torrent.start()
    expect(seeder.torrent.record.seeding).toMatchObject({ isEndless: true })
    expect(seeder.torrent.countSeeding(performance.now())).toBeNull()
    await seeder.torrent.pause()
    expect(seeder.torrent.record.seeding).toMatchObject({ isEndless: false })
  })

  it('counts minutes while it is live, and what its owner says of it goes before the session', async () => {
    const { torrent } = await openSeeder(FIXTURE, { seedMinutes: 60 })
    const minutes = (count: number): number => count * 60_000
    expect(torrent.countSeeding(0)).toBeNull()
    expect(torrent.countSeeding(minutes(59))).toBeNull()
    expect(torrent.countSeeding(minutes(61))).toBe('time')
    await torrent.setSeeding({ minutes: 0 })
    expect(torrent.countSeeding(minutes(62))).toBeNull()
    await torrent.setSeeding({ minutes: 30 })
    expect(torrent.countSeeding(minutes(63))).toBe('time')
    await expect(torrent.setSeeding({ ratio: -1 })).rejects.toMatchObject({ kind: 'bad-limit' })
  })

  it('is remembered over a restart', async () => {
    const folder = await temporaryFolder()
    const first = await openSession({ folder })
    const { torrent } = await first.add(SOURCE)
    await torrent.setSeeding({ ratio: 2.5 })
    await first.close()
    const second = await openSession({ folder })
    expect(second.get(torrent.id)?.seeding).toEqual({ ratio: 2.5, minutes: null })
  })
})
