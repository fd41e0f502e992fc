import { expect, it } from 'vitest'
import { makeTorrent, pseudoRandomBytes, storeFixture } from '../../helpers/make-torrent.ts'
import { openSession, takeOver, until } from '../../helpers/sessions.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const films = [1, 2, 3].map((seed) =>
  makeTorrent(`Film ${seed}`, [{ path: ['film.mkv'], data: pseudoRandomBytes(200_000, seed) }]),
)

/** A folder that has three finished torrents. */
async function folderOfFilms(): Promise<string> {
  const folder = await temporaryFolder()
  for (const film of films) await storeFixture(folder, film)
  await takeOver(folder, ...films)
  return folder
}

it('lets torrents of an earlier run rest until it is their turn, and tells what they have', async () => {
  const folder = await folderOfFilms()
  const session = await openSession({ folder, maxActiveSeeds: 1, maxActiveDownloads: 1 })
  const { torrents } = session
  await until(session, () => torrents.filter(({ state }) => 'isQueued' in state).length === 2)
  await expect.poll(() => torrents.filter(({ swarm }) => swarm !== null).length).toBe(1)
  const resting = torrents.filter(({ content }) => content === null)
  expect(resting).toHaveLength(2)
  for (const torrent of resting) {
    expect(torrent.stats()).toMatchObject({ finished: true, progressBytes: 200_000 })
    expect(torrent.stats().live).toMatchObject({ downloadBytesPerSecond: 0, peers: { live: 0 } })
    expect(torrent.hasWhole(0)).toBe(true)
    expect(Buffer.from(torrent.haves ?? []).toString('hex')).toMatch(/^f+[08ce]*$/)
  }
})

it('wakes whoever is streamed, which has its turn at once', async () => {
  const folder = await folderOfFilms()
  const session = await openSession({ folder, maxActiveSeeds: 1, maxActiveDownloads: 0 })
  const { torrents } = session
  await until(session, () => torrents.filter(({ state }) => 'isQueued' in state).length === 2)
  const torrent = torrents.find(({ content }) => content === null)
  const film = films.find(({ name }) => name === torrent?.name)
  const stream = torrent?.stream(0)
  const chunk = new Uint8Array(1_000)
  expect(await stream?.read(chunk)).toBe(1_000)
  expect(Buffer.compare(chunk, film?.files[0]?.data.subarray(0, 1_000) ?? chunk)).toBe(0)
  await expect.poll(() => torrent?.swarm).not.toBeNull()
  stream?.close()
})

it('reads a paused torrent that rests, and a removed one ends its stream', async () => {
  const folder = await folderOfFilms()
  const before = await openSession({ folder })
  for (const torrent of before.torrents) {
    await until(before, () => torrent.state.kind === 'live')
    await torrent.pause()
  }
  await before.close()
  const session = await openSession({ folder })
  await until(session, () => session.torrents.every(({ state }) => state.kind === 'paused'))
  const [torrent] = session.torrents
  expect(torrent?.content).toBeNull()
  expect(torrent?.haves).not.toBeNull()
  const stream = torrent?.stream(0)
  const bytes = new Uint8Array(50_000)
  expect(await stream?.read(bytes)).toBeGreaterThan(0)
  expect(torrent?.swarm).toBeNull()
  await torrent?.remove()
  await expect(stream?.read(bytes)).rejects.toThrow('removed')
})
