import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FetchTorrent } from '../../../src/torrents/metainfo/exact-sources.ts'
import { parseMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'
import type { Session } from '../../../src/torrents/session/session.ts'
import type {
  AddOptions,
  SessionOptions,
  SessionPorts,
} from '../../../src/torrents/session/session-options.ts'
import type { Torrent } from '../../../src/torrents/torrent/torrent.ts'
import { FakeSwarms } from '../../helpers/fake-swarms.ts'
import { makeTorrent, pseudoRandomBytes, storeFixture } from '../../helpers/make-torrent.ts'
import { openSession, until } from '../../helpers/sessions.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const TRACKER = 'http://tracker.example/announce'
const files = [
  { path: ['01.mp3'], data: pseudoRandomBytes(50_000, 2) },
  { path: ['02.mp3'], data: pseudoRandomBytes(60_000, 3) },
]
const album = makeTorrent('Album', files, 32_768, { announce: TRACKER })
const secret = makeTorrent('Secret', files, 32_768, {})
const { infoHash } = parseMetainfo(album.torrentFile)
const MAGNET = `magnet:?xt=urn:btih:${infoHash}`
const OTHER_TRACKER = 'udp://other.example:1337'

interface Fixture {
  readonly session: Session
  readonly swarms: FakeSwarms
  magnet(parameters?: string, options?: AddOptions): Promise<Torrent>
  file(options?: AddOptions): Promise<Torrent>
}

async function open(options: Partial<SessionOptions & SessionPorts> = {}): Promise<Fixture> {
  const swarms = new FakeSwarms()
  const session = await openSession({ openSwarms: async () => swarms, ...options })
  return {
    session,
    swarms,
    magnet: async (parameters = '', adding = {}) =>
      (await session.add(MAGNET + parameters, adding)).torrent,
    file: async (adding = {}) =>
      (await session.add({ kind: 'torrent-file', bytes: album.torrentFile }, adding)).torrent,
  }
}

function selected(torrent: Torrent): boolean[] {
  return torrent.files.map(({ index }) => torrent.isSelected(index))
}

describe('a magnet that nobody answers', () => {
  it('is resolved by its torrent file, and whoever waits for it goes on', async () => {
    const { session, magnet, file, swarms } = await open()
    const torrent = await magnet()
    const waiting = torrent.ready()
    expect(await file()).toBe(torrent)
    await waiting
    await until(session, () => torrent.state.kind === 'live')
    expect(torrent.name).toBe('Album')
    expect(swarms.of(infoHash).addedTrackers).toEqual([TRACKER])
    expect(swarms.of(infoHash).metadata).not.toBeNull()
    expect(swarms.of(infoHash).begun).not.toBeNull()
  })

  it('keeps over a restart what resolved it', async () => {
    const folder = await temporaryFolder()
    const { session, magnet, file } = await open({ folder })
    await magnet()
    await (await file()).ready()
    await session.close()
    const again = await open({ folder })
    expect(again.session.get(infoHash)?.files).toHaveLength(2)
  })

  it('takes trackers and peers of another magnet, which a restart remembers', async () => {
    const folder = await temporaryFolder()
    const { session, magnet, swarms } = await open({ folder })
    await magnet(`&tr=${TRACKER}`)
    const torrent = await magnet(`&tr=${TRACKER}&tr=${OTHER_TRACKER}&x.pe=192.0.2.1:5000`)
    expect(swarms.of(infoHash).addedTrackers).toEqual([OTHER_TRACKER])
    expect(swarms.of(infoHash).peers).toEqual(['192.0.2.1:5000'])
    expect(torrent.state.kind).toBe('resolving')
    await session.close()
    const again = await open({ folder })
    await expect.poll(() => again.swarms.joined.length).toBe(1)
    expect(again.swarms.of(infoHash).facts.trackers).toEqual([TRACKER, OTHER_TRACKER])
    expect(again.swarms.of(infoHash).peers).toEqual(['192.0.2.1:5000'])
  })

  it('uses at most 100 trackers, however many are added', async () => {
    const { magnet } = await open()
    const many = (from: number): string =>
      Array.from({ length: 80 }, (_, index) => `&tr=udp://t${from + index}.example:1`).join('')
    await magnet(many(0))
    const torrent = await magnet(many(80))
    expect(torrent.record.trackers).toHaveLength(100)
  })

  it('takes peers by host name when their address is known', async () => {
    const { magnet, swarms } = await open()
    const torrent = await magnet('&x.pe=localhost:5001&x.pe=no.such.host.invalid:1')
    await expect.poll(() => swarms.joined.length).toBe(1)
    await expect
      .poll(() => swarms.of(infoHash).peers.join())
      .toMatch(/^(127\.0\.0\.1|\[::1\]):5001$/)
    expect(torrent.state.kind).toBe('resolving')
  })
})

describe('a torrent that is here', () => {
  it('gets the trackers and peers of its own torrent file again, and stays as it is', async () => {
    const { session, file, swarms } = await open()
    const torrent = await file()
    await until(session, () => torrent.state.kind === 'live')
    const bare = makeTorrent('Album', files, 32_768, { announce: OTHER_TRACKER })
    await session.add(
      { kind: 'torrent-file', bytes: bare.torrentFile },
      { initialPeers: ['192.0.2.7:7'], outputFolder: 'elsewhere' },
    )
    expect(swarms.joined).toHaveLength(1)
    expect(swarms.of(infoHash).addedTrackers).toEqual([OTHER_TRACKER])
    expect(swarms.of(infoHash).peers).toEqual(['192.0.2.7:7'])
    expect(torrent.outputFolder).toBe(join(session.folder, 'Album'))
  })

  it('downloads what was named last, in place of what was named before', async () => {
    const { session, file, magnet } = await open()
    const torrent = await file({ onlyFiles: [0] })
    await until(session, () => torrent.state.kind === 'live')
    await file({ onlyFiles: [1] })
    expect(selected(torrent)).toEqual([false, true])
    await magnet('&so=0')
    expect(selected(torrent)).toEqual([true, false])
    await file()
    expect(selected(torrent)).toEqual([true, false])
    await file({ onlyFiles: [0, 1] })
    expect(torrent.stats().totalBytes).toBe(110_000)
  })

  it('refuses files that it does not have, and keeps its selection', async () => {
    const { file, magnet } = await open()
    const torrent = await file({ onlyFiles: [0] })
    await expect(magnet('', { onlyFiles: [7] })).rejects.toMatchObject({ kind: 'unknown-file' })
    expect(selected(torrent)).toEqual([true, false])
  })
})

describe('a magnet that turns out unusable', () => {
  it('stays listed, in error with the reason, where its metadata cannot be read', async () => {
    const { session, magnet, swarms } = await open()
    const torrent = await magnet()
    const waiting = torrent.ready()
    swarms.of(infoHash).listener.metadata(Buffer.from('d4:name1:xe'))
    await expect(waiting).rejects.toMatchObject({ kind: 'invalid-torrent' })
    expect(session.torrents).toEqual([torrent])
    expect(torrent.state).toMatchObject({ kind: 'error' })
    expect(swarms.of(infoHash).isClosed).toBe(true)
  })

  it('stays where its metadata is another torrent’s', async () => {
    const { magnet, swarms } = await open()
    const torrent = await magnet()
    swarms.of(infoHash).listener.metadata(infoOf(secret.torrentFile))
    await expect(torrent.ready()).rejects.toThrow('another torrent')
  })

  it('can be paused, started and removed', async () => {
    const { session, magnet, swarms } = await open()
    const torrent = await magnet()
    swarms.of(infoHash).listener.metadata(Buffer.from('nonsense'))
    await expect(torrent.ready()).rejects.toThrow()
    await torrent.pause()
    expect(torrent.state.kind).toBe('paused')
    await expect(torrent.pause()).rejects.toMatchObject({ kind: 'wrong-state' })
    await torrent.start()
    expect(torrent.state.kind).toBe('resolving')
    await expect.poll(() => swarms.joined.length).toBe(2)
    await session.remove(torrent, { deleteFiles: true })
    expect(session.torrents).toEqual([])
  })

  it('is replaced by its torrent file', async () => {
    const { session, magnet, file, swarms } = await open()
    const torrent = await magnet()
    swarms.of(infoHash).listener.metadata(Buffer.from('nonsense'))
    await expect(torrent.ready()).rejects.toThrow()
    await file()
    await torrent.ready()
    await until(session, () => torrent.state.kind === 'live')
  })

  it('is tried again when it is added again', async () => {
    const { magnet, swarms } = await open()
    const torrent = await magnet()
    swarms.of(infoHash).listener.metadata(Buffer.from('nonsense'))
    await expect(torrent.ready()).rejects.toThrow()
    await magnet()
    await expect.poll(() => swarms.joined.length).toBe(2)
    swarms.of(infoHash).listener.metadata(infoOf(album.torrentFile))
    await torrent.ready()
  })

  it('stays where its selection does not fit, until one is named that does', async () => {
    const { session, magnet, swarms, file } = await open()
    const torrent = await magnet('', { onlyFiles: [7] })
    swarms.of(infoHash).listener.metadata(infoOf(album.torrentFile))
    await expect(torrent.ready()).rejects.toThrow('file id 7 is out of range')
    expect(torrent.state).toMatchObject({ kind: 'error' })
    expect(torrent.files).toHaveLength(2)
    await file({ onlyFiles: [1] })
    await until(session, () => torrent.state.kind === 'live')
    expect(selected(torrent)).toEqual([false, true])
  })

  it('stays where files are in the way, until they may be taken over', async () => {
    const { session, magnet, swarms, file } = await open()
    await storeFixture(session.folder, album)
    const torrent = await magnet()
    swarms.of(infoHash).listener.metadata(infoOf(album.torrentFile))
    await expect(torrent.ready()).rejects.toMatchObject({ kind: 'files-exist' })
    expect(torrent.state.kind).toBe('error')
    await file({ overwrite: true })
    await until(session, () => torrent.state.kind === 'live')
    expect(torrent.stats().finished).toBe(true)
  })

  it('does not disturb what came from elsewhere meanwhile', async () => {
    const { session, magnet, file, swarms } = await open()
    const torrent = await magnet()
    const first = swarms.of(infoHash)
    await file()
    first.listener.metadata(Buffer.from('nonsense'))
    await until(session, () => torrent.state.kind === 'live')
  })
})

describe('exact sources of a magnet', () => {
  const XS = '&xs=http%3A%2F%2Ffiles.example%2Fa.torrent'

  it('are asked while peers are, only at public addresses', async () => {
    const asked: unknown[] = []
    const fetchTorrent: FetchTorrent = async (url, { mayUsePrivate }) => {
      asked.push([url, mayUsePrivate])
      return album.torrentFile
    }
    const { session, magnet, swarms } = await open({ fetchTorrent })
    const torrent = await magnet(XS)
    await until(session, () => torrent.state.kind === 'live')
    expect(asked).toEqual([['http://files.example/a.torrent', false]])
    expect(swarms.joined).toHaveLength(1)
    expect(swarms.of(infoHash).metadata).not.toBeNull()
  })

  it('that fail or have another torrent change nothing', async () => {
    let isAsked = (): void => {}
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve
    })
    const fetchTorrent: FetchTorrent = async (url) => {
      if (url.endsWith('a.torrent')) throw new Error('refused')
      isAsked()
      return secret.torrentFile
    }
    const { magnet } = await open({ fetchTorrent })
    const torrent = await magnet(`${XS}&as=http://files.example/b`)
    await asked
    expect(torrent.state.kind).toBe('resolving')
  })

  it('are no longer waited for once the torrent is removed', async () => {
    let signal: AbortSignal | undefined
    const fetchTorrent: FetchTorrent = (_, options) => {
      signal = options.signal
      return new Promise((_resolve, reject) => {
        options.signal.addEventListener('abort', () => reject(new Error('aborted')))
      })
    }
    const { session, magnet } = await open({ fetchTorrent })
    const torrent = await magnet(XS)
    await expect.poll(() => signal !== undefined).toBe(true)
    await session.remove(torrent, { deleteFiles: false })
    expect(signal?.aborted).toBe(true)
  })
})

