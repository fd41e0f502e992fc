import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDataFolder } from '../../src/app/data-folder.ts'
import { StartError } from '../../src/app/start-error.ts'

let parent = ''

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'tributary-test-'))
})

afterEach(() => rm(parent, { recursive: true, force: true }))

describe('openDataFolder()', () => {
  it('makes the folder and what leads to it, and takes one that is there', async () => {
    const path = join(parent, 'a', 'b', 'c')
    for (const _time of ['first', 'second']) {
      const folder = await openDataFolder(path)
      expect(folder.path).toBe(path)
      await folder.dispose()
      expect(existsSync(path)).toBe(true)
    }
  })

  it('makes a temporary one where none is given, and removes it', async () => {
    const folder = await openDataFolder(null)
    expect(isAbsolute(folder.path)).toBe(true)
    await writeFile(join(folder.path, 'film'), 'x')
    await folder.dispose()
    expect(existsSync(folder.path)).toBe(false)
  })

  it('names a file that is in the way', async () => {
    const path = join(parent, 'file')
    await writeFile(path, '')
    for (const dir of [path, join(path, 'below')]) {
      const promise = openDataFolder(dir)
      await expect(promise).rejects.toThrow(StartError)
      await expect(promise).rejects.toThrow(`the folder ${dir} cannot be used: not a directory`)
    }
  })

  it.runIf(existsSync('/proc/self'))('names a folder that no system lets be made', async () => {
    const promise = openDataFolder('/proc/tributary/films')
    await expect(promise).rejects.toThrow('the folder /proc/tributary/films cannot be used: ')
  })
})
