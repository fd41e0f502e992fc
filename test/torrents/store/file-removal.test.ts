import { access, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { StoredFile } from '../../../src/torrents/store/file-layout.ts'
import { removeFiles, type Undeleted } from '../../../src/torrents/store/file-removal.ts'
import { packPaths } from '../../../src/torrents/store/packed-files.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

async function store(folder: string, ...paths: readonly string[]): Promise<StoredFile[]> {
  const files = paths.map((path) => ({ path: join(folder, path), offset: 0, length: 1 }))
  for (const { path } of files) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, 'x')
  }
  return files
}

function remove(folder: string, files: readonly StoredFile[]): Promise<Undeleted[]> {
  const lengths = Float64Array.from(files, ({ length }) => length)
  return removeFiles({ root: folder, paths: packPaths(files), lengths })
}

describe('removeFiles()', () => {
  it('deletes the files and the folders that are empty then, but not the data folder', async () => {
    const folder = await temporaryFolder()
    const files = await store(folder, 'Show/a', 'Show/s1/b', 'Show/s1/x/c')
    expect(await remove(folder, files)).toEqual([])
    expect(await readdir(folder)).toEqual([])
  })

  it('leaves folders that have something else in them', async () => {
    const folder = await temporaryFolder()
    const files = await store(folder, 'Show/a', 'Show/s1/b')
    await writeFile(join(folder, 'Show', 'mine'), 'x')
    await remove(folder, files)
    expect(await readdir(join(folder, 'Show'))).toEqual(['mine'])
  })

  it('does not mind what is gone already, or never was', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'file'), 'x')
    const missing = ['gone', 'file/below', 'no/such/folder']
    const files = missing.map((path) => ({ path: join(folder, path), offset: 0, length: 1 }))
    expect(await remove(folder, [...files, { path: null, offset: 0, length: 1 }])).toEqual([])
    expect(await readdir(folder)).toEqual(['file'])
  })

  it('deletes what it can, and tells what it could not', async () => {
    const folder = await temporaryFolder()
    const [a, b] = await store(folder, 'a/x', 'b')
    await writeFile(join(folder, 'a', 'mine'), 'x')
    const inTheWay = { path: join(folder, 'a'), offset: 0, length: 1 }
    const undeleted = await remove(folder, [inTheWay, a, b].filter(isFile))
    expect(undeleted).toEqual([{ path: join(folder, 'a'), reason: 'a folder stands in its place' }])
    await expect(access(join(folder, 'b'))).rejects.toThrow('ENOENT')
    expect(await readdir(join(folder, 'a'))).toEqual(['mine'])
  })

  it('leaves what is larger than the torrent says, which is not of it', async () => {
    const folder = await temporaryFolder()
    const files = await store(folder, 'a', 'b')
    await writeFile(join(folder, 'a'), 'mine')
    expect(await remove(folder, files)).toEqual([
      { path: join(folder, 'a'), reason: 'it is larger than the torrent says' },
    ])
    expect(await readdir(folder)).toEqual(['a'])
  })

  it('deletes nothing that a link leads to outside, and says so', async () => {
    const folder = await temporaryFolder()
    const elsewhere = await temporaryFolder()
    await writeFile(join(elsewhere, 'a'), 'mine')
    await mkdir(join(elsewhere, 'empty'))
    await symlink(elsewhere, join(folder, 'Show'))
    const files = ['Show/a', 'Show/empty/b'].map((path) => {
      return { path: join(folder, path), offset: 0, length: 1 }
    })
    const undeleted = await remove(folder, files)
    expect(undeleted.map(({ path }) => path).sort()).toEqual(files.map(({ path }) => path))
    expect(undeleted[0]?.reason).toContain('link')
    expect(await readFile(join(elsewhere, 'a'), 'utf8')).toBe('mine')
    expect((await readdir(elsewhere)).sort()).toEqual(['a', 'empty'])
  })

  it('deletes a link in place of a file, and not what it leads to', async () => {
    const folder = await temporaryFolder()
    const elsewhere = await temporaryFolder()
    await writeFile(join(elsewhere, 'a'), 'mine')
    await symlink(join(elsewhere, 'a'), join(folder, 'a'))
    const files = [{ path: join(folder, 'a'), offset: 0, length: 1 }]
    expect(await remove(folder, files)).toEqual([])
    expect(await readdir(folder)).toEqual([])
    expect(await readdir(elsewhere)).toEqual(['a'])
  })

  it('works in a data folder that is itself a link', async () => {
    const real = await temporaryFolder()
    const folder = join(await temporaryFolder(), 'data')
    await symlink(real, folder)
    const files = await store(folder, 'Show/a')
    expect(await remove(folder, files)).toEqual([])
    expect(await readdir(real)).toEqual([])
    await rm(folder)
  })
})

function isFile(file: StoredFile | undefined): file is StoredFile {
  return file !== undefined
}
