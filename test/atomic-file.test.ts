import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AtomicFile } from '../src/atomic-file.ts'
import { temporaryFolder } from './helpers/temporary-folder.ts'

describe('AtomicFile', () => {
  it('reads what was written, in a folder that it makes', async () => {
    const file = new AtomicFile(join(await temporaryFolder(), 'a', 'b', 'state'))
    expect(await file.read()).toBeNull()
    await file.write('one')
    expect((await file.read())?.toString()).toBe('one')
    await file.write(new Uint8Array([1, 2]))
    expect([...((await file.read()) ?? [])]).toEqual([1, 2])
  })

  it('shows a reader whole contents only, and the newest in the end', async () => {
    const file = new AtomicFile(join(await temporaryFolder(), 'state'))
    const contents = Array.from({ length: 20 }, (_, n) => String(n % 10).repeat(50_000))
    await file.write('start'.repeat(10_000))
    const writes = Promise.all(contents.map((text) => file.write(text)))
    const seen: string[] = []
    let isDone = false
    const finished = writes.then(() => {
      isDone = true
    })
    while (!isDone) seen.push((await readFile(file.path)).toString())
    await finished
    for (const text of seen) expect(text).toHaveLength(50_000)
    expect((await file.read())?.toString()).toBe(contents.at(-1))
  })

  it('resolves a write only when it, or a newer one, can be read', async () => {
    const file = new AtomicFile(join(await temporaryFolder(), 'state'))
    const written = ['1', '2', '3'].map(async (text) => {
      await file.write(text)
      expect(Number((await file.read())?.toString())).toBeGreaterThanOrEqual(Number(text))
    })
    await Promise.all(written)
  })

  it('goes on after a crash in the middle of a write', async () => {
    const file = new AtomicFile(join(await temporaryFolder(), 'state'))
    await file.write('old')
    await writeFile(`${file.path}.new`, 'hal')
    expect((await file.read())?.toString()).toBe('old')
    await file.write('new')
    expect((await file.read())?.toString()).toBe('new')
  })

  it('leaves nothing else behind, and nothing to others', async () => {
    const folder = await temporaryFolder()
    const file = new AtomicFile(join(folder, 'state'))
    await file.write('x')
    expect(await readdir(folder)).toEqual(['state'])
    expect((await stat(file.path)).mode & 0o777).toBe(0o600)
    await file.remove()
    await file.remove()
    expect(await readdir(folder)).toEqual([])
  })

  it('rejects what cannot be written, keeps the old and cleans up', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, `${'x'.repeat(253)}`)
    await writeFile(path, 'old')
    await expect(new AtomicFile(path).write('new')).rejects.toThrow('ENAMETOOLONG')
    expect(await readFile(path, 'utf8')).toBe('old')
    expect(await readdir(folder)).toHaveLength(1)
  })

  it('moves a folder in its place aside', async () => {
    const folder = await temporaryFolder()
    const file = new AtomicFile(join(folder, 'state'))
    await mkdir(join(folder, 'state', 'full'), { recursive: true })
    await mkdir(join(folder, 'state.new', 'full'), { recursive: true })
    await file.write('x')
    expect((await file.read())?.toString()).toBe('x')
    const [, aside] = (await readdir(folder)).sort()
    expect(aside).toMatch(/^state\.bad-/)
    expect(await readdir(join(folder, aside ?? ''))).toEqual(['full'])
  })

  it('keeps what is damaged, the last three times', async () => {
    const folder = await temporaryFolder()
    const file = new AtomicFile(join(folder, 'state'))
    for (let time = 0; time < 5; time++) {
      await file.write(`${time}`)
      await file.setAside(new Date(time))
    }
    const kept = (await readdir(folder)).sort()
    const texts = kept.map((name) => readFile(join(folder, name), 'utf8'))
    expect(await Promise.all(texts)).toEqual(['2', '3', '4'])
    expect(await file.read()).toBeNull()
  })

  it('keeps the contents before the last where that is asked for', async () => {
    const folder = await temporaryFolder()
    const previousPath = join(folder, 'before')
    const file = new AtomicFile(join(folder, 'state'), { previousPath })
    await file.write('1')
    expect(await readdir(folder)).toEqual(['state'])
    await file.write('2')
    expect(await readFile(previousPath, 'utf8')).toBe('1')
    await file.write('3')
    expect(await readFile(previousPath, 'utf8')).toBe('2')
    expect((await file.read())?.toString()).toBe('3')
  })

  it('writes again after a write that failed', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'file'), '')
    const file = new AtomicFile(join(folder, 'file', 'state'))
    await expect(file.write('x')).rejects.toThrow(/ENOTDIR|EEXIST/)
    await expect(file.write('y')).rejects.toThrow(/ENOTDIR|EEXIST/)
  })
})
