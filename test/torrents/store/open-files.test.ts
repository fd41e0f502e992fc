import { mkdir, readdir, readlink, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { StoredFile } from '../../../src/torrents/store/file-layout.ts'
import { OpenFiles } from '../../../src/torrents/store/open-files.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const FILE_BYTES = 100

/** Files of 100 bytes, each filled with its number. */
async function store(count: number): Promise<{ folder: string; files: StoredFile[] }> {
  const folder = await temporaryFolder()
  const files = Array.from({ length: count }, (_, index) => {
    return { path: join(folder, String(index)), offset: index * FILE_BYTES, length: FILE_BYTES }
  })
  for (const [index, { path }] of files.entries()) {
    await writeFile(path, Buffer.alloc(FILE_BYTES, index))
  }
  return { folder, files }
}

/** File descriptors of this process that are below `folder`. */
async function openBelow(folder: string): Promise<number> {
  const fds = await readdir('/proc/self/fd')
  const targets = await Promise.all(
    fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  )
  return targets.filter((target) => target.startsWith(folder)).length
}

describe('OpenFiles', () => {
  it('reads across files, pads as zeros', async () => {
    const { folder, files } = await store(3)
    const [first, second, third] = files
    if (first === undefined || second === undefined || third === undefined) throw new Error('three')
    const open = new OpenFiles(folder, [first, { ...second, path: null }, third])
    const target = Buffer.alloc(120, 7)
    expect(await open.read(90, target)).toBe(120)
    const expected = [Buffer.alloc(10), Buffer.alloc(100), Buffer.alloc(10, 2)]
    expect(target.equals(Buffer.concat(expected))).toBe(true)
    await open.close()
  })

  it('reads fewer bytes where a file ends early, or the torrent does', async () => {
    const { folder, files } = await store(2)
    await writeFile(files[0]?.path ?? '', 'x'.repeat(60))
    const open = new OpenFiles(folder, files)
    expect(await open.read(50, Buffer.alloc(100))).toBe(10)
    expect(await open.read(150, Buffer.alloc(100))).toBe(50)
    expect(await open.read(60, Buffer.alloc(100))).toBe(0)
    await open.close()
  })

  it('rejects for a file that is missing, and reads it when it is there', async () => {
    const { folder, files } = await store(1)
    await rm(join(folder, '0'))
    const open = new OpenFiles(folder, files)
    await expect(open.read(0, Buffer.alloc(10))).rejects.toThrow('ENOENT')
    await writeFile(join(folder, '0'), Buffer.alloc(FILE_BYTES, 5))
    const target = Buffer.alloc(10)
    expect(await open.read(0, target)).toBe(10)
    expect(target[9]).toBe(5)
    await open.close()
  })

  it('keeps 32 files open and no more, and reads all of them right', async () => {
    const { folder, files } = await store(80)
    const open = new OpenFiles(folder, files)
    for (let round = 0; round < 2; round++) {
      const reads = files.map(async ({ offset }, index) => {
        const target = Buffer.alloc(FILE_BYTES)
        expect(await open.read(offset, target)).toBe(FILE_BYTES)
        expect(target.every((byte) => byte === index)).toBe(true)
      })
      await Promise.all(reads)
    }
    await expect.poll(() => openBelow(folder)).toBe(32)
    await open.close()
    expect(await openBelow(folder)).toBe(0)
  })

  it('leaves nothing open of what cannot be read', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, '0'))
    const open = new OpenFiles(folder, [{ path: join(folder, '0'), offset: 0, length: FILE_BYTES }])
    await expect(open.read(0, Buffer.alloc(10))).rejects.toThrow('EISDIR')
    await expect.poll(() => openBelow(folder)).toBe(0)
  })

  it('lets reads end that are under way when it is closed, and leaves nothing open', async () => {
    const { folder, files } = await store(4)
    const open = new OpenFiles(folder, files)
    const target = Buffer.alloc(400)
    const reading = open.read(0, target)
    await open.close()
    expect(await reading).toBe(400)
    expect(target[399]).toBe(3)
    await expect.poll(() => openBelow(folder)).toBe(0)
  })
})
