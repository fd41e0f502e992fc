import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { fileUpdateIdStore } from '../../../src/library/changes/update-id.ts'

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

it('reads what was written last, and leaves one file', () => {
  const folder = emptyFolder()
  const path = join(folder, 'system-update-id')
  expect(fileUpdateIdStore(path).read()).toBe(0)
  fileUpdateIdStore(path).write(41)
  fileUpdateIdStore(path).write(4_294_967_295)
  expect(fileUpdateIdStore(path).read()).toBe(4_294_967_295)
  expect(readdirSync(folder)).toEqual(['system-update-id'])
})

it.each(['', 'x', '-1', '1.5', '4294967296', '{}'])('begins at 0 when the file says %j', (text) => {
  const path = join(emptyFolder(), 'system-update-id')
  writeFileSync(path, text)
  expect(fileUpdateIdStore(path).read()).toBe(0)
})

it('begins at 0 where a folder stands in its place, which is moved beside it', () => {
  const folder = emptyFolder()
  const path = join(folder, 'system-update-id')
  mkdirSync(join(path, 'x'), { recursive: true })
  mkdirSync(`${path}.new`)
  const store = fileUpdateIdStore(path)
  expect(store.read()).toBe(0)
  store.write(7)
  expect(fileUpdateIdStore(path).read()).toBe(7)
  expect(readdirSync(folder)).toHaveLength(2)
})
