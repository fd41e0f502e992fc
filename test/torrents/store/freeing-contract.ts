import { expect, it } from 'vitest'
import { openFullFile, without } from '../../helpers/freed-files.ts'
import { pseudoRandomBytes } from '../../helpers/make-torrent.ts'

const MIB = 1024 * 1024

/** What holds however parts of a file are freed. Within a `describe`. */
export function keepsFreeingContract(): void {
  it('gives them back to the file system and leaves all else as it was', async () => {
    const { files, data, stored, takenBytes } = await openFullFile()
    const before = await takenBytes()
    await files.free(0, [
      { start: MIB, end: 3 * MIB },
      { start: 5 * MIB, end: 6 * MIB },
    ])
    expect(before - (await takenBytes())).toBe(3 * MIB)
    const rest = without(data, [MIB, 3 * MIB], [5 * MIB, 6 * MIB])
    expect(rest.equals(await stored())).toBe(true)
    // Our own change is none that anybody else has made.
    expect(await files.sync()).toEqual([{ file: 0, mark: expect.any(Array) }])
  })

  it('keeps what is written meanwhile, also into them', async () => {
    const { files, data, stored } = await openFullFile()
    const rest = without(data, [MIB, 3 * MIB])
    const writes: Promise<void>[] = []
    const isFreed = files.free(0, [{ start: MIB, end: 3 * MIB }])
    for (const start of [0.5, 1.5, 2.5, 3.5, 7.5]) {
      const bytes = pseudoRandomBytes(65_536, start * 10)
      writes.push(files.write(start * MIB, bytes))
      bytes.copy(rest, start * MIB)
    }
    await Promise.all([isFreed, ...writes])
    expect(rest.equals(await stored())).toBe(true)
    const target = Buffer.alloc(data.length)
    expect(files.read(0, target)).toBe(true)
    expect(rest.equals(target)).toBe(true)
  })

  it('cuts off the end where it is freed, and keeps the size', async () => {
    const { files, data, stored, takenBytes, inode } = await openFullFile()
    const known = await inode()
    await files.free(0, [{ start: 2 * MIB, end: 8 * MIB }])
    expect(await takenBytes()).toBe(2 * MIB)
    expect(without(data, [2 * MIB, 8 * MIB]).equals(await stored())).toBe(true)
    expect(await inode()).toBe(known)
  })
}
