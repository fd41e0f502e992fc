import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { StorageError } from '../../../src/storage-error.ts'
import { parseMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'
import type { Session } from '../../../src/torrents/session/session.ts'
import type { Torrent } from '../../../src/torrents/torrent/torrent.ts'
import { FakeSwarms } from '../../helpers/fake-swarms.ts'
import { pseudoRandomBytes, singleFile, storeFixture } from '../../helpers/make-torrent.ts'
import { openSession, until } from '../../helpers/sessions.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const good = singleFile('good.mkv', pseudoRandomBytes(40_000, 1))
const bad = singleFile('bad.mkv', pseudoRandomBytes(40_000, 2))
const badHash = parseMetainfo(bad.torrentFile).infoHash
const goodHash = parseMetainfo(good.torrentFile).infoHash

/** A folder in which a session has left both torrents. */
async function folderOfBoth(): Promise<string> {
  const folder = await temporaryFolder()
  const session = await openFake(new FakeSwarms(), folder)
  await add(session, bad.torrentFile)
  await add(session, good.torrentFile)
  await session.close()
  return folder
}

function openFake(swarms: FakeSwarms, folder?: string): Promise<Session> {
  return openSession({
    ...(folder === undefined ? {} : { folder }),
    openSwarms: async () => swarms,
  })
}

async function add(session: Session, bytes: Uint8Array): Promise<Torrent> {
  return (await session.add({ kind: 'torrent-file', bytes })).torrent
}

function torrentOf(session: Session, infoHash: string): Torrent {
  const torrent = session.get(infoHash)
  if (torrent === undefined) throw new Error(`${infoHash} is not listed`)
  return torrent
}

function failJoin(infoHash: string): FakeSwarms {
  const swarms = new FakeSwarms()
  swarms.onJoin = (facts) => {
    if (facts.infoHash === infoHash) throw new Error('udp://host:0 is no tracker')
  }
  return swarms
}

describe('a restored torrent that makes trouble', () => {
  it('is in error with the reason where its torrent file cannot be read; the others run', async () => {
    const folder = await folderOfBoth()
    await writeFile(join(folder, '.tributary', `${badHash}.torrent`), 'd4:infode')
    const session = await openFake(new FakeSwarms(), folder)
    expect(torrentOf(session, badHash).state).toMatchObject({ kind: 'error' })
    await until(session, () => torrentOf(session, goodHash).state.kind === 'live')
    expect(session.torrents.map(({ id }) => id)).toEqual([0, 1])
  })

  it('is in error where its torrent file is that of another torrent', async () => {
    const folder = await folderOfBoth()
    await writeFile(join(folder, '.tributary', `${badHash}.torrent`), good.torrentFile)
    const session = await openFake(new FakeSwarms(), folder)
    expect(torrentOf(session, badHash).state).toMatchObject({
      kind: 'error',
      message: expect.stringContaining('another'),
    })
  })

  it('is in error where its swarm cannot be joined; the others run', async () => {
    const session = await openFake(failJoin(badHash), await folderOfBoth())
    await until(session, () => torrentOf(session, badHash).state.kind === 'error')
    await until(session, () => torrentOf(session, goodHash).state.kind === 'live')
    expect(torrentOf(session, badHash).state).toMatchObject({
      message: 'udp://host:0 is no tracker',
    })
  })

  it('is kept over the next restart, in the record and in the list', async () => {
    const folder = await folderOfBoth()
    await writeFile(join(folder, '.tributary', `${badHash}.torrent`), 'nonsense')
    await (await openFake(new FakeSwarms(), folder)).close()
    const session = await openFake(new FakeSwarms(), folder)
    expect(session.torrents).toHaveLength(2)
  })

  it('is resolved from peers by a start', async () => {
    const folder = await folderOfBoth()
    await writeFile(join(folder, '.tributary', `${badHash}.torrent`), 'nonsense')
    const swarms = new FakeSwarms()
    const session = await openFake(swarms, folder)
    const torrent = torrentOf(session, badHash)
    await torrent.start()
    await until(session, () => torrent.state.kind === 'resolving')
    swarms.of(badHash).listener.metadata(infoOf(bad.torrentFile))
    await until(session, () => torrent.state.kind === 'live')
  })

  it('is repaired by its torrent file', async () => {
    const folder = await folderOfBoth()
    const saved = join(folder, '.tributary', `${badHash}.torrent`)
    await writeFile(saved, 'nonsense')
    const session = await openFake(new FakeSwarms(), folder)
    const torrent = await add(session, bad.torrentFile)
    await torrent.ready()
    await until(session, () => torrent.state.kind === 'live')
    expect(await readFile(saved)).toEqual(Buffer.from(bad.torrentFile))
  })

  it('can be removed', async () => {
    const folder = await folderOfBoth()
    await writeFile(join(folder, '.tributary', `${badHash}.torrent`), 'nonsense')
    const session = await openFake(new FakeSwarms(), folder)
    await session.remove(torrentOf(session, badHash), { deleteFiles: true })
    await session.close()
    expect((await openFake(new FakeSwarms(), folder)).torrents).toHaveLength(1)
  })
})

describe('a swarm that makes trouble while the server runs', () => {
  it('makes an error of a start, and the next start works', async () => {
    const swarms = failJoin(badHash)
    const session = await openFake(swarms)
    const torrent = await add(session, bad.torrentFile)
    await until(session, () => torrent.state.kind === 'error')
    await torrent.start()
    await until(session, () => torrent.state.kind === 'error')
    swarms.onJoin = () => {}
    await torrent.start()
    await until(session, () => torrent.state.kind === 'live')
  })

  it('makes an error of a magnet, which stays and can be started', async () => {
    const swarms = failJoin(badHash)
    const session = await openFake(swarms)
    const { torrent } = await session.add({ kind: 'info-hash', infoHash: badHash })
    await expect(torrent.ready()).rejects.toThrow('udp://host:0')
    expect(torrent.state.kind).toBe('error')
    swarms.onJoin = () => {}
    await torrent.start()
    await until(session, () => torrent.state.kind === 'resolving')
    expect(swarms.joined).toHaveLength(1)
  })

  it('does not keep a torrent from pausing and being removed', async () => {
    const swarms = new FakeSwarms()
    const session = await openFake(swarms)
    const torrent = await add(session, bad.torrentFile)
    await until(session, () => torrent.state.kind === 'live')
    swarms.of(badHash).close = () => Promise.reject(new Error('it hangs'))
    await torrent.pause()
    expect(torrent.state.kind).toBe('paused')
    await torrent.start()
    swarms.of(badHash).close = () => Promise.reject(new Error('it hangs'))
    expect(await session.remove(torrent, { deleteFiles: false })).toEqual([])
    expect(session.torrents).toEqual([])
  })

  it('makes an error of a torrent that the engine gives up', async () => {
    const swarms = new FakeSwarms()
    const session = await openFake(swarms)
    const torrent = await add(session, bad.torrentFile)
    await until(session, () => torrent.state.kind === 'live')
    swarms.of(badHash).listener.failed(new Error('given up'))
    expect(torrent.state).toEqual({ kind: 'error', message: 'given up' })
    expect(swarms.of(badHash).isClosed).toBe(true)
    await torrent.start()
    expect(torrent.state.kind).toBe('live')
  })
})

describe('deleting', () => {
  it('takes the files along in the moment after adding', async () => {
    const session = await openFake(new FakeSwarms())
    await storeFixture(session.folder, good)
    const source = { kind: 'torrent-file', bytes: good.torrentFile } as const
    const { torrent } = await session.add(source, { overwrite: true })
    expect(torrent.content).toBeNull()
    await session.remove(torrent, { deleteFiles: true })
    await expect(stat(join(session.folder, 'good.mkv'))).rejects.toThrow('ENOENT')
  })

  it('takes the files along in state error', async () => {
    const session = await openFake(failJoin(goodHash))
    await storeFixture(session.folder, good)
    const source = { kind: 'torrent-file', bytes: good.torrentFile } as const
    const { torrent } = await session.add(source, { overwrite: true })
    await until(session, () => torrent.state.kind === 'error')
    await session.remove(torrent, { deleteFiles: true })
    await expect(stat(join(session.folder, 'good.mkv'))).rejects.toThrow('ENOENT')
  })

  it('leaves a file that is larger than the torrent says, and tells so', async () => {
    const session = await openFake(new FakeSwarms())
    const path = join(session.folder, 'good.mkv')
    await writeFile(path, Buffer.alloc(40_001))
    const source = { kind: 'torrent-file', bytes: good.torrentFile } as const
    const { torrent } = await session.add(source, { overwrite: true })
    await until(session, () => torrent.fileFaults.size > 0)
    expect(await session.remove(torrent, { deleteFiles: true })).toMatchObject([{ path }])
    expect((await stat(path)).size).toBe(40_001)
  })

  it('is refused where a restart would not know of it, and goes through once it can be saved', async () => {
    const folder = await temporaryFolder()
    const session = await openFake(new FakeSwarms(), folder)
    await storeFixture(folder, good)
    const source = { kind: 'torrent-file', bytes: good.torrentFile } as const
    const { torrent } = await session.add(source, { overwrite: true })
    await until(session, () => torrent.state.kind === 'live')
    // All that was to be saved is saved then.
    await torrent.pause()
    const state = join(folder, '.tributary')
    await rm(state, { recursive: true })
    await writeFile(state, 'in the way')
    await expect(session.remove(torrent, { deleteFiles: true })).rejects.toThrow(StorageError)
    expect((await stat(join(folder, 'good.mkv'))).size).toBe(40_000)
    expect(session.torrents).toEqual([torrent])
    await rm(state)
    expect(await session.remove(torrent, { deleteFiles: true })).toEqual([])
    await expect(stat(join(folder, 'good.mkv'))).rejects.toThrow('ENOENT')
    await session.close()
    expect((await openFake(new FakeSwarms(), folder)).torrents).toEqual([])
  })
})

/** What peers give. */
function infoOf(torrentFile: Uint8Array): Uint8Array {
  return parseMetainfo(torrentFile).infoBytes
}
