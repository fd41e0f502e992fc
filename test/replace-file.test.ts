import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { replaceFile, replaceFileNow } from '../src/replace-file.ts'

let folder = ''
let path = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-test-'))
  path = join(folder, 'file')
})

afterEach(() => rm(folder, { recursive: true, force: true }))

const ways = [
  ['replaceFile()', (text: string) => replaceFile(path, text)],
  ['replaceFileNow()', async (text: string) => replaceFileNow(path, text)],
] as const

describe.each(ways)('%s', (_, replace) => {
  it('leaves the new contents and nothing else', async () => {
    await replace('one')
    await writeFile(`${path}.new`, 'of a crash')
    await replace('two')
    expect(await readFile(path, 'utf8')).toBe('two')
    expect(await readdir(folder)).toEqual(['file'])
  })

  it('moves a folder in its place aside', async () => {
    await mkdir(join(path, 'x'), { recursive: true })
    await replace('one')
    expect(await readFile(path, 'utf8')).toBe('one')
    const [, aside = ''] = await readdir(folder)
    expect(aside).toMatch(/^file\.bad-\d+$/)
    expect(await readdir(join(folder, aside))).toEqual(['x'])
  })

  it('fails where there is no folder', async () => {
    await rm(folder, { recursive: true })
    await expect(replace('one')).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
