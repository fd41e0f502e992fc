import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Session } from '../../../src/torrents/session/session.ts'
import type { Torrent } from '../../../src/torrents/torrent/torrent.ts'
import {
  makeTorrent,
  pseudoRandomBytes,
  singleFile,
  storeFixture,
} from '../../helpers/make-torrent.ts'
import { openSeeder, openSession, takeOver, until } from '../../helpers/sessions.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const film = singleFile('film.mkv', pseudoRandomBytes(300_000, 1))
const album = makeTorrent('Album', [
  { path: ['01.mp3'], data: pseudoRandomBytes(50_000, 2) },
  { path: ['02.mp3'], data: pseudoRandomBytes(60_000, 3) },
  { path: ['empty.txt'], data: Buffer.alloc(0) },
])

const LONG_AGO = new Date(1_000_000_000_000)

describe('Session.add', () => {
  it('gives a known torrent back and adds the new peers to it', async () => {
    const session = await openSession()
    const first = await addFixture(session, film)
    const again = await session.add(
      { kind: 'torrent-file', bytes: film.torrentFile },
      { initialPeers: ['127.0.0.1:9'] },
    )
    expect(again).toEqual({ torrent: first, isNew: false })
    expect(first.record.peers).toEqual(['127.0.0.1:9'])
  })

  it('refuses files that are in the way unless they are to be adopted', async () => {
    const session = await openSession()
    await storeFixture(session.folder, film)
    await expect(addFixture(session, film)).rejects.toMatchObject({ kind: 'files-exist' })
    expect(session.torrents).toEqual([])
    const torrent = await addFixture(session, film, { overwrite: true })
    await until(session, () => torrent.state.kind === 'live')
    expect(torrent.stats().finished).toBe(true)
  })

  it('never touches a file that is larger than the torrent says', async () => {
    const session = await openSession()
    const path = join(session.folder, 'film.mkv')
    await writeFile(path, Buffer.alloc(300_001, 7))
    const torrent = await addFixture(session, film, { overwrite: true })
    await until(session, () => torrent.state.kind === 'live')
    expect(torrent.fileFaults.get(0)).toContain('larger')
    expect(() => torrent.stream(0)).toThrow('larger')
    expect((await readFile(path)).every((byte) => byte === 7)).toBe(true)
  })

  it('gives the second torrent of one name a folder of its own', async () => {
    const other = makeTorrent('Album', [{ path: ['01.mp3'], data: pseudoRandomBytes(1_000, 9) }])
    const session = await openSession()
    const first = await addFixture(session, album)
    const second = await addFixture(session, other)
    expect(first.outputFolder).toBe(join(session.folder, 'Album'))
    const short = second.infoHash.slice(0, 8)
    expect(second.outputFolder).toBe(join(session.folder, `Album (${short})`))
  })

  it.each(['../elsewhere', '/etc', '.tributary', 'a/../../b'])(
    'refuses the output folder %s',
    async (outputFolder) => {
      const session = await openSession()
      const adding = addFixture(session, film, { outputFolder })
      await expect(adding).rejects.toMatchObject({ kind: 'bad-folder' })
      expect(session.torrents).toEqual([])
    },
  )

  it('refuses a file index that the torrent does not have', async () => {
    const session = await openSession()
    const adding = addFixture(session, film, { onlyFiles: [7] })
    await expect(adding).rejects.toThrow('file id 7 is out of range')
  })
})

