import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Session } from '../../../src/torrents/session/session.ts'
import type { Torrent } from '../../../src/torrents/torrent/torrent.ts'
import { makeTorrent, pseudoRandomBytes, storeFixture } from '../../helpers/make-torrent.ts'
import { openSeeder, openSession, takeOver, until } from '../../helpers/sessions.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

/** Three files that share pieces of 32 KiB: the film's last one has bytes of all three. */
const film = pseudoRandomBytes(300_001, 1)
const subtitle = pseudoRandomBytes(1_000, 2)
const poster = pseudoRandomBytes(70_000, 3)
const show = makeTorrent('Show', [
  { path: ['film.mkv'], data: film },
  { path: ['subs', 'film.srt'], data: subtitle },
  { path: ['poster.jpg'], data: poster },
])
const FILM = 0
const SUBTITLE = 1
const POSTER = 2

/** What may stand in the way of one file, by name. */
const OBSTACLES: readonly [string, string, (path: string) => Promise<void>][] = [
  ['a file that is too large', 'larger', (path) => writeFile(path, Buffer.alloc(2_000, 7))],
  ['a folder', 'folder', (path) => mkdir(join(path, 'mine'), { recursive: true }).then(() => {})],
  [
    'a link that leads outside',
    'link',
    async (path) => {
      const outside = join(await temporaryFolder(), 'outside')
      await writeFile(outside, 'somebody')
      await symlink(outside, path)
    },
  ],
  [
    'a link to nowhere that is outside',
    'link',
    async (path) => {
      await symlink(join(await temporaryFolder(), 'nothing'), path)
    },
  ],
]

async function add(session: Session, options = {}): Promise<Torrent> {
  const source = { kind: 'torrent-file', bytes: show.torrentFile } as const
  return (await session.add(source, options)).torrent
}

async function live(session: Session): Promise<Torrent> {
  const [torrent] = session.torrents
  await until(session, () => torrent?.state.kind === 'live')
  if (torrent === undefined) throw new Error('no torrent')
  return torrent
}

