import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { DemoPeer } from '../../src/app/demo.ts'
import { silentLogger } from '../../src/log.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

/** The longest path that Linux takes has 4,095 bytes: a folder fits in here, and no file in that. */
const LENGTH = 4_070

async function folderWithoutRoom(): Promise<string> {
  let folder = await temporaryFolder()
  while (folder.length < LENGTH) {
    const left = LENGTH - folder.length - 1
    // A last name of no characters is none.
    folder = join(folder, 'x'.repeat(left > 252 ? 250 : left))
  }
  await mkdir(folder, { recursive: true })
  return folder
}

it.runIf(process.platform === 'linux')(
  'a demo whose clips cannot be copied leaves no folder behind',
  async () => {
    const folder = await folderWithoutRoom()
    vi.stubEnv('TMPDIR', folder)
    try {
      await expect(DemoPeer.open(silentLogger())).rejects.toThrow('ENAMETOOLONG')
    } finally {
      vi.unstubAllEnvs()
    }
    expect(existsSync(folder)).toBe(true)
    expect(await readdir(folder)).toEqual([])
  },
)