describe('a restart', () => {
  it('brings torrents back: ids, order, pause, selection and place', async () => {
    const folder = await temporaryFolder()
    const before = await openSession({ folder })
    const removed = await addFixture(before, film)
    const kept = await addFixture(before, album, { onlyFiles: [1], outputFolder: 'music/best' })
    await before.remove(removed, { deleteFiles: true })
    await kept.pause()
    const filmAgain = await addFixture(before, film)
    await before.close()
    const after = await openSession({ folder })
    expect(after.torrents.map(({ id }) => id)).toEqual([1, 2])
    const [restored] = after.torrents
    await until(after, () => restored?.state.kind === 'paused')
    expect(restored?.outputFolder).toBe(join(folder, 'music', 'best'))
    expect([0, 1, 2].map((index) => restored?.isSelected(index))).toEqual([false, true, false])
    expect(restored?.addedAt).toEqual(kept.addedAt)
    expect(after.get('2')?.infoHash).toBe(filmAgain.infoHash)
  })

  it('believes what a clean stop had verified, as long as the file looks the same', async () => {
    const { folder, path } = await stoppedWithFilm()
    await writeFile(path, Buffer.alloc(300_000))
    await utimes(path, LONG_AGO, LONG_AGO)
    expect(await finishedAfterRestart(folder)).toBe(true)
  })

  it('checks a file again that has changed since', async () => {
    const { folder, path } = await stoppedWithFilm()
    await writeFile(path, Buffer.alloc(300_000))
    expect(await finishedAfterRestart(folder)).toBe(false)
  })

  it('creates empty files, which no piece brings', async () => {
    const session = await openSession()
    const torrent = await addFixture(session, album)
    await until(session, () => torrent.state.kind === 'live')
    expect((await stat(join(session.folder, 'Album', 'empty.txt'))).size).toBe(0)
  })
})

describe('pause and start', () => {
  it('serves what is there while paused, and wakes a waiting stream by start', async () => {
    const seeder = await openSeeder(film)
    const session = await openSession()
    const torrent = await addFixture(session, film)
    await until(session, () => torrent.state.kind === 'live')
    const stream = torrent.stream(0)
    await torrent.pause()
    await expect(torrent.pause()).rejects.toMatchObject({ kind: 'wrong-state' })
    expect(() => torrent.stream(0)).toThrow('lacks what was asked for')
    torrent.addPeers([seeder.address])
    const reading = stream.read(Buffer.alloc(16))
    await torrent.start()
    expect(await reading).toBeGreaterThan(0)
  })

  it('ends streams when the torrent is removed, and deletes its files only when asked', async () => {
    const session = await openSession()
    await storeFixture(session.folder, album)
    const torrent = await addFixture(session, album, { overwrite: true })
    await until(session, () => torrent.state.kind === 'live')
    const stream = torrent.stream(0)
    await session.remove(torrent, { deleteFiles: true })
    await expect(stream.read(Buffer.alloc(1))).rejects.toMatchObject({ kind: 'closed' })
    await expect(stat(join(session.folder, 'Album'))).rejects.toThrow('ENOENT')
    await mkdir(join(session.folder, 'Album'))
  })
})

describe('a magnet that found nobody', () => {
  it('downloads from its peers once it has its torrent file', async () => {
    const seeder = await openSeeder(film)
    const session = await openSession()
    const { infoHash } = seeder.torrent
    const { torrent } = await session.add({ kind: 'info-hash', infoHash })
    const waiting = torrent.ready()
    const source = { kind: 'torrent-file', bytes: film.torrentFile } as const
    await session.add(source, { initialPeers: [seeder.address] })
    await waiting
    await until(session, () => torrent.stats().finished)
    expect(await readFile(join(session.folder, 'film.mkv'))).toEqual(
      Buffer.from(film.files[0]?.data ?? []),
    )
  })

  it('is resolved by the peers of another magnet', async () => {
    const seeder = await openSeeder(film)
    const session = await openSession()
    const { infoHash } = seeder.torrent
    const { torrent } = await session.add({ kind: 'info-hash', infoHash })
    const uri = `magnet:?xt=urn:btih:${infoHash}&x.pe=${seeder.address}`
    await session.add(uri)
    await torrent.ready()
    await until(session, () => torrent.stats().finished)
  })
})

async function addFixture(
  session: Session,
  fixture: typeof film,
  options: Parameters<Session['add']>[1] = {},
): Promise<Torrent> {
  const source = { kind: 'torrent-file', bytes: fixture.torrentFile } as const
  return (await session.add(source, options)).torrent
}

async function stoppedWithFilm(): Promise<{ folder: string; path: string }> {
  const folder = await temporaryFolder()
  await storeFixture(folder, film)
  await utimes(join(folder, 'film.mkv'), LONG_AGO, LONG_AGO)
  await takeOver(folder, film)
  return { folder, path: join(folder, 'film.mkv') }
}

async function finishedAfterRestart(folder: string): Promise<boolean | undefined> {
  const session = await openSession({ folder })
  const [torrent] = session.torrents
  await until(session, () => torrent?.state.kind === 'live')
  return torrent?.stats().finished
}
