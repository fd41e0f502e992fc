import { expect, it, onTestFinished } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import { ReserveKeeper } from '../../../src/torrents/session/reserve-keeper.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { makeTorrent, pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'
import { openSeeder, openSession, until } from '../../helpers/sessions.ts'

const MIB = 1024 * 1024

it('stops downloading before the reserve is touched, serves what is here, and goes on with room', async () => {
  const fixture = singleFile('film.mkv', pseudoRandomBytes(24 * MIB, 1), 256 * 1024)
  const seeder = await openSeeder(fixture)
  let free = 1_000 * MIB
  const session = await openSession({
    reserveBytes: 500 * MIB,
    freeBytes: () => Promise.resolve(free),
    downloadBytesPerSecond: 4 * MIB,
  })
  const { torrent } = await session.add(fixture.torrentFile, {
    initialPeers: [seeder.address],
  })
  await expect.poll(() => torrent.stats().progressBytes, { timeout: 5_000 }).toBeGreaterThan(0)
  free = 550 * MIB
  await until(session, () => torrent.state.kind === 'error')
  expect(torrent.state).toMatchObject({ message: expect.stringContaining('500 MiB free') })
  // What was asked for before may still come.
  await expect.poll(() => torrent.content?.downloader.bytesPerSecond, { timeout: 8_000 }).toBe(0)
  const stopped = torrent.stats().progressBytes
  expect(stopped).toBeLessThan(24 * MIB)
  const have = torrent.holdings?.have
  const pieces = Array.from({ length: 96 }, (_, piece) => piece)
  const here = pieces.find((piece) => have?.has(piece)) ?? -1
  const missing = pieces.find((piece) => !have?.has(piece)) ?? -1
  const stream = torrent.stream(0, { start: here * 256 * 1024 })
  expect(await stream.read(new Uint8Array(1_000))).toBe(1_000)
  stream.close()
  // Whoever waits already is not given more either.
  const waiting = torrent.stream(0, { start: here * 256 * 1024, end: (missing + 1) * 256 * 1024 })
  waiting.seek(missing * 256 * 1024)
  const next = waiting.read(new Uint8Array(1_000))
  expect(() => torrent.stream(0, { start: missing * 256 * 1024 })).toThrow(
    expect.objectContaining({ kind: 'unavailable' }),
  )
  free = 600 * MIB
  await session.setLimits({ downloadBps: null })
  expect(torrent.state.kind).toBe('error')
  expect(torrent.stats().progressBytes).toBe(stopped)
  free = 700 * MIB
  await expect.poll(() => torrent.stats().finished, { timeout: 10_000 }).toBe(true)
  expect(torrent.state.kind).toBe('live')
  expect(await next).toBe(1_000)
  waiting.close()
  free = 0
  await expect.poll(() => session.torrents[0]?.state.kind, { timeout: 3_000 }).toBe('live')
}, 30_000)

it('refuses a stream of a file that is not selected where it begins with what there is no room for', async () => {
  const fixture = makeTorrent(
    'Show',
    [
      { path: ['film.mkv'], data: pseudoRandomBytes(8 * MIB, 3) },
      { path: ['b.srt'], data: pseudoRandomBytes(1_000, 4) },
    ],
    256 * 1024,
  )
  const seeder = await openSeeder(fixture)
  let free = 1_000 * MIB
  const session = await openSession({
    reserveBytes: 500 * MIB,
    freeBytes: () => Promise.resolve(free),
  })
  const options = { initialPeers: [seeder.address], onlyFiles: [1] }
  const { torrent } = await session.add(fixture.torrentFile, options)
  await until(session, () => torrent.stats().finished)
  free = 510 * MIB
  await expect
    .poll(() => refusalOf(() => torrent.requireStreamable(0, 0)), { timeout: 10_000 })
    .toMatchObject({ kind: 'unavailable', message: expect.stringContaining('500 MiB free') })
  expect(torrent.state.kind).toBe('live')
  expect(torrent.whyMissing(0, 0)).toBe('disk')
  expect(refusalOf(() => torrent.requireStreamable(1, 0))).toBeNull()
  free = 900 * MIB
  await expect.poll(() => refusalOf(() => torrent.requireStreamable(0, 0))).toBeNull()
})

function refusalOf(ask: () => void): unknown {
  try {
    ask()
    return null
  } catch (error) {
    return error
  }
}

it('that is lowered counts at once, without the room that has to come back otherwise', async () => {
  const fixture = singleFile('film.mkv', pseudoRandomBytes(MIB, 2), 256 * 1024)
  const seeder = await openSeeder(fixture)
  const session = await openSession({
    reserveBytes: 100 * MIB,
    freeBytes: () => Promise.resolve(135 * MIB),
  })
  const { torrent } = await session.add(fixture.torrentFile, { initialPeers: [seeder.address] })
  await until(session, () => torrent.state.kind === 'error')
  session.setReserve(10 * MIB)
  await expect.poll(() => torrent.stats().finished, { timeout: 10_000 }).toBe(true)
})

it('is looked at more often the less there is to spare', async () => {
  const clock = new FakeClock()
  let free = 10_000 * MIB
  let looks = 0
  const keeper = new ReserveKeeper({
    ...{ folder: '/', reserveBytes: 500 * MIB, onChange: () => {}, log: silentLogger(), clock },
    freeBytes: () => {
      looks++
      return Promise.resolve(free)
    },
  })
  onTestFinished(() => keeper.close())
  const looksIn = async (ms: number): Promise<number> => {
    const before = looks
    for (let passed = 0; passed < ms; passed += 50) await clock.advance(50)
    return looks - before
  }
  expect(await looksIn(2_000)).toBeLessThan(5)
  free = 900 * MIB
  await looksIn(1_000)
  expect(await looksIn(1_000)).toBeGreaterThan(10)
  free = 100 * MIB
  await looksIn(100)
  expect(keeper.noRoom).toContain('500 MiB')
  expect(await looksIn(2_000)).toBeLessThan(5)
})

it('is a number of bytes, or none', async () => {
  const session = await openSession({ reserveBytes: 5 })
  session.setReserve(null)
  expect(session.reserveBytes).toBeNull()
  expect(() => session.setReserve(0.5)).toThrow(/whole number/)
})
