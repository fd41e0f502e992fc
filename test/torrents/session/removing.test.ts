import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { parseMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'
import type { Session } from '../../../src/torrents/session/session.ts'
import { SessionState } from '../../../src/torrents/state/session-state.ts'
import type { Torrent } from '../../../src/torrents/torrent/torrent.ts'
import { makeTorrent, pseudoRandomBytes, storeFixture } from '../../helpers/make-torrent.ts'
import { openSession, until } from '../../helpers/sessions.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const show = makeTorrent('Show', [
  { path: ['a.mkv'], data: pseudoRandomBytes(50_000, 1) },
  { path: ['sub', 'b.srt'], data: pseudoRandomBytes(2_000, 2) },
])
const { infoHash } = parseMetainfo(show.torrentFile)
const source = { kind: 'torrent-file', bytes: show.torrentFile } as const
const MAGNET = `magnet:?xt=urn:btih:${'ab'.repeat(20)}&x.pe=127.0.0.1:9`

function stateOf({ folder }: Session): string {
  return join(folder, '.tributary')
}

/** What a kill at this moment would leave, brought back. */
async function afterKill(session: Session): Promise<Session> {
  const folder = await temporaryFolder()
  // What is written meanwhile takes another's place in the middle of the copy.
  await expect
    .poll(() => cp(session.folder, folder, { recursive: true }).then(() => 'copied'), {
      timeout: 10_000,
    })
    .toBe('copied')
  await rm(join(folder, '.tributary', 'lock'))
  return await openSession({ folder })
}

async function savedHashes(session: Session): Promise<readonly string[]> {
  const text = await readFile(join(stateOf(session), 'session.json'), 'utf8')
  const { torrents } = JSON.parse(text) as { torrents: readonly { infoHash: string }[] }
  return torrents.map((torrent) => torrent.infoHash)
}

function onlyOne({ torrents: [torrent] }: Session): Torrent {
  if (torrent === undefined) throw new Error('there is none')
  return torrent
}

async function removeIfThere(session: Session): Promise<void> {
  // Somebody else may be faster.
  await session
    .get(infoHash)
    ?.remove()
    .catch(() => {})
}

it('keeps the torrent file of whatever is listed, however additions and removals cross', async () => {
  const session = await openSession()
  for (let round = 0; round < 6; round++) {
    const under: Promise<unknown>[] = []
    for (let step = 0; step < 8; step++) {
      under.push(step % 2 === 0 ? session.add(source) : removeIfThere(session))
      for (let turn = 0; turn < (round * 7 + step * 3) % 11; turn++) await nextTurn()
    }
    await Promise.all(under)
    const isListed = session.get(infoHash) !== undefined
    const names = await readdir(stateOf(session))
    expect(names.includes(`${infoHash}.torrent`), `round ${round}`).toBe(isListed)
    expect((await savedHashes(session)).includes(infoHash), `round ${round}`).toBe(isListed)
  }
})

it.each([
  ['deleted', []],
  ['forgotten', ['Show']],
])('ends at the next start what was being %s when it was killed', async (kind, left) => {
  const folder = await temporaryFolder()
  await storeFixture(folder, show)
  const session = await openSession({ folder })
  const { torrent } = await session.add(source, { overwrite: true })
  await until(session, () => torrent.state.kind === 'live')
  await writeFile(join(stateOf(session), `${infoHash}.${kind}`), '')
  const again = await afterKill(session)
  expect(again.torrents).toEqual([])
  expect((await readdir(again.folder)).filter((name) => name !== '.tributary')).toEqual(left)
  const names = await readdir(stateOf(again))
  expect(names.filter((name) => name.startsWith(infoHash))).toEqual([])
  expect(await savedHashes(again)).toEqual([])
})

it('has no mark left of what was removed and added again', async () => {
  const session = await openSession()
  const { torrent } = await session.add(source)
  await torrent.remove({ deleteFiles: true })
  await session.add(source)
  expect((await afterKill(session)).get(infoHash)?.metainfo?.name).toBe('Show')
})

it('knows nothing of a magnet after a kill that nobody was promised', async () => {
  const session = await openSession()
  await session.add(MAGNET, { provisional: true })
  await session.add(source)
  expect(session.torrents).toHaveLength(2)
  expect(await savedHashes(session)).toEqual([infoHash])
})

it.each([
  ['it is to be kept', (session: Session) => session.persist(onlyOne(session))],
  ['somebody else adds it for good', (session: Session) => session.add(MAGNET)],
])('knows a magnet after a kill once %s', async (_, promise) => {
  const session = await openSession()
  await session.add(MAGNET, { provisional: true })
  await promise(session)
  expect(await savedHashes(session)).toEqual(['ab'.repeat(20)])
})

it('marks what could not be saved: a list that is written for others meanwhile may name it', async () => {
  const session = await openSession()
  const saving = vi.spyOn(SessionState.prototype, 'save').mockRejectedValue(new Error('disk full'))
  await expect(session.add(source)).rejects.toThrow('disk full')
  const namesOfIt = async (): Promise<readonly string[]> =>
    (await readdir(stateOf(session))).filter((name) => name.startsWith(infoHash))
  expect(await namesOfIt()).toEqual([`${infoHash}.forgotten`])
  saving.mockRestore()
  await session.add(source)
  expect(await namesOfIt()).not.toContain(`${infoHash}.forgotten`)
  expect((await afterKill(session)).get(infoHash)?.metainfo?.name).toBe('Show')
})
