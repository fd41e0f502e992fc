import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'
import { openSeeder, until } from '../../helpers/sessions.ts'

const PIECE_LENGTH = 32 * 1024

it('finds what was changed behind its back, and goes on as before', async () => {
  const data = pseudoRandomBytes(4 * PIECE_LENGTH, 7)
  const { session, torrent } = await openSeeder(singleFile('film.mkv', data, PIECE_LENGTH))
  expect(torrent.stats().finished).toBe(true)
  const broken = Buffer.from(data)
  broken.fill(0, PIECE_LENGTH, PIECE_LENGTH + 10)
  await writeFile(join(session.folder, 'film.mkv'), broken)
  const isChecked = until(
    session,
    () => torrent.state.kind === 'live' && torrent.stats().progressBytes === 3 * PIECE_LENGTH,
  )
  await torrent.recheck()
  expect(torrent.state.kind).toBe('initializing')
  await expect(torrent.recheck()).rejects.toMatchObject({ kind: 'wrong-state' })
  await isChecked
  expect(Buffer.from(torrent.haves ?? []).toString('hex')).toBe('b0')
})

it('leaves a paused torrent paused', async () => {
  const data = pseudoRandomBytes(2 * PIECE_LENGTH, 8)
  const { session, torrent } = await openSeeder(singleFile('film.mkv', data, PIECE_LENGTH))
  await torrent.pause()
  await torrent.recheck()
  await until(session, () => torrent.state.kind === 'paused')
  expect(torrent.stats().finished).toBe(true)
})
