import { readFile, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Session } from '../../../src/torrents/session/session.ts'
import type { Torrent } from '../../../src/torrents/torrent/torrent.ts'
import { pseudoRandomBytes, singleFile, storeFixture } from '../../helpers/make-torrent.ts'
import { openSeeder, openSession, takeOver, until } from '../../helpers/sessions.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const data = pseudoRandomBytes(300_000, 1)
const film = singleFile('film.mkv', data)
const source = { kind: 'torrent-file', bytes: film.torrentFile } as const

/** What another program may do to a file. */
const CHANGES: readonly [string, (path: string) => Promise<void>][] = [
  ['overwritten with zeros', (path) => writeFile(path, Buffer.alloc(data.length))],
  [
    'replaced by a file of zeros',
    async (path) => {
      await writeFile(`${path}.other`, Buffer.alloc(data.length))
      await rename(`${path}.other`, path)
    },
  ],
  ['cut short', (path) => truncate(path, 100_000)],
  [
    'cut short and grown again',
    async (path) => {
      await truncate(path, 0)
      await truncate(path, data.length)
    },
  ],
  ['deleted', (path) => rm(path)],
]

interface Downloaded {
  readonly session: Session
  readonly torrent: Torrent
  readonly path: string
  readonly stopSeeding: () => Promise<void>
}

async function downloaded(): Promise<Downloaded> {
  const seeder = await openSeeder(film)
  const session = await openSession()
  const { torrent } = await session.add(source, { initialPeers: [seeder.address] })
  await until(session, () => torrent.stats().finished)
  const path = join(session.folder, 'film.mkv')
  return {
    session,
    torrent,
    path,

    stopSeeding: () => seeder.session.close(),
  }
}

async function haveAfterRestart(folder: string): Promise<number> {
  const session = await openSession({ folder })
  const [torrent] = session.torrents
  // What is gone as a whole is an error.
  await until(session, () => torrent?.state.kind === 'live' || torrent?.filesAreGone === true)
  const have = torrent?.stats().progressBytes ?? -1
  await session.close()
  return have
}

describe('a film that another program has changed', () => {
  it.each(CHANGES)(
    'right after its last piece, %s: not believed after a clean stop',
    async (_, change) => {
      const { session, path, stopSeeding } = await downloaded()
      await stopSeeding()
      await change(path)
      await session.close()
      expect(await haveAfterRestart(session.folder)).toBeLessThan(data.length)
    },
  )

  it.each(CHANGES)('between a save and the stop, %s: not believed', async (_, change) => {
    const { session, torrent, path, stopSeeding } = await downloaded()
    await stopSeeding()
    await torrent.content?.saveProgress()
    await change(path)
    await session.close()
    expect(await haveAfterRestart(session.folder)).toBeLessThan(data.length)
  })

  it.each(CHANGES)('after the stop, %s: not believed', async (_, change) => {
    const { session, path } = await downloaded()
    await session.close()
    expect(await haveAfterRestart(session.folder)).toBe(data.length)
    await change(path)
    expect(await haveAfterRestart(session.folder)).toBeLessThan(data.length)
  })

  it.each(CHANGES)('before a save, %s: noticed, and fetched again', async (_, change) => {
    const { session, torrent, path } = await downloaded()
    await change(path)
    await torrent.content?.saveProgress()
    const isRight = async (): Promise<boolean> => {
      const stored = await readFile(path).catch(() => Buffer.alloc(0))
      return stored.equals(data) && torrent.stats().finished
    }
    await expect.poll(isRight, { timeout: 15_000 }).toBe(true)
    const chunks: Uint8Array[] = []
    for await (const chunk of torrent.stream(0)) chunks.push(chunk)
    expect(Buffer.concat(chunks).equals(data)).toBe(true)
    await session.close()
    expect(await haveAfterRestart(session.folder)).toBe(data.length)
  })

  it('checked at the start and then overwritten: not believed after the stop', async () => {
    const folder = await temporaryFolder()
    await storeFixture(folder, film)
    const session = await openSession({ folder })
    const { torrent } = await session.add(source, { overwrite: true })
    await until(session, () => torrent.stats().finished)
    await writeFile(join(folder, 'film.mkv'), Buffer.alloc(data.length))
    await session.close()
    expect(await haveAfterRestart(folder)).toBe(0)
  })

  it('touched only, is checked and believed', async () => {
    const { session, torrent, path, stopSeeding } = await downloaded()
    await stopSeeding()
    await utimes(path, new Date(1_000), new Date(1_000))
    await torrent.content?.saveProgress()
    expect(torrent.stats().finished).toBe(true)
    await session.close()
    expect(await haveAfterRestart(session.folder)).toBe(data.length)
  })

  it('with its size and time as they were, is found out by samples after a start', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'film.mkv')
    const time = new Date(1_700_000_000_000)
    await storeFixture(folder, film)
    await utimes(path, time, time)
    await takeOver(folder, film)
    await writeFile(path, pseudoRandomBytes(data.length, 2))
    await utimes(path, time, time)
    const again = await openSession({ folder })
    const [found] = again.torrents
    await until(again, () => found?.state.kind === 'live')
    await expect.poll(() => found?.stats().progressBytes, { timeout: 10_000 }).toBe(0)
    await again.close()
    expect(await haveAfterRestart(folder)).toBe(0)
  })
})
