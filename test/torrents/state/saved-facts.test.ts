import { readFile, rename, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { factsOf, parseMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'
import { StoredMetainfo } from '../../../src/torrents/metainfo/stored-metainfo.ts'
import { SavedFacts, saveFacts } from '../../../src/torrents/state/saved-facts.ts'
import { makeTorrent, pseudoRandomBytes } from '../../helpers/make-torrent.ts'
import { openSession, until } from '../../helpers/sessions.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const show = makeTorrent('Show', [
  { path: ['Season 1', 'é.mkv'], data: pseudoRandomBytes(70_000, 1) },
  { path: ['Season 1', 'b.srt'], data: pseudoRandomBytes(10, 2) },
])

/** A torrent file on the disk, and what is saved of it. */
async function savedShow(): Promise<{ path: string; factsPath: string; stored: StoredMetainfo }> {
  const folder = await temporaryFolder()
  const path = join(folder, 'show.torrent')
  const factsPath = join(folder, 'facts.jsonl')
  await writeFile(path, show.torrentFile)
  const stored = StoredMetainfo.of(parseMetainfo(show.torrentFile), path)
  await saveFacts(factsPath, [stored])
  return { path, factsPath, stored }
}

it('tells of a torrent file what reading it would tell', async () => {
  const { path, factsPath, stored } = await savedShow()
  const found = (await SavedFacts.read(factsPath)).find(stored.infoHash, path)
  expect(found && factsOf(found)).toEqual(factsOf(parseMetainfo(show.torrentFile)))
  expect(Buffer.from(found?.pieceHashes ?? []).equals(stored.pieceHashes)).toBe(true)
  expect(Buffer.from(found?.infoBytes ?? []).equals(stored.infoBytes)).toBe(true)
})

it('tells nothing of a torrent file that has changed or gone, or that it was not told of', async () => {
  const { path, factsPath, stored } = await savedShow()
  const saved = await SavedFacts.read(factsPath)
  await utimes(path, new Date(0), new Date(0))
  expect(saved.find(stored.infoHash, path)).toBeNull()
  await rename(path, `${path}.gone`)
  expect(saved.find(stored.infoHash, path)).toBeNull()
  const other = parseMetainfo(
    makeTorrent('Other', [{ path: ['a'], data: show.torrentFile }]).torrentFile,
  )
  expect(saved.find(other.infoHash, `${path}.gone`)).toBeNull()
})

it.each([
  ['a path that leads out of its folder', (text: string) => text.replace('Season 1', '..')],
  ['a name that is a path', (text: string) => text.replace('"Show"', '"../Show"')],
  ['fewer files than it has pieces for', (text: string) => text.replace('70000', '1')],
  ['a line that was cut short', (text: string) => text.slice(0, -20)],
  ['a line without its end', (text: string) => text.trimEnd()],
  ['facts of another version', (text: string) => text.replace('"version":1', '"version":0')],
  ['a file that is no text', () => '\0\0\0'],
])('does not believe %s', async (_, damage) => {
  const { path, factsPath, stored } = await savedShow()
  await writeFile(factsPath, damage(await readFile(factsPath, 'utf8')))
  expect((await SavedFacts.read(factsPath)).find(stored.infoHash, path)).toBeNull()
})

it('is used for the torrents of a session that has many of them', async () => {
  const folder = await temporaryFolder()
  const torrents = Array.from({ length: 101 }, (_, seed) =>
    makeTorrent(`Film ${seed}`, [{ path: ['film.mkv'], data: pseudoRandomBytes(100, seed) }]),
  )
  const before = await openSession({ folder })
  for (const { torrentFile } of torrents) await before.add(torrentFile, { paused: true })
  const names = before.torrents.map(({ name }) => name)
  await before.close()
  const state = join(folder, '.tributary')
  expect(await readFile(join(state, 'torrent-facts.jsonl'), 'utf8')).toContain('"Film 100"')

  // Of the same size and time, so that only what is saved can tell its name.
  const [first] = before.torrents
  const path = join(state, `${first?.infoHash}.torrent`)
  const facts = (await readFile(join(state, 'torrent-facts.jsonl'), 'utf8')).replace(
    '"Film 0"',
    '"Film O"',
  )
  await writeFile(join(state, 'torrent-facts.jsonl'), facts)
  const session = await openSession({ folder })
  expect(session.torrents.map(({ name }) => name)).toEqual(['Film O', ...names.slice(1)])
  await session.close()

  await utimes(path, new Date(0), new Date(0))
  const again = await openSession({ folder })
  expect(again.torrents.map(({ name }) => name)).toEqual(names)
  await until(again, () => again.torrents.every(({ state }) => state.kind === 'paused'))
})
