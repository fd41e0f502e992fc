import { expect, test } from 'vitest'
import type { Session } from '../../../src/torrents/session/session.ts'
import type { Torrent } from '../../../src/torrents/torrent/torrent.ts'
import { makeTorrent, pseudoRandomBytes } from '../../helpers/make-torrent.ts'
import { openSeeder, openSession } from '../../helpers/sessions.ts'

const show = makeTorrent('Show', [
  { path: ['S01E01.mkv'], data: pseudoRandomBytes(50_000, 4) },
  { path: ['S01E02.mkv'], data: pseudoRandomBytes(50_000, 5) },
])

/** A magnet of which files were chosen that turned out not to exist. */
async function wronglyChosen(): Promise<{ session: Session; torrent: Torrent; magnet: string }> {
  const seeder = await openSeeder(show)
  const session = await openSession()
  const magnet = `magnet:?xt=urn:btih:${seeder.torrent.infoHash}&x.pe=${seeder.address}`
  const { torrent } = await session.add(magnet, { onlyFiles: [7] })
  await expect
    .poll(() => torrent.state, { timeout: 10_000 })
    .toEqual({ kind: 'error', message: 'file id 7 is out of range' })
  return { session, torrent, magnet }
}

async function downloads(torrent: Torrent, ...selected: readonly number[]): Promise<void> {
  await expect.poll(() => torrent.stats().finished, { timeout: 10_000 }).toBe(true)
  expect([0, 1].filter((index) => torrent.isSelected(index))).toEqual(selected)
  expect([0, 1].filter((index) => torrent.hasWhole(index))).toEqual(
    expect.arrayContaining([...selected]),
  )
}

test('files that a magnet does not have are an error until they are chosen rightly', async () => {
  const { session, torrent, magnet } = await wronglyChosen()
  await session.add(magnet, { onlyFiles: [1] })
  await downloads(torrent, 1)
})

test('added again without a choice, all are wanted', async () => {
  const { session, torrent, magnet } = await wronglyChosen()
  await session.add(magnet)
  await downloads(torrent, 0, 1)
})

test('started, all are wanted', async () => {
  const { torrent } = await wronglyChosen()
  await torrent.start()
  await downloads(torrent, 0, 1)
})

test('a choice that is corrected goes on with what was chosen', async () => {
  const { torrent } = await wronglyChosen()
  await torrent.select([0])
  await torrent.start()
  await downloads(torrent, 0)
})
