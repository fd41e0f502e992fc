import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Logger, Session, type Torrent } from '../../../src/index.ts'
import { pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'
import { openSeeder } from '../../helpers/sessions.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const data = pseudoRandomBytes(200_000, 1)
const fixture = singleFile('film.mkv', data)
const INFO_HASH = '0123456789abcdef0123456789abcdef01234567'
/** Nobody but who a test names. */
const ALONE = { dht: false, lsd: false, trackers: false } as const

async function open(folder?: string): Promise<Session> {
  const session = await Session.open({ ...ALONE, folder: folder ?? (await temporaryFolder()) })
  onTestFinished(() => session.close())
  return session
}

/** A torrent of which nothing is here, and nobody has it. */
async function lonely(): Promise<Torrent> {
  const session = await open()
  const { torrent } = await session.add(fixture.torrentFile)
  await torrent.ready()
  return torrent
}

/** A web server that never answers. */
async function silentServer(): Promise<string> {
  const server = createServer(() => {}).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/film.torrent`
}

describe('Session', () => {
  it('takes a magnet, an info hash, a path and bytes for what they are', async () => {
    const session = await open()
    const path = join(await temporaryFolder(), 'film.torrent')
    await writeFile(path, fixture.torrentFile)
    const { torrent } = await session.add(path)
    expect(torrent.name).toBe('film.mkv')
    expect((await session.add(fixture.torrentFile)).isNew).toBe(false)
    expect((await session.add(torrent.infoHash)).torrent).toBe(torrent)
    expect((await session.add(`magnet:?xt=urn:btih:${torrent.infoHash}`)).isNew).toBe(false)
    expect(session.get(torrent.id)).toBe(torrent)
    expect(session.get(torrent.infoHash)).toBe(torrent)
  })

  it('says what is wrong with a path', async () => {
    const session = await open()
    await expect(session.add('/no/such/file')).rejects.toMatchObject({ kind: 'fetch-failed' })
    await expect(session.add(import.meta.filename)).rejects.toMatchObject({
      kind: 'invalid-torrent',
    })
  })

  it('goes on where a listener throws, and tells the others', async () => {
    const session = await open()
    const heard: string[] = []
    session.on('added', () => {
      throw new Error('a mistake of a user')
    })
    session.on('added', ({ infoHash }) => heard.push(infoHash))
    const { torrent } = await session.add(fixture.torrentFile)
    await torrent.ready()
    expect(heard).toEqual([torrent.infoHash])
  })

  it('adds nothing once its signal says so', async () => {
    const session = await open()
    const abort = new AbortController()
    const adding = session.add(await silentServer(), { signal: abort.signal })
    abort.abort(new Error('changed my mind'))
    await expect(adding).rejects.toThrow('changed my mind')
    await expect(session.add(fixture.torrentFile, { signal: abort.signal })).rejects.toThrow()
    expect(session.torrents).toEqual([])
  })

  it('is closed at the end of the block that it was opened in', async () => {
    const folder = await temporaryFolder()
    {
      await using session = await Session.open({ ...ALONE, folder })
      await expect(Session.open({ ...ALONE, folder })).rejects.toMatchObject({ name: 'LockError' })
      expect(session.folder).toBe(folder)
    }
    await (await Session.open({ ...ALONE, folder })).close()
  })

  it('keeps what was paused and what was started over a restart', async () => {
    const folder = await temporaryFolder()
    const first = await open(folder)
    const { torrent } = await first.add(INFO_HASH, { paused: true })
    await torrent.start()
    const { torrent: paused } = await first.add(fixture.torrentFile)
    await paused.ready()
    await paused.pause()
    await first.close()
    const states = async (): Promise<readonly string[]> =>
      JSON.parse(await readFile(join(folder, '.tributary', 'session.json'), 'utf8')).torrents.map(
        ({ isPaused }: { isPaused: boolean }) => isPaused,
      )
    expect(await states()).toEqual([false, true])
  })

  it('tells its events, and a logger that is no library at all', async () => {
    const lines: string[] = []
    const write = (facts: object | string, message?: string): void => {
      lines.push(typeof facts === 'string' ? facts : (message ?? ''))
    }
    const log: Logger = { debug: write, info: write, warn: write, error: write, child: () => log }
    const seeder = await openSeeder(fixture)
    const session = await Session.open({ ...ALONE, folder: await temporaryFolder(), log })
    onTestFinished(() => session.close())
    const events: string[] = []
    session.on('added', ({ name }) => events.push(`added ${name}`))
    session.on('removed', ({ name }) => events.push(`removed ${name}`))
    const finished = new Promise((resolve) => session.once('finished', resolve))
    const { torrent } = await session.add(fixture.torrentFile, { initialPeers: [seeder.address] })
    expect(await finished).toBe(torrent)
    await torrent.remove({ deleteFiles: true })
    expect(events).toEqual(['added film.mkv', 'removed film.mkv'])
    expect(lines).toContain('download finished')
    await expect(readFile(join(session.folder, 'film.mkv'))).rejects.toThrow('ENOENT')
  })
})

describe('Torrent.ready()', () => {
  it('ends with its time, or with the reason of its signal', async () => {
    const session = await open()
    const { torrent } = await session.add(INFO_HASH)
    await expect(torrent.ready({ timeoutMs: 1 })).rejects.toMatchObject({ kind: 'timeout' })
    const abort = new AbortController()
    const waiting = torrent.ready({ signal: abort.signal })
    abort.abort(new Error('not any more'))
    await expect(waiting).rejects.toThrow('not any more')
  })
})

describe('a stream of a file', () => {
  it('reads from start to end, both inclusive', async () => {
    const seeder = await openSeeder(fixture)
    const session = await open()
    const { torrent } = await session.add(fixture.torrentFile, { initialPeers: [seeder.address] })
    await torrent.ready()
    const stream = torrent.files[0]?.stream({ start: 100_000, end: 100_999 })
    const chunks: Uint8Array[] = []
    for await (const chunk of stream ?? []) chunks.push(chunk)
    expect(Buffer.concat(chunks).equals(data.subarray(100_000, 101_000))).toBe(true)
    expect(torrent.files.map(({ index, length }) => [index, length])).toEqual([[0, 200_000]])
  })

  it('ends with the reason of its signal, and takes none that has been given', async () => {
    const torrent = await lonely()
    const abort = new AbortController()
    const { signal } = abort
    const read = torrent.files[0]?.stream({ signal }).read(new Uint8Array(1))
    abort.abort(new Error('the viewer left'))
    await expect(read).rejects.toThrow('the viewer left')
    expect(() => torrent.stream(0, { signal })).toThrow('the viewer left')
  })

  it('can be read on after a read was given up', async () => {
    const torrent = await lonely()
    const stream = torrent.stream(0)
    const abort = new AbortController()
    const read = stream.read(new Uint8Array(1), { signal: abort.signal })
    abort.abort(new Error('later'))
    await expect(read).rejects.toThrow('later')
    expect(await stream.readNow(new Uint8Array(1))).toBeNull()
    stream.close()
    await expect(stream.read(new Uint8Array(1))).rejects.toMatchObject({ kind: 'closed' })
  })
})
