import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeTorrent, pseudoRandomBytes, storeFixture } from '../../helpers/make-torrent.ts'
import { openSession, takeOver, until } from '../../helpers/sessions.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const film = makeTorrent('Film', [{ path: ['film.mkv'], data: pseudoRandomBytes(200_000, 1) }])

it('goes on with all that it had where the data folder was moved', async () => {
  const parent = await temporaryFolder()
  const before = join(parent, 'before')
  await storeFixture(before, film)
  await takeOver(before, film)

  const after = join(parent, 'after')
  await rename(before, after)
  const moved = await openSession({ folder: after })
  const [found] = moved.torrents
  await until(moved, () => found?.state.kind === 'live')
  expect(found?.stats()).toMatchObject({ finished: true, progressBytes: 200_000 })
  expect(found?.outputFolder).toBe(join(after, 'Film'))
  const stream = found?.stream(0)
  const chunk = new Uint8Array(1_000)
  expect(await stream?.read(chunk)).toBe(1_000)
  expect(Buffer.compare(chunk, film.files[0]?.data.subarray(0, 1_000) ?? Buffer.alloc(0))).toBe(0)
  stream?.close()
})
