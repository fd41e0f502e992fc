import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { GoneWatch } from '../../../src/torrents/session/gone-watch.ts'
import type { Session } from '../../../src/torrents/session/session.ts'
import type { Torrent } from '../../../src/torrents/torrent/torrent.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { makeTorrent, pseudoRandomBytes, storeFixture } from '../../helpers/make-torrent.ts'
import { openSeeder, openSession, until } from '../../helpers/sessions.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const show = makeTorrent('Show', [
  { path: ['S01E01.mkv'], data: pseudoRandomBytes(90_000, 4) },
  { path: ['S01E02.mkv'], data: pseudoRandomBytes(90_000, 5) },
])

interface Gone {
  readonly folder: string
  readonly session: Session
  readonly torrent: Torrent
  comeBack(): Promise<void>
}

/** A finished torrent whose files were taken away while no server ran. */
async function withoutFiles({ paused = false } = {}): Promise<Gone> {
  const folder = await temporaryFolder()
  await storeFixture(folder, show)
  const before = await openSession({ folder })
  const added = await before.add(show.torrentFile, { overwrite: true })
  await until(before, () => added.torrent.stats().finished)
  if (paused) await added.torrent.pause()
  await before.close()
  const elsewhere = join(await temporaryFolder(), 'Show')
  await mkdir(join(elsewhere, '..'), { recursive: true })
  await rename(join(folder, 'Show'), elsewhere)
  const session = await openSession({ folder })
  const torrent = session.get(added.torrent.infoHash) as Torrent
  await until(session, () => torrent.state.kind === 'error')
  return { folder, session, torrent, comeBack: () => rename(elsewhere, join(folder, 'Show')) }
}

test('files that are all gone are an error, and nothing takes their place', async () => {
  const { folder, torrent } = await withoutFiles()
  expect(torrent.state).toEqual({
    kind: 'error',
    message: expect.stringMatching(/^its files are gone .*S01E01\.mkv/),
  })
  expect(torrent.filesAreGone).toBe(true)
  const { address } = await openSeeder(show)
  torrent.addPeers([address])
  expect(existsSync(join(folder, 'Show'))).toBe(false)
  expect(() => torrent.stream(0)).toThrow('its files are gone')
})

test.each([
  ['a start', (torrent: Torrent) => torrent.start()],
  ['a recheck', (torrent: Torrent) => torrent.recheck()],
  ['a look', async (torrent: Torrent) => torrent.life.filesAreBack()],
])('once they are back, %s goes on with them', async (_, goOn) => {
  const { session, torrent, comeBack } = await withoutFiles()
  await comeBack()
  await goOn(torrent)
  await until(session, () => torrent.state.kind === 'live' && torrent.stats().finished)
  expect([torrent.filesAreGone, torrent.hasWhole(1)]).toEqual([false, true])
})

test('a paused torrent stays paused when they come back', async () => {
  const { session, torrent, comeBack } = await withoutFiles({ paused: true })
  await comeBack()
  torrent.life.filesAreBack()
  await until(session, () => torrent.state.kind === 'paused')
  await expect.poll(() => torrent.hasWhole(0), { timeout: 10_000 }).toBe(true)
})

test('a recheck without them changes nothing', async () => {
  const { folder, torrent } = await withoutFiles()
  const { address } = await openSeeder(show)
  torrent.addPeers([address])
  await expect(torrent.recheck()).rejects.toThrow('its files are gone')
  expect(torrent.state.kind).toBe('error')
  expect(existsSync(join(folder, 'Show'))).toBe(false)
})

test('a start without them downloads them again', async () => {
  const { torrent } = await withoutFiles()
  const { address } = await openSeeder(show)
  await torrent.start()
  torrent.addPeers([address])
  await expect.poll(() => torrent.stats().finished, { timeout: 10_000 }).toBe(true)
})

test('files that come back are found by and by', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'film.mkv')
  const clock = new FakeClock()
  let back = 0
  const torrent = {
    life: {
      gonePath: path,
      filesAreBack: () => {
        back++
      },
    },
  }
  const watch = new GoneWatch(() => [torrent], clock)
  await clock.advance(30_000)
  expect(back).toBe(0)
  await mkdir(path)
  const looked = async (): Promise<number> => {
    await clock.advance(30_000)
    return back
  }
  await expect.poll(looked, { timeout: 10_000 }).toBeGreaterThan(0)
  watch.close()
})
