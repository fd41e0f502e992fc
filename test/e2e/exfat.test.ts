import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { makeTorrent, pseudoRandomBytes } from '../helpers/make-torrent.ts'
import { openSeeder, openSession, until } from '../helpers/sessions.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'
import { describeWithTools } from './lab/tools.ts'

const run = promisify(execFile)
const DISK_BYTES = 64 * 2 ** 20
const film = pseudoRandomBytes(300_000, 1)
const show = makeTorrent('What: Part 1?', [
  { path: ['a:b.mkv'], data: film },
  { path: ['End.', 'x?.srt'], data: pseudoRandomBytes(1_000, 2) },
  { path: ['empty|.txt'], data: Buffer.alloc(0) },
])

/** A data folder on an exFAT disk of its own. */
async function exfatFolder(): Promise<string> {
  const folder = await temporaryFolder()
  const [image, mounted] = [join(folder, 'image'), join(folder, 'mounted')]
  await writeFile(image, '')
  await truncate(image, DISK_BYTES)
  await mkdir(mounted)
  await run('mkfs.exfat', [image])
  const { stdout } = await run('losetup', ['--find', '--show', image])
  const device = stdout.trim()
  // Hooks end in reverse, each whatever the others do.
  onTestFinished(async () => {
    await run('losetup', ['--detach', device])
  })
  await run('mount.exfat-fuse', [device, mounted])
  onTestFinished(async () => {
    await run('umount', [mounted])
  })
  return join(mounted, 'data')
}

describeWithTools(['mkfs.exfat', 'mount.exfat-fuse', 'losetup'], 'a data folder on exFAT', () => {
  it('takes names that exFAT refuses in another spelling, which it keeps', async () => {
    const folder = await exfatFolder()
    const seeder = await openSeeder(show)
    const session = await openSession({ folder })
    const source = { kind: 'torrent-file', bytes: show.torrentFile } as const
    const { torrent } = await session.add(source, { initialPeers: [seeder.address] })
    await expect.poll(() => torrent.stats().finished, { timeout: 30_000 }).toBe(true)
    const stored = join(folder, 'What_ Part 1_')
    expect((await readdir(stored)).sort()).toEqual(['End_', 'a_b.mkv', 'empty_.txt'])
    expect((await readFile(join(stored, 'a_b.mkv'))).equals(film)).toBe(true)
    await session.close()
    await seeder.session.close()

    const again = await openSession({ folder })
    const [restored] = again.torrents
    await until(again, () => restored?.state.kind === 'live')
    expect(restored?.stats().finished).toBe(true)
    if (restored === undefined) return
    expect(await again.remove(restored, { deleteFiles: true })).toEqual([])
    expect(await readdir(folder)).toEqual(['.tributary'])
    await again.close()
  })
})
