import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { openDiskFiles } from '../../helpers/disk-files.ts'
import { keepsFreeingContract } from './freeing-contract.ts'

describe('freeing parts of a file', () => {
  keepsFreeingContract()

  it('does nothing to a file that is not there', async () => {
    const { files, folder } = await openDiskFiles(1)
    await files.free(0, [{ start: 0, end: 50 }])
    expect(await readdir(folder)).toEqual([])
  })
})
