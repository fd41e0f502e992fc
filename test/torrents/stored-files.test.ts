import { access, mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { StoredFile } from '../../src/torrents/store/file-layout.ts'
import { deleteFiles } from '../../src/torrents/stored-files.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

async function store(folder: string, ...paths: readonly string[]): Promise<StoredFile[]> {
  const files = paths.map((path) => ({ path: join(folder, path), offset: 0, length: 1 }))
  for (const { path } of files) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, 'x')
  }
  return files
}

describe('deleteFiles()', () => {
  it('deletes the files and the folders that are empty then, but not the data folder', async () => {
    const folder = await temporaryFolder()
    await deleteFiles(await store(folder, 'Show/a', 'Show/s1/b', 'Show/s1/x/c'), folder)
    expect(await readdir(folder)).toEqual([])
  })

  it('leaves folders that have something else in them', async () => {
    const folder = await temporaryFolder()
    const files = await store(folder, 'Show/a', 'Show/s1/b')
    await writeFile(join(folder, 'Show', 'mine'), 'x')
    await deleteFiles(files, folder)
    expect(await readdir(join(folder, 'Show'))).toEqual(['mine'])
  })

  it('does not mind what is gone already, or never was', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'file'), 'x')
    const missing = ['gone', 'file/below', 'no/such/folder']
    const files = missing.map((path) => ({ path: join(folder, path), offset: 0, length: 1 }))
    await deleteFiles([...files, { path: null, offset: 0, length: 1 }], folder)
    expect(await readdir(folder)).toEqual(['file'])
  })

  it('deletes what it can, and then tells what it could not', async () => {
    const folder = await temporaryFolder()
    const [a, b] = await store(folder, 'a/x', 'b')
    const inTheWay = { path: join(folder, 'a'), offset: 0, length: 1 }
    expect(await deleteFiles([inTheWay, a, b].filter(isFile), folder)).toEqual([
      { path: join(folder, 'a'), reason: expect.stringMatching(/directory/) },
    ])
    await expect(access(join(folder, 'b'))).rejects.toThrow('ENOENT')
  })
})

function isFile(file: StoredFile | undefined): file is StoredFile {
  return file !== undefined
}