async function contentOf(torrent: Torrent, index: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of torrent.stream(index)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** A data folder with the whole torrent in it, after a clean stop. */
async function completeFolder(): Promise<string> {
  const folder = await temporaryFolder()
  await storeFixture(folder, show)
  await takeOver(folder, show)
  return folder
}

/** What is in a place and below, as one text. */
async function picture(path: string): Promise<string> {
  try {
    const names = await readdir(path, { recursive: true })
    return `folder: ${names.join()}`
  } catch {
    const bytes = await readFile(path).catch(() => 'nothing')
    return createHash('sha1').update(bytes).digest('hex')
  }
}

describe('a file that cannot be used, in a complete torrent, at a start without peers', () => {
  it.each(OBSTACLES)('%s: the others are served to their last byte', async (_, reason, put) => {
    const folder = await completeFolder()
    const path = join(folder, 'Show', 'subs', 'film.srt')
    await rm(path)
    await put(path)
    const before = await picture(path)
    for (let start = 0; start < 2; start++) {
      const session = await openSession({ folder })
      const torrent = await live(session)
      expect((await contentOf(torrent, FILM)).equals(film)).toBe(true)
      expect((await contentOf(torrent, POSTER)).equals(poster)).toBe(true)
      expect([...torrent.fileFaults.keys()]).toEqual([SUBTITLE])
      expect(torrent.fileFaults.get(SUBTITLE)).toContain(reason)
      expect(() => torrent.stream(SUBTITLE)).toThrow(
        expect.objectContaining({ kind: 'unavailable', message: expect.stringContaining(reason) }),
      )
      await session.close()
    }
    expect(await picture(path)).toBe(before)
  })

  it('comes back when it can be used again', async () => {
    const folder = await completeFolder()
    const path = join(folder, 'Show', 'subs', 'film.srt')
    await writeFile(path, Buffer.alloc(2_000))
    const session = await openSession({ folder })
    await live(session)
    await session.close()
    await writeFile(path, subtitle)
    const again = await openSession({ folder })
    const torrent = await live(again)
    expect(torrent.fileFaults.size).toBe(0)
    expect((await contentOf(torrent, SUBTITLE)).equals(subtitle)).toBe(true)
    expect(torrent.stats().finished).toBe(true)
  })

  it('a folder that leads outside: its files alone are left alone', async () => {
    const folder = await completeFolder()
    const outside = await temporaryFolder()
    await rm(join(folder, 'Show', 'subs'), { recursive: true })
    await writeFile(join(outside, 'film.srt'), 'somebody')
    await symlink(outside, join(folder, 'Show', 'subs'))
    const session = await openSession({ folder })
    const torrent = await live(session)
    expect((await contentOf(torrent, FILM)).equals(film)).toBe(true)
    expect(torrent.fileFaults.get(SUBTITLE)).toContain('link')
    expect(await readFile(join(outside, 'film.srt'), 'utf8')).toBe('somebody')
  })

  it('a file in place of a folder: its files alone are left alone', async () => {
    const folder = await completeFolder()
    await rm(join(folder, 'Show', 'subs'), { recursive: true })
    await writeFile(join(folder, 'Show', 'subs'), 'mine')
    const session = await openSession({ folder })
    const torrent = await live(session)
    expect((await contentOf(torrent, FILM)).equals(film)).toBe(true)
    expect(torrent.fileFaults.get(SUBTITLE)).toContain('folder')
    expect(await readFile(join(folder, 'Show', 'subs'), 'utf8')).toBe('mine')
  })

  it('a subtitle edited to another text of the same length costs the film nothing', async () => {
    const folder = await completeFolder()
    await writeFile(join(folder, 'Show', 'subs', 'film.srt'), Buffer.alloc(1_000, 'x'))
    const session = await openSession({ folder })
    const torrent = await live(session)
    expect((await contentOf(torrent, FILM)).equals(film)).toBe(true)
    expect((await contentOf(torrent, POSTER)).equals(poster)).toBe(true)
    expect(torrent.stats().finished).toBe(false)
  })
})

describe('a file that cannot be used while the torrent arrives', () => {
  it.each(OBSTACLES)(
    '%s: the others arrive, and are there after a restart',
    async (_, reason, put) => {
      const seeder = await openSeeder(show)
      const folder = await temporaryFolder()
      const session = await openSession({ folder })
      const torrent = await add(session)
      await until(session, () => torrent.state.kind === 'live')
      const path = join(folder, 'Show', 'subs', 'film.srt')
      await mkdir(dirname(path), { recursive: true })
      await put(path)
      const before = await picture(path)
      torrent.addPeers([seeder.address])
      // Not one piece lies in the subtitle alone.
      await expect.poll(() => torrent.content?.have.isFull, { timeout: 10_000 }).toBe(true)
      expect((await contentOf(torrent, FILM)).equals(film)).toBe(true)
      expect((await contentOf(torrent, POSTER)).equals(poster)).toBe(true)
      expect(torrent.fileFaults.get(SUBTITLE)).toContain(reason)
      expect(torrent.state.kind).toBe('live')
      await session.close()
      await seeder.session.close()

      const again = await openSession({ folder })
      const restored = await live(again)
      expect((await contentOf(restored, FILM)).equals(film)).toBe(true)
      expect((await contentOf(restored, POSTER)).equals(poster)).toBe(true)
      expect(() => restored.stream(SUBTITLE)).toThrow(reason)
      expect(await picture(path)).toBe(before)
    },
  )

  it('its pieces are verified, and others get them from us', async () => {
    const seeder = await openSeeder(show)
    const folder = await temporaryFolder()
    const session = await openSession({ folder })
    const torrent = await add(session)
    await until(session, () => torrent.state.kind === 'live')
    await mkdir(join(folder, 'Show', 'subs', 'film.srt'), { recursive: true })
    torrent.addPeers([seeder.address])
    await expect.poll(() => torrent.content?.have.isFull, { timeout: 10_000 }).toBe(true)
    await seeder.session.close()
    const other = await openSession()
    const copy = await add(other, { initialPeers: [`127.0.0.1:${session.peerPort}`] })
    await until(other, () => copy.stats().finished)
    expect((await contentOf(copy, SUBTITLE)).equals(subtitle)).toBe(true)
  })

  it('an open stream of it ends, and an open stream of another goes on', async () => {
    const folder = await completeFolder()
    const session = await openSession({ folder })
    const torrent = await live(session)
    const path = join(folder, 'Show', 'subs', 'film.srt')
    await rm(path)
    await mkdir(path)
    const filmStream = torrent.stream(FILM)
    await filmStream.read(Buffer.alloc(10))
    await expect(contentOf(torrent, SUBTITLE)).rejects.toMatchObject({ kind: 'unavailable' })
    expect(torrent.fileFaults.get(SUBTITLE)).toContain('folder')
    expect((await contentOf(torrent, FILM)).equals(film)).toBe(true)
    filmStream.seek(film.length - 5)
    expect(await filmStream.read(Buffer.alloc(10))).toBe(5)
  })

  it('is deleted with the torrent as far as it is ours, and the rest is said', async () => {
    const folder = await completeFolder()
    const path = join(folder, 'Show', 'subs', 'film.srt')
    await rm(path)
    await mkdir(join(path, 'mine'), { recursive: true })
    const session = await openSession({ folder })
    const torrent = await live(session)
    const left = await session.remove(torrent, { deleteFiles: true })
    expect(left).toEqual([{ path, reason: expect.stringContaining('folder') }])
    expect(await readdir(join(folder, 'Show'))).toEqual(['subs'])
    expect(await readdir(join(folder, '.tributary'))).not.toContainEqual(
      expect.stringContaining(torrent.infoHash),
    )
  })
})
