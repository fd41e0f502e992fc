import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { AtomicFile } from '../../../src/atomic-file.ts'
import type { ObjectId } from '../../../src/library/objects/object-id.ts'
import { PlaybackStore } from '../../../src/library/playback/playback-store.ts'
import { silentLogger } from '../../../src/log.ts'
import { StorageError } from '../../../src/storage-error.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const idOf = (n: number): ObjectId => `${String(n).padStart(40, '0')}-0` as ObjectId
const at = (positionMs: number) => ({ positionMs, playCount: 1, lastPlayedAt: new Date(7) })

function open(path: string): Promise<PlaybackStore> {
  return PlaybackStore.open(new AtomicFile(path), silentLogger())
}

it('keeps what was watched over a restart, the latest first', async () => {
  const path = join(await temporaryFolder(), 'watched.json')
  const store = await open(path)
  store.set(idOf(1), at(1_000))
  store.set(idOf(2), at(2_000))
  store.set(idOf(3), at(0))
  store.set(idOf(1), at(5_000))
  await store.close()
  const reopened = await open(path)
  expect(reopened.begun()).toEqual([idOf(1), idOf(2)])
  expect(reopened.get(idOf(3))).toEqual(at(0))
  expect(reopened.get(idOf(4))).toBeNull()
})

it('has on the disk what somebody waits for, however soon after the last time', async () => {
  const path = join(await temporaryFolder(), 'watched.json')
  const store = await open(path)
  onTestFinished(() => store.close())
  for (const positionMs of [1_000, 2_000, 3_000]) {
    store.set(idOf(1), at(positionMs))
    await store.saved()
    expect((await open(path)).get(idOf(1))).toEqual(at(positionMs))
  }
})

it('says that it cannot be kept, and keeps it once that is possible', async () => {
  const folder = join(await temporaryFolder(), 'state')
  writeFileSync(folder, 'in the way')
  const store = await open(join(folder, 'watched.json'))
  store.set(idOf(1), at(1_000))
  await expect(store.saved()).rejects.toThrow(/ENOTDIR|EEXIST/)
  rmSync(folder)
  await store.saved()
  await store.close()
  expect((await open(join(folder, 'watched.json'))).get(idOf(1))).toEqual(at(1_000))
})

it('takes back what could not be kept, with its place in the order', async () => {
  const played = (positionMs: number, when: number) => ({
    ...{ positionMs, playCount: 1, lastPlayedAt: new Date(when) },
  })
  const store = new PlaybackStore()
  store.set(idOf(1), played(1_000, 1))
  store.set(idOf(2), played(2_000, 2))
  store.set(idOf(1), played(9_000, 3))
  store.set(idOf(3), played(9_000, 4))
  store.takeBack(idOf(1), played(1_000, 1))
  store.takeBack(idOf(3), null)
  expect(store.begun()).toEqual([idOf(2), idOf(1)])
  expect(store.get(idOf(1))?.positionMs).toBe(1_000)
})

it('writes at the end what could not be written before', async () => {
  const folder = join(await temporaryFolder(), 'state')
  writeFileSync(folder, 'in the way')
  const store = await open(join(folder, 'watched.json'))
  store.set(idOf(1), at(1_000))
  await expect(store.saved()).rejects.toThrow(StorageError)
  rmSync(folder)
  await store.close()
  expect((await open(join(folder, 'watched.json'))).get(idOf(1))).toEqual(at(1_000))
})

it('forgets what it is told to', async () => {
  const path = join(await temporaryFolder(), 'watched.json')
  const store = await open(path)
  store.set(idOf(1), at(1_000))
  store.set(idOf(1), null)
  await store.close()
  expect((await open(path)).get(idOf(1))).toBeNull()
})

it('keeps 5,000 files, and writes them a few times however often they change', async () => {
  const path = join(await temporaryFolder(), 'watched.json')
  const store = await open(path)
  for (let n = 0; n < 6_000; n++) store.set(idOf(n), at(n))
  await store.close()
  expect(store.get(idOf(999))).toBeNull()
  expect(store.get(idOf(1_000))).toEqual(at(1_000))
  expect(readFileSync(path).length).toBeLessThan(500_000)
})

it.each([
  '',
  '{',
  '[]',
  'null',
  '{"version":2,"files":[]}',
  '{"version":1,"files":[["x",-1,0,0]]}',
])('begins anew where the file is damaged, which is kept aside: %s', async (text) => {
  const folder = await temporaryFolder()
  const path = join(folder, 'watched.json')
  writeFileSync(path, text)
  expect((await open(path)).begun()).toEqual([])
  const [aside = ''] = readdirSync(folder)
  expect(readFileSync(join(folder, aside), 'utf8')).toBe(text)
})
