import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { openFullFile } from '../../helpers/freed-files.ts'
import { keepsFreeingContract } from './freeing-contract.ts'

const MIB = 1024 * 1024

describe('freeing parts of a file on a system without fallocate', () => {
  beforeEach(() => {
    vi.stubEnv('PATH', '/nowhere')
  })

  keepsFreeingContract()

  it('puts a new file in the place of the old one', async () => {
    const { files, inode } = await openFullFile()
    const known = await inode()
    await files.free(0, [{ start: MIB, end: 3 * MIB }])
    expect(await inode()).not.toBe(known)
  })

  it('leaves no copy behind, also where it is stopped', async () => {
    const { files, folder, data, stored } = await openFullFile()
    const isFreed = files.free(0, [{ start: MIB, end: 3 * MIB }])
    await files.end()
    await expect(isFreed).rejects.toThrow(/ends|closed/)
    expect(data.equals(await stored())).toBe(true)
    const freeing = join(folder, '.tributary', 'freeing')
    expect(await readdir(freeing).catch(() => [])).toEqual([])
  })
})
