import { readdir, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PictureCache } from '../../../src/library/pictures/picture-cache.ts'
import { silentLogger } from '../../../src/log.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const picture = (length: number): Buffer =>
  Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(length - 4, 7), Buffer.from([0xff, 0xd9])])

const open = (folder: string, maxBytes = 1_000): Promise<PictureCache> =>
  PictureCache.open({ folder, maxBytes, now: () => Date.now(), log: silentLogger() })

it('gives back what was put into it, over restarts', async () => {
  const folder = await temporaryFolder()
  const cache = await open(folder)
  await cache.put('a', picture(200))
  expect(await cache.get('a')).toEqual(picture(200))
  const later = await open(folder)
  expect([later.bytes, await later.get('a'), await later.get('b')]).toEqual([
    ...[200, picture(200), null],
  ])
})

it('forgets what was not used for longest when it is full', async () => {
  const folder = await temporaryFolder()
  const cache = await open(folder)
  for (const key of ['a', 'b', 'c', 'd']) await cache.put(key, picture(240))
  await cache.get('a')
  await cache.put('e', picture(240))
  const kept = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((key) => cache.get(key)))
  expect(kept.map((bytes) => bytes !== null)).toEqual([true, false, true, true, true])
  expect([cache.bytes, (await readdir(folder)).length]).toEqual([960, 4])
})

it('keeps to a smaller limit after a restart, the newest', async () => {
  const folder = await temporaryFolder()
  const cache = await open(folder)
  await cache.put('a', picture(200))
  const [old = ''] = await readdir(folder)
  await utimes(join(folder, old), 1, 1)
  await cache.put('b', picture(200))
  const later = await open(folder, 300)
  expect([await later.get('a'), await later.get('b')]).toEqual([null, picture(200)])
})

it('does not keep what would take the place of all others', async () => {
  const cache = await open(await temporaryFolder())
  await cache.put('a', picture(300))
  expect(await cache.get('a')).toBeNull()
})

it('gives no picture that was cut off on the disk, and removes what is none of its own', async () => {
  const folder = await temporaryFolder()
  const cache = await open(folder)
  await cache.put('a', picture(200))
  const [name = ''] = await readdir(folder)
  await truncate(join(folder, name), 100)
  expect(await cache.get('a')).toBeNull()
  await writeFile(join(folder, `${name}.tmp`), 'x')
  await open(folder)
  expect(await readdir(folder)).toEqual([name])
})

it('makes no fuss where its folder is a file', async () => {
  const path = join(await temporaryFolder(), 'file')
  await writeFile(path, 'x')
  const cache = await open(path)
  await cache.put('a', picture(200))
  expect(await cache.get('a')).toBeNull()
})
