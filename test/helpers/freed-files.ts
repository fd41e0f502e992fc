import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { DiskFiles } from '../../src/torrents/store/disk-files.ts'
import { pseudoRandomBytes } from './make-torrent.ts'
import { temporaryFolder } from './temporary-folder.ts'

const MIB = 1024 * 1024

/** A file of 8 MiB that is there, of which parts are to be freed. */
export async function openFullFile() {
  const folder = await temporaryFolder()
  const path = join(folder, 'Films', 'film.mkv')
  const data = pseudoRandomBytes(8 * MIB, 1)
  await mkdir(dirname(path))
  await writeFile(path, data)
  const files = new DiskFiles(folder, [{ path, offset: 0, length: data.length }])
  onTestFinished(() => files.close())
  return {
    ...{ files, folder, data },
    stored: () => readFile(path),
    /** What the file takes up on the disk. */
    takenBytes: async () => (await stat(path)).blocks * 512,
    inode: async () => (await stat(path)).ino,
  }
}

/** The same bytes, with zeros for what was freed. */
export function without(
  data: Uint8Array,
  ...holes: readonly [start: number, end: number][]
): Buffer {
  const rest = Buffer.from(data)
  for (const [start, end] of holes) rest.fill(0, start, end)
  return rest
}
