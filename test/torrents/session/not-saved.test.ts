import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { StorageError } from '../../../src/storage-error.ts'
import type { Session } from '../../../src/torrents/session/session.ts'
import type { Torrent } from '../../../src/torrents/torrent/torrent.ts'
import { blockFolder } from '../../helpers/blocked-folder.ts'
import { makeTorrent, pseudoRandomBytes, storeFixture } from '../../helpers/make-torrent.ts'
import { openSession, until } from '../../helpers/sessions.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const show = makeTorrent('Show', [
  { path: ['a.mkv'], data: pseudoRandomBytes(50_000, 1) },
  { path: ['b.mkv'], data: pseudoRandomBytes(20_000, 2) },
])
const source = { kind: 'torrent-file', bytes: show.torrentFile } as const
const MAGNET = `magnet:?xt=urn:btih:${'ab'.repeat(20)}&x.pe=127.0.0.1:9`

async function openSeeding(): Promise<{ session: Session; torrent: Torrent }> {
  const folder = await temporaryFolder()
  await storeFixture(folder, show)
  const session = await openSession({ folder })
  const { torrent } = await session.add(source, { overwrite: true })
  await until(session, () => torrent.state.kind === 'live')
  return { session, torrent }
}

const block = ({ folder }: Session) => blockFolder(join(folder, '.tributary'))

/** What a person has asked of a torrent. */
function wishes(session: Session, torrent: Torrent): unknown {
  const { limits, maxConnections, keep, seeding, isPaused, record } = torrent
  const selected = torrent.files.map(({ index }) => torrent.isSelected(index))
  const { trackers } = record
  return {
    limits,
    maxConnections,
    keep,
    seeding,
    isPaused,
    selected,
    trackers,
    all: session.limits,
  }
}

describe('where nothing can be saved', () => {
  it('many changes of one torrent at once are all taken back, and a restart knows no more', async () => {
    const { session, torrent } = await openSeeding()
    await torrent.setLimits({ uploadBps: 5_000 })
    const before = wishes(session, torrent)
    const giveBack = block(session)
    const changes = await Promise.allSettled([
      ...[1_000, 2_000, 3_000].map((uploadBps) => torrent.setLimits({ uploadBps })),
      ...[7, 8].map((most) => torrent.setMaxConnections(most)),
      ...[1, 2].map((ratio) => torrent.setSeeding({ ratio })),
      ...[[0], [1], []].map((files) => torrent.select(files)),
      ...[10_000, 20_000].map((downloadBps) => session.setLimits({ downloadBps })),
      ...[torrent.setKeep(true), torrent.pause(), torrent.start()],
    ])
    for (const change of changes) {
      expect(change).toMatchObject({ status: 'rejected', reason: expect.any(StorageError) })
    }
    expect(wishes(session, torrent)).toEqual(before)
    await until(session, () => torrent.state.kind === 'live')
    giveBack()
    await session.close()
    const again = await openSession({ folder: session.folder })
    const [restored] = again.torrents
    if (restored === undefined) throw new Error('it is gone')
    expect(wishes(again, restored)).toEqual(before)
  })

  it('what is added to a torrent that is there changes nothing of it', async () => {
    const { session, torrent } = await openSeeding()
    const before = wishes(session, torrent)
    const giveBack = block(session)
    const more = `magnet:?xt=urn:btih:${torrent.infoHash}&tr=http%3A%2F%2F127.0.0.1%3A9%2Fa`
    for (const onlyFiles of [undefined, [1]]) {
      const options = onlyFiles === undefined ? {} : { onlyFiles }
      await expect(session.add(more, options)).rejects.toThrow(StorageError)
      expect(wishes(session, torrent)).toEqual(before)
    }
    giveBack()
    await session.add(more, { onlyFiles: [1] })
    expect(wishes(session, torrent)).toMatchObject({
      selected: [false, true],
      trackers: ['http://127.0.0.1:9/a'],
    })
  })

  it('a magnet that nobody was promised stays one', async () => {
    const session = await openSession()
    const { torrent } = await session.add(MAGNET, { provisional: true })
    const giveBack = block(session)
    await expect(session.persist(torrent)).rejects.toThrow(StorageError)
    await expect(session.add(MAGNET)).rejects.toThrow(StorageError)
    giveBack()
    await session.setLimits({ downloadBps: 1_000 })
    await session.close()
    expect((await openSession({ folder: session.folder })).torrents).toEqual([])
  })

  it('a torrent is not removed, nor any of its files', async () => {
    const { session, torrent } = await openSeeding()
    const giveBack = block(session)
    const removal = session.remove(torrent, { deleteFiles: true })
    await expect(removal).rejects.toMatchObject({ what: 'the removal of a torrent' })
    expect(session.torrents).toEqual([torrent])
    expect(torrent.state.kind).toBe('live')
    expect(await readdir(join(session.folder, 'Show'))).toEqual(['a.mkv', 'b.mkv'])
    giveBack()
    expect(await session.remove(torrent, { deleteFiles: true })).toEqual([])
    expect(session.torrents).toEqual([])
  })

  it('a torrent is not checked anew, and is once that can be', async () => {
    const { session, torrent } = await openSeeding()
    const giveBack = block(session)
    await expect(torrent.recheck()).rejects.toThrow(StorageError)
    expect(torrent.state.kind).toBe('live')
    giveBack()
    await torrent.recheck()
    await until(session, () => torrent.state.kind === 'live')
  })

  it('a torrent that has failed starts all the same, as nothing has to be saved for it', async () => {
    const { session, torrent } = await openSeeding()
    torrent.life.fail(new Error('the disk was full'))
    expect(torrent.state.kind).toBe('error')
    const giveBack = block(session)
    await torrent.start()
    await until(session, () => torrent.state.kind === 'live')
    giveBack()
  })
})
