import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { FILE_LENGTH, isSettled, openDiskFiles, read } from '../../helpers/disk-files.ts'
import { pseudoRandomBytes } from '../../helpers/make-torrent.ts'
import { system } from '../../helpers/watched-system.ts'

vi.mock('node:fs', async (importOriginal) => {
  const watching = await import('../../helpers/watched-system.ts')
  return watching.system.watched(await importOriginal())
})

beforeEach(() => system.reset())

describe('DiskFiles.write()', () => {
  it('is done in the order of calls, one at a time', async () => {
    const { write, stored } = await openDiskFiles(2)
    const held = system.hold('write')
    const done: number[] = []
    const places = [0, 0, 1, 0]
    const writes = places.map(async (file, index) => {
      await write(file, `${index} of file ${file}`)
      done.push(index)
    })
    await held.reached
    await turn()
    expect(system.log).toEqual(['write 0'])
    held.release()
    await Promise.all(writes)
    expect(done).toEqual([0, 1, 2, 3])
    expect(system.log).toEqual(places.flatMap((file) => [`write ${file}`, `write ${file} done`]))
    expect([await stored(0), await stored(1)]).toEqual(['3 of file 0', '2 of file 1'])
  })

  it('goes on, across files, where the system has taken a part only', async () => {
    const { files, stored } = await openDiskFiles(3, 1)
    system.mostBytes = 7
    const data = pseudoRandomBytes(230, 1)
    await files.write(50, data)
    expect(await stored(0)).toBe('\0'.repeat(50) + data.toString('latin1', 0, 50))
    expect(await stored(2)).toBe(data.toString('latin1', 150))
    const readAgain = `${data.toString('latin1', 0, 50)}${'\0'.repeat(100)}`
    expect(read(files, 50, 230)).toBe(readAgain + data.toString('latin1', 150))
  })

  it.each([
    ['a file stands in place of its folder', /EEXIST|ENOTDIR/],
    ['a folder stands in its place', /EISDIR/],
    ['the disk is full', /ENOSPC/],
  ])('is refused where %s, and no other is', async (cause, code) => {
    const { folder, pathOf, write, stored, files } = await openDiskFiles(3)
    if (cause.startsWith('a file')) await writeFile(join(folder, '1'), '')
    else if (cause.startsWith('a folder')) await mkdir(pathOf(1), { recursive: true })
    else system.fail('write', 'ENOSPC', 2)
    const writes = [0, 1, 2].map((file) => write(file, `file ${file}`))
    await expect(writes[1]).rejects.toMatchObject({ code: expect.stringMatching(code) })
    await Promise.all([writes[0], writes[2], files.sync()])
    expect([await stored(0), await stored(2)]).toEqual(['file 0', 'file 2'])
    await rm(join(folder, '1'), { recursive: true, force: true })
    await write(1, 'again')
    expect(read(files, FILE_LENGTH, 5)).toBe('again')
  })
})

describe('DiskFiles.read()', () => {
  it('sees what was written, and what stood there before', async () => {
    const { files, folder, write, pathOf } = await openDiskFiles(2)
    expect(read(files, 0, 1)).toBeNull()
    await mkdir(join(folder, '0'))
    await writeFile(pathOf(0), 'before')
    expect(read(files, 0, 6)).toBe('before')
    await write(0, 'af')
    expect(read(files, 0, 6)).toBe('affore')
    await write(0, 'after that')
    expect(read(files, 0, 10)).toBe('after that')
    expect(read(files, 0, 11)).toBeNull()
    expect(read(files, 2, 2)).toBe('te')
  })
})

describe('DiskFiles.sync()', () => {
  it('waits for what was written before', async () => {
    const { files, write } = await openDiskFiles(2)
    const held = system.hold('write', 2)
    void write(0, 'a')
    void write(1, 'b')
    const synced = files.sync()
    await held.reached
    expect(await isSettled(synced)).toBe(false)
    held.release()
    await synced
    const writes = [0, 1].flatMap((file) => [`write ${file}`, `write ${file} done`])
    const syncs = [0, 1].flatMap((file) => [`fsync ${file}`, `fsync ${file} done`])
    expect(system.log).toEqual([...writes, ...syncs])
    await files.sync()
    expect(system.log).toHaveLength(8)
  })

  it('holds up neither writes nor reads that are asked for meanwhile', async () => {
    const { files, write, stored } = await openDiskFiles(2)
    const held = system.hold('fsync')
    await write(0, 'a')
    const synced = files.sync()
    await held.reached
    await Promise.all([write(0, 'b'), write(1, 'c')])
    expect([await stored(0), read(files, FILE_LENGTH, 1)]).toEqual(['b', 'c'])
    expect(await isSettled(synced)).toBe(false)
    held.release()
    await synced
  })

  it('covers what was still being written while another one ran', async () => {
    const { files, write } = await openDiskFiles(1)
    const held = system.hold('write', 2)
    void write(0, 'a')
    const before = files.sync()
    const written = write(0, 'b')
    await Promise.all([held.reached, before])
    held.release()
    await written
    await files.sync()
    expect(system.log.slice(-3)).toEqual(['write 0 done', 'fsync 0', 'fsync 0 done'])
  })

  it('is tried again the next time where it failed', async () => {
    const { files, write } = await openDiskFiles(2)
    await Promise.all([write(0, 'a'), write(1, 'b')])
    system.fail('fsync', 'EIO')
    const failed = files.sync()
    const next = files.sync()
    await expect(failed).rejects.toMatchObject({ code: 'EIO' })
    await next
    expect(
      system.log
        .slice(4)
        .filter((line) => line.endsWith('done'))
        .sort(),
    ).toEqual(['fsync 0 done', 'fsync 1 done'])
  })

  it.each([true, false])('does not mind a file that was deleted (open: %s)', async (isOpen) => {
    const { files, write, pathOf } = await openDiskFiles(2)
    await Promise.all([write(0, 'a'), write(1, 'b')])
    if (!isOpen) await files.close()
    await rm(pathOf(0))
    await files.sync()
    expect(system.log).toContain('fsync 1 done')
    expect(system.log.includes('fsync 0 done')).toBe(isOpen)
  })
})