describe('a private torrent', () => {
  it('leaves the swarm that its magnet joined, and joins it as private', async () => {
    const hidden = privateTorrent()
    const { session, swarms } = await open()
    const { torrent } = await session.add({ kind: 'info-hash', infoHash: hidden.infoHash })
    await expect.poll(() => swarms.joined.length).toBe(1)
    const open1 = swarms.of(hidden.infoHash)
    expect(open1.facts.metadata).toBeNull()
    open1.listener.metadata(infoOf(hidden.torrentFile))
    await until(session, () => torrent.state.kind === 'live')
    expect(open1.isClosed).toBe(true)
    expect(swarms.of(hidden.infoHash).metadata?.isPrivate).toBe(true)
  })

  it('is private after a restart as well', async () => {
    const folder = await temporaryFolder()
    const hidden = privateTorrent()
    const before = await open({ folder })
    const { torrent } = await before.session.add({ kind: 'info-hash', infoHash: hidden.infoHash })
    await expect.poll(() => before.swarms.joined.length).toBe(1)
    before.swarms.of(hidden.infoHash).listener.metadata(infoOf(hidden.torrentFile))
    await torrent.ready()
    await before.session.close()
    const after = await open({ folder })
    await expect.poll(() => after.swarms.joined.length).toBe(1)
    expect(after.swarms.joined.map(({ metadata }) => metadata?.isPrivate)).toEqual([true])
  })

  function privateTorrent(): { infoHash: string & never; torrentFile: Uint8Array } {
    const text = Buffer.from(secret.torrentFile).toString('latin1')
    const torrentFile = Buffer.from(text.replace(/ee$/, '7:privatei1eee'), 'latin1')
    return { infoHash: parseMetainfo(torrentFile).infoHash as never, torrentFile }
  }
})

