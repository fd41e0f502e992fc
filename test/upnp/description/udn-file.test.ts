import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseUdn } from '../../../src/upnp/description/names.ts'
import { readOrCreateUdn } from '../../../src/upnp/description/udn-file.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-udn-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

describe('readOrCreateUdn()', () => {
  it('makes one and finds it again', async () => {
    const state = join(folder, 'state')
    const udn = await readOrCreateUdn(state)
    expect(parseUdn(udn)).toBe(udn)
    expect(await readOrCreateUdn(state)).toBe(udn)
    expect(await readFile(join(state, 'udn'), 'utf8')).toBe(`${udn}\n`)
    expect(await readdir(state)).toEqual(['udn'])
  })

  it('makes different ones in different folders', async () => {
    const one = await readOrCreateUdn(join(folder, 'one'))
    expect(await readOrCreateUdn(join(folder, 'two'))).not.toBe(one)
  })

  it('replaces a file that holds none', async () => {
    await writeFile(join(folder, 'udn'), 'uuid:half')
    const udn = await readOrCreateUdn(folder)
    expect(await readOrCreateUdn(folder)).toBe(udn)
  })

  it.each(['', '\0'.repeat(42), '{}', 'uuid:12345678-1234-1234-1234'])(
    'makes a new one, once, where the file says %j',
    async (text) => {
      await writeFile(join(folder, 'udn'), text)
      const udn = await readOrCreateUdn(folder)
      expect(parseUdn(udn)).toBe(udn)
      expect(await readOrCreateUdn(folder)).toBe(udn)
    },
  )

  it('moves a folder in its place aside', async () => {
    await mkdir(join(folder, 'udn', 'x'), { recursive: true })
    await mkdir(join(folder, 'udn.new'))
    const udn = await readOrCreateUdn(folder)
    expect(await readOrCreateUdn(folder)).toBe(udn)
    expect(await readdir(folder)).toHaveLength(2)
  })

  it('rejects if the folder cannot be made', async () => {
    const file = join(folder, 'file')
    await writeFile(file, '')
    await expect(readOrCreateUdn(file)).rejects.toThrow('EEXIST')
  })
})
