import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { AtomicFile } from '../../../src/atomic-file.ts'
import type { Session } from '../../../src/torrents/session/session.ts'
import { Disk, DiskError } from '../../../src/torrents/store/disk.ts'
import { PieceStore } from '../../../src/torrents/store/piece-store.ts'
import type { Torrent } from '../../../src/torrents/torrent/torrent.ts'
import { makeTorrent, pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'
import { openSeeder, openSession, until } from '../../helpers/sessions.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const PIECE_LENGTH = 32 * 1024
const data = pseudoRandomBytes(6 * PIECE_LENGTH, 9)
const TIME = new Date(1_700_000_000_000)
const film = singleFile('film.mkv', data, PIECE_LENGTH)

/** Whatever was asked for at once, this is what has to come of it in the end. */
async function isWhole(session: Session, torrent: Torrent): Promise<void> {
  await until(session, () => torrent.state.kind === 'live' && torrent.stats().finished)
  expect((await contentOf(torrent)).equals(data)).toBe(true)
}

async function contentOf(torrent: Torrent): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of torrent.stream(0)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Some bytes of the second piece are others, and the file looks as before. */
async function changeUnseen(path: string): Promise<void> {
  const broken = Buffer.from(data)
  broken.fill(0, PIECE_LENGTH, PIECE_LENGTH + 10)
  await writeFile(path, broken)
  await utimes(path, TIME, TIME)
}

/** What is done to files of the state waits until the returned function is called. */
function heldBack(operation: 'write' | 'remove', ending = ''): () => void {
  const original = AtomicFile.prototype[operation] as (...given: unknown[]) => Promise<void>
  let release = (): void => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const spy = vi.spyOn(AtomicFile.prototype, operation)
  spy.mockImplementation(async function (this: AtomicFile, ...given: unknown[]): Promise<void> {
    if (this.path.endsWith(ending)) await released
    await original.apply(this, given)
  })
  onTestFinished(() => spy.mockRestore())
  return release
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn()
}

function stateOf({ folder }: Session): string {
  return join(folder, '.tributary')
}

it('is checked again whole where somebody else starts it meanwhile', async () => {
  const { session, torrent } = await openSeeder(film)
  await torrent.pause()
  const path = join(session.folder, 'film.mkv')
  await utimes(path, TIME, TIME)
  await torrent.content?.saveProgress()
  await changeUnseen(path)
  const forget = heldBack('remove')
  const rechecking = torrent.recheck()
  const starting = torrent.start()
  await turns(50)
  forget()
  await Promise.all([starting, rechecking])
  await until(session, () => torrent.state.kind === 'live')
  expect(torrent.stats().progressBytes).toBe(5 * PIECE_LENGTH)
})

it('serves who comes while it begins to be checked again', async () => {
  const { session, torrent } = await openSeeder(film)
  const before = torrent.content
  const rechecking = torrent.recheck()
  const reading = contentOf(torrent)
  await rechecking
  expect((await reading).equals(data)).toBe(true)
  await isWhole(session, torrent)
  expect(torrent.content).not.toBe(before)
})

it('is checked again also where what was known of it cannot be saved any more', async () => {
  const { session, torrent } = await openSeeder(film)
  const writing = vi.spyOn(AtomicFile.prototype, 'write').mockRejectedValue(new Error('disk full'))
  await torrent.recheck()
  writing.mockRestore()
  await isWhole(session, torrent)
})

it('is in error where it cannot be forgotten what is on the disk, and goes on once it can', async () => {
  const { session, torrent } = await openSeeder(film)
  const removing = vi.spyOn(AtomicFile.prototype, 'remove').mockRejectedValue(new Error('EROFS'))
  await expect(torrent.recheck()).rejects.toThrow('EROFS')
  expect(torrent.state).toEqual({ kind: 'error', message: 'EROFS' })
  removing.mockRestore()
  await torrent.start()
  await isWhole(session, torrent)
})

it('is not held up for ever by a full disk of before it is checked again', async () => {
  const { address } = await openSeeder(film)
  const session = await openSession()
  const full = new DiskError('ENOSPC', 'no space left on device', null)
  const run = Disk.prototype.run
  const running = vi.spyOn(Disk.prototype, 'run')
  running.mockImplementation(async function (this: Disk, job) {
    if (job.kind === 'write') throw full
    return await run.call(this, job)
  })
  onTestFinished(() => running.mockRestore())
  const { torrent } = await session.add(film.torrentFile, { initialPeers: [address] })
  await until(session, () => torrent.state.kind === 'error')
  const { content } = torrent
  let save = (): void => {}
  const saved = new Promise<void>((resolve) => {
    save = resolve
  })
  if (content !== null) content.saveProgress = () => saved
  const rechecking = torrent.recheck()
  content?.store.retry()
  await turns(20)
  expect(torrent.state.kind).toBe('initializing')
  running.mockRestore()
  save()
  await rechecking
  await isWhole(session, torrent)
})

it('leaves nothing behind where it is removed while it begins to be checked again', async () => {
  const { session, torrent } = await openSeeder(film)
  const save = heldBack('write', '.resume')
  const rechecking = torrent.recheck()
  const removing = session.remove(torrent, { deleteFiles: true })
  await turns(50)
  save()
  await Promise.all([rechecking, removing])
  await turns(50)
  const names = await readdir(stateOf(session))
  expect(names.filter((name) => name.startsWith(torrent.infoHash))).toEqual([])
  expect(await readdir(session.folder)).toEqual(['.tributary'])
})

it('opens no stream and takes no command once it is removed', async () => {
  const { session, torrent } = await openSeeder(film)
  await session.remove(torrent)
  expect(() => torrent.stream(0)).toThrow('the torrent was removed')
  for (const command of ['pause', 'start'] as const) {
    await expect(torrent[command](), command).rejects.toMatchObject({ kind: 'closed' })
  }
  await expect(torrent.select([0])).rejects.toMatchObject({ kind: 'closed' })
  await expect(torrent.recheck()).rejects.toMatchObject({ kind: 'wrong-state' })
})

it('remembers a selection of which an empty file cannot be created', async () => {
  const show = makeTorrent('Show', [
    { path: ['a.mkv'], data: pseudoRandomBytes(50_000, 1) },
    { path: ['empty.nfo'], data: Buffer.alloc(0) },
  ])
  const { session, torrent } = await openSeeder(show)
  await torrent.select([0])
  await rm(join(session.folder, 'Show', 'empty.nfo'), { force: true })
  await torrent.pause()
  await torrent.recheck()
  await until(session, () => torrent.state.kind === 'paused')
  await torrent.start()
  await until(session, () => torrent.state.kind === 'live')
  const creating = vi.spyOn(PieceStore.prototype, 'create').mockRejectedValue(new Error('full'))
  await expect(torrent.select([1])).rejects.toThrow('full')
  creating.mockRestore()
  const saved = async (): Promise<boolean> => {
    const list = await readFile(join(stateOf(session), 'session.json'), 'utf8')
    return /"onlyFiles": ?"1"/.test(list)
  }
  await expect.poll(saved, { timeout: 10_000 }).toBe(true)
})

it('writes nothing once the folder is given up, whatever was asked for before', async () => {
  const folder = await temporaryFolder()
  const { session, torrent } = await openSeeder(film, { folder })
  const pausing = torrent.pause().catch(() => {})
  await session.close()
  const list = join(stateOf(session), 'session.json')
  await rm(list)
  await pausing
  await expect(torrent.setKeep(true)).rejects.toMatchObject({ kind: 'closed' })
  await expect(session.remove(torrent)).rejects.toMatchObject({ kind: 'closed' })
  expect(await readdir(stateOf(session))).not.toContain('session.json')
})

it('ends in the state that was asked for last, however the commands of two clients cross', async () => {
  const { session, torrent } = await openSeeder(film)
  let seed = 7
  const random = (below: number): number => {
    seed = (seed * 16_807) % 2_147_483_647
    return seed % below
  }
  const commands = [
    () => torrent.pause(),
    () => torrent.start(),
    () => torrent.recheck(),
    () => torrent.select(random(2) === 0 ? [] : [0]),
    () => contentOf(torrent),
  ]
  const client = async (): Promise<void> => {
    for (let step = 0; step < 5; step++) {
      // What makes no sense now is refused.
      await commands[random(commands.length)]?.().catch(() => {})
      await turns(random(4))
    }
  }
  for (let round = 0; round < 4; round++) {
    await Promise.all([client(), client()])
    await torrent.select([0])
    await torrent.pause().catch(() => {})
    await expect.poll(() => torrent.state.kind, { timeout: 10_000 }).toBe('paused')
    await torrent.start()
    await isWhole(session, torrent)
  }
})