describe('adding and removing one torrent at once', () => {
  it('comes to what was asked for last', async () => {
    const { session, file } = await open()
    const torrent = await file()
    const [, again] = await Promise.all([
      session.remove(torrent, { deleteFiles: true }),
      file(),
      file(),
    ])
    expect(session.torrents).toEqual([again])
    expect(again).not.toBe(torrent)
    await until(session, () => again.state.kind === 'live')
  })

  it('makes one torrent of many adds', async () => {
    const { session, file, magnet } = await open()
    const added = await Promise.all([file(), magnet(), file(), magnet()])
    expect(new Set(added).size).toBe(1)
    expect(session.torrents).toHaveLength(1)
  })

  it('leaves nothing of a magnet that is removed while its metadata arrives', async () => {
    const folder = await temporaryFolder()
    const { session, magnet, swarms } = await open({ folder })
    const torrent = await magnet()
    swarms.of(infoHash).listener.metadata(infoOf(album.torrentFile))
    await session.remove(torrent, { deleteFiles: true })
    await session.close()
    const { session: after } = await open({ folder })
    expect(after.torrents).toEqual([])
    expect(
      (await readdir(join(folder, '.tributary'))).filter((name) => name.includes(infoHash)),
    ).toEqual([])
  })

  it('ends with the session: a later add is refused', async () => {
    const { session, file } = await open()
    const adding = file().catch(() => {})
    await session.close()
    await adding
    await expect(file()).rejects.toMatchObject({ kind: 'closed' })
  })
})

it('writes a large selection down in a few bytes', async () => {
  const folder = await temporaryFolder()
  const { session, magnet } = await open({ folder })
  await magnet('', { onlyFiles: Array.from({ length: 100_000 }, (_, index) => index) })
  await session.close()
  const saved = await readFile(join(folder, '.tributary', 'session.json'), 'utf8')
  expect(saved.length).toBeLessThan(1_000)
  const again = await open({ folder })
  expect(again.session.get(infoHash)?.isSelected(99_999)).toBe(true)
  expect(again.session.get(infoHash)?.isSelected(100_000)).toBe(false)
})

/** What peers give. */
function infoOf(torrentFile: Uint8Array): Uint8Array {
  return parseMetainfo(torrentFile).infoBytes
}
