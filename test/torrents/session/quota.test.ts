import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Torrent } from '../../../src/torrents/torrent/torrent.ts'
import {
  type Fixture,
  pseudoRandomBytes,
  singleFile,
  storeFixture,
} from '../../helpers/make-torrent.ts'
import { openSeeder, openSession, until } from '../../helpers/sessions.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const MIB = 1024 * 1024
const QUOTA = 8 * MIB
const film = (name: string, seed: number): Fixture =>
  singleFile(name, pseudoRandomBytes(12 * MIB, seed), 256 * 1024)
const FILMS = [film('first.mkv', 1), film('second.mkv', 2)]

/** Reads `start` to `end` (MiB, exclusive), as a player does that wants no more. */
async function watch(torrent: Torrent, start: number, end: number): Promise<Buffer> {
  const stream = torrent.stream(0, { start: start * MIB, end: end * MIB - 1 })
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function openViewer(quotaBytes: number, folder?: string) {
  const seeders = await Promise.all(FILMS.map((fixture) => openSeeder(fixture)))
  const dir = folder ?? (await temporaryFolder())
  const session = await openSession({ folder: dir, onDemand: true, quotaBytes })
  const torrents = await Promise.all(
    FILMS.map(async ({ torrentFile }, index) => {
      const initialPeers = [seeders[index]?.address ?? '']
      const { torrent } = await session.add(torrentFile, { initialPeers })
      await until(session, () => torrent.state.kind === 'live')
      return torrent
    }),
  )
  const [first, second] = torrents
  if (first === undefined || second === undefined) throw new Error('two torrents')
  const data = FILMS.map(({ files }) => Buffer.from(files[0]?.data ?? []))
  return { session, folder: dir, first, second, data }
}

const stored = (torrent: Torrent): number => torrent.stats().progressBytes
const taken = async (folder: string, name: string): Promise<number> =>
  (await stat(join(folder, name))).blocks * 512

describe('a quota', () => {
  it('frees what was streamed least recently, on the disk as well', async () => {
    const { folder, first, second, data } = await openViewer(QUOTA)
    expect((await watch(first, 0, 6)).equals(data[0]?.subarray(0, 6 * MIB) ?? Buffer.of())).toBe(
      true,
    )
    await expect
      .poll(() => new Date().getSeconds(), { timeout: 3_000 })
      .not.toBe(new Date().getSeconds())
    await watch(second, 0, 5)
    await expect.poll(() => stored(second), { timeout: 10_000 }).toBe(5 * MIB)
    expect(stored(first) + stored(second)).toBeLessThanOrEqual(QUOTA)
    const sum = async (): Promise<number> =>
      (await taken(folder, 'first.mkv')) + (await taken(folder, 'second.mkv'))
    await expect.poll(sum, { timeout: 10_000 }).toBeLessThanOrEqual(QUOTA)
    // It is fetched again for whoever asks.
    expect((await watch(first, 0, 2)).equals(data[0]?.subarray(0, 2 * MIB) ?? Buffer.of())).toBe(
      true,
    )
  })

  it('is never exceeded, however fast two watch at once, beside what is to be kept', async () => {
    const { first, second, session, data } = await openViewer(QUOTA)
    const kept = film('kept.mkv', 3)
    const { torrent } = await session.add(kept.torrentFile, {
      initialPeers: [(await openSeeder(kept)).address],
    })
    await until(session, () => torrent.state.kind === 'live')
    await watch(torrent, 0, 2)
    await expect.poll(() => stored(torrent), { timeout: 10_000 }).toBe(2 * MIB)
    await torrent.setKeep(true)
    let most = 0
    const looking = setInterval(() => {
      most = Math.max(most, stored(first) + stored(second) + stored(torrent))
    }, 1)
    const films = await Promise.all([watch(first, 0, 8), watch(second, 0, 8)])
    clearInterval(looking)
    for (const [index, seen] of films.entries()) {
      expect(seen.equals(data[index]?.subarray(0, 8 * MIB) ?? Buffer.of())).toBe(true)
    }
    expect(most).toBeGreaterThan(QUOTA / 2)
    expect(most).toBeLessThanOrEqual(QUOTA)
    expect(stored(torrent)).toBe(2 * MIB)
  })

  it('holds for a seek to and fro, which leaves pieces behind that were begun', async () => {
    const { first, second } = await openViewer(QUOTA)
    const stream = first.stream(0, { start: 0 })
    for (let turn = 0; turn < 10; turn++) {
      stream.seek(((turn * 5) % 12) * MIB + 100_000)
      expect(await stream.read(new Uint8Array(1_000))).toBeGreaterThan(0)
      expect(stored(first) + stored(second)).toBeLessThanOrEqual(QUOTA)
    }
    stream.close()
    expect((await watch(second, 0, 6)).length).toBe(6 * MIB)
  })

  it('spares what an open stream wants and what is to be kept', async () => {
    const { session, first, second } = await openViewer(2 * QUOTA)
    await first.setKeep(true)
    await watch(first, 0, 3)
    await watch(second, 0, 8)
    const stream = second.stream(0, { start: 4 * MIB, end: 8 * MIB - 1 })
    session.setQuota(4 * MIB)
    await expect.poll(() => stored(second), { timeout: 10_000 }).toBe(4 * MIB)
    expect(stored(first)).toBe(3 * MIB)
    for (let piece = 0; piece < 32; piece++) {
      expect(second.holdings?.have.has(piece)).toBe(piece >= 16)
    }
    expect(first.record.keep).toBe(true)
    stream.close()
    await expect.poll(() => stored(second), { timeout: 10_000 }).toBeLessThanOrEqual(MIB)
  })

  it('says on the disk that pieces are missing before they are freed', async () => {
    const { folder, session, first, data } = await openViewer(QUOTA)
    await watch(first, 0, 6)
    session.setQuota(2 * MIB)
    await expect.poll(() => stored(first), { timeout: 10_000 }).toBeLessThanOrEqual(2 * MIB)
    await expect.poll(() => taken(folder, 'first.mkv'), { timeout: 10_000 }).toBeLessThan(3 * MIB)
    const resume = await readFile(join(folder, '.tributary', `${first.infoHash}.resume`), 'utf8')
    const said = Buffer.from(JSON.parse(resume).pieces, 'base64')
    expect(said.equals(Buffer.from(first.holdings?.have.bytes ?? []))).toBe(true)
    await session.close()
    const again = await openSession({ folder, onDemand: true })
    const known = again.get(first.id)
    // Until then pieces may be in doubt.
    await expect.poll(() => known?.state.kind).toBe('live')
    const have = known?.holdings?.have
    expect(have?.count).toBeGreaterThan(0)
    const onDisk = await readFile(join(folder, 'first.mkv'))
    for (let piece = 0; piece < 24; piece++) {
      if (!have?.has(piece)) continue
      const [from, to] = [piece * 256 * 1024, (piece + 1) * 256 * 1024]
      expect(onDisk.subarray(from, to).equals(data[0]?.subarray(from, to) ?? Buffer.of())).toBe(
        true,
      )
    }
  })

  it('frees of others what it cannot free of a torrent whose files are gone', async () => {
    const folder = await temporaryFolder()
    const small = ['a.mkv', 'b.mkv'].map((name, seed) =>
      singleFile(name, pseudoRandomBytes(2 * MIB, seed + 5), 256 * 1024),
    )
    for (const fixture of small) await storeFixture(folder, fixture)
    const before = await openSession({ folder })
    for (const { torrentFile } of small) {
      const { torrent } = await before.add(torrentFile, { overwrite: true })
      await until(before, () => torrent.stats().finished)
      await torrent.pause()
    }
    await before.close()
    const session = await openSession({ folder, onDemand: true })
    const [gone, there] = session.torrents
    await until(session, () => session.torrents.every(({ state }) => state.kind === 'paused'))
    await rm(join(folder, 'a.mkv'))
    session.setQuota(2 * MIB)
    await expect.poll(() => gone?.filesAreGone, { timeout: 10_000 }).toBe(true)
    await expect.poll(() => there && stored(there), { timeout: 10_000 }).toBeLessThan(2 * MIB)
  })

  it('is refused where all is downloaded, and where it is none', async () => {
    const session = await openSession()
    expect(() => session.setQuota(QUOTA)).toThrow(/on-demand/)
    await expect(openSession({ quotaBytes: QUOTA })).rejects.toMatchObject({ kind: 'bad-limit' })
    const onDemand = await openSession({ onDemand: true })
    expect(() => onDemand.setQuota(-1)).toThrow(/whole number/)
  })
})
