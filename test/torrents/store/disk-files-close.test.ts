import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { FILE_LENGTH, isSettled, openDiskFiles, read } from '../../helpers/disk-files.ts'
import { system } from '../../helpers/watched-system.ts'

vi.mock('node:fs', async (importOriginal) => {
  const watching = await import('../../helpers/watched-system.ts')
  return watching.system.watched(await importOriginal())
})

/** As many as may be open. */
const MAX_OPEN = 128

beforeEach(() => system.reset())

function closedFiles(): string[] {
  return system.log.filter((line) => line.startsWith('close'))
}

describe('DiskFiles.close()', () => {
  it.each(['write', 'fsync'] as const)('waits for a %s under way', async (kind) => {
    const { files, write } = await openDiskFiles(2)
    const held = system.hold(kind)
    void write(0, 'a')
    void write(1, 'b')
    void files.sync()
    const closed = files.close()
    await held.reached
    expect(await isSettled(closed)).toBe(false)
    expect(system.open).toContain('0')
    held.release()
    await closed
    expect(system.open).toEqual([])
    expect(system.log.slice(-2)).toEqual(['close 0', 'close 1'])
    expect(system.log).toContain('fsync 1 done')
  })

  it('lets files be used again, also where they have been replaced', async () => {
    const { files, write, stored, pathOf } = await openDiskFiles(2)
    await write(0, 'before')
    await files.close()
    await files.close()
    expect(read(files, 0, 6)).toBe('before')
    const closed = files.close()
    const written = write(0, 'later')
    await closed
    await written
    expect(await stored(0)).toBe('latere')
    await files.close()
    await rm(dirname(pathOf(0)), { recursive: true })
    expect(read(files, 0, 1)).toBeNull()
    await write(0, 'new')
    await files.sync()
    expect(await stored(0)).toBe('new')
    expect(system.log.at(-1)).toBe('fsync 0 done')
  })

  it('waits for no sync that is asked for later, and that one waits for it', async () => {
    const { files, write, stored } = await openDiskFiles(1)
    const done: string[] = []
    const note = (name: string, promise: Promise<unknown>): Promise<unknown> => {
      return promise.then(() => done.push(name))
    }
    await Promise.all([
      note('write', write(0, 'a')),
      note('sync', files.sync()),
      note('close', files.close()),
      note('sync after', files.sync()),
      note('write after', write(0, 'b')),
      note('close after', files.close()),
      note('last sync', files.sync()),
    ])
    expect(done.indexOf('close')).toBeGreaterThan(done.indexOf('sync'))
    expect(done.indexOf('sync after')).toBeGreaterThan(done.indexOf('close'))
    expect(done.indexOf('close after')).toBeGreaterThan(done.indexOf('write after'))
    expect(await stored(0)).toBe('b')
    expect(system.open).toEqual([])
  })

  it.each(['write', 'fsync'] as const)('closes also where a %s has failed', async (kind) => {
    const { files, write } = await openDiskFiles(1)
    system.fail(kind, 'EIO')
    const written = write(0, 'a')
    const synced = files.sync()
    await files.close()
    expect(system.open).toEqual([])
    await expect(kind === 'write' ? written : synced).rejects.toMatchObject({ code: 'EIO' })
    await files.sync()
    expect(system.log.at(-2)).toBe('fsync 0 done')
    expect(system.log.at(-1)).toBe('close 0')
  })
})

describe('more files than may be open', () => {
  it('are all written, the least recently used being closed, and all synced', async () => {
    const count = MAX_OPEN + 12
    const { files, write, stored } = await openDiskFiles(count)
    const names = Array.from({ length: count }, (_, file) => `${file}`)
    await Promise.all(names.slice(0, MAX_OPEN).map((name) => write(Number(name), name)))
    expect(closedFiles()).toEqual([])
    // Used again, so it is not the next to go.
    expect(read(files, 0, 1)).toBe('0')
    await Promise.all(names.slice(MAX_OPEN).map((name) => write(Number(name), name)))
    expect(closedFiles()).toEqual(names.slice(1, 13).map((name) => `close ${name}`))
    await files.sync()
    const synced = system.log.filter((line) => /^fsync \d+ done$/.test(line))
    expect(synced).toHaveLength(count)
    expect(new Set(synced)).toEqual(new Set(names.map((name) => `fsync ${name} done`)))
    expect(await Promise.all(names.map((name) => stored(Number(name))))).toEqual(names)
    expect(system.open).toHaveLength(MAX_OPEN)
  })

  it.each(['write', 'fsync'] as const)('stay open during a %s', async (kind) => {
    const { files, write, stored } = await openDiskFiles(2 * MAX_OPEN)
    for (let file = 0; file < 2 * MAX_OPEN; file++) void write(file, 'x')
    await files.close()
    system.reset()
    const held = system.hold(kind)
    const written = write(0, 'y')
    const synced = files.sync()
    await held.reached
    for (let file = 1; file < 2 * MAX_OPEN; file++) {
      expect(read(files, file * FILE_LENGTH, 1)).toBe('x')
    }
    expect(closedFiles()).not.toContain('close 0')
    expect(system.open.length).toBeLessThanOrEqual(MAX_OPEN)
    held.release()
    await Promise.all([written, synced])
    expect(await stored(0)).toBe('y')
  })
})
