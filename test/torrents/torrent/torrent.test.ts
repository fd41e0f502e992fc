import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Metainfo, parseMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'
import { Torrent } from '../../../src/torrents/torrent/torrent.ts'
import { ContentBench } from '../../helpers/content-bench.ts'
import { FakeSwarms } from '../../helpers/fake-swarms.ts'
import { FakeWire } from '../../helpers/fake-wire.ts'
import { pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const PIECE = 65_536
const DATA = pseudoRandomBytes(5 * PIECE + 1_000, 3)
const FIXTURE = singleFile('film.mp4', DATA, PIECE)
const METAINFO = parseMetainfo(FIXTURE.torrentFile)

interface Opened {
  readonly torrent: Torrent
  readonly swarms: FakeSwarms
  readonly folder: string
  readonly saved: Uint8Array[]
  /** Resolves when all that is selected is here. */
  readonly finished: Promise<void>
  wire(options?: { lies?: boolean; address?: string }): FakeWire
}

/** A torrent without a session: its swarm is a fake, its disk and clock are real. */
async function open(metainfo: Metainfo | null, onDemand = false): Promise<Opened> {
  const folder = await temporaryFolder()
  const swarms = new FakeSwarms()
  const bench = new ContentBench(folder)
  const { log, throttles } = bench
  const saved: Uint8Array[] = []
  const torrentFilePath = join(folder, 'x.torrent')
  if (metainfo !== null) await writeFile(torrentFilePath, metainfo.torrentFile)
  let finish = (): void => {}
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  const torrent: Torrent = new Torrent(
    {
      ...{ folder, swarms, log, finished: finish, changed: () => {} },
      ...{ throttles, webSeeds: null, seedingGoal: { ratio: null, minutes: null } },
      fetchTorrent: () => Promise.reject(new Error('there is no web')),
      saveMetadata: async (torrentFile) => {
        saved.push(torrentFile)
        await writeFile(torrentFilePath, torrentFile)
      },
      noRoom: () => null,
      ...{ torrentFilePath, mayRest: () => false, looked: () => {}, check: (work) => work() },
      reviewTurns: () => torrent.life.turn.set(torrent.life.wish !== null),
      forgetProgress: () => Promise.resolve(),
      requireWritable: () => Promise.resolve(),
      save: async () => {},
      change: async (_, { make }) => await make(),
      remove: async () => [],
      openContent: async (known, events) => {
        const content = await bench.open(known, { ...events, onDemand })
        return { kind: 'awake', content }
      },
    },
    {
      ...{ id: 1, infoHash: METAINFO.infoHash, addedAt: new Date(0), isPaused: false },
      ...{ onlyFiles: null, outputFolder: null, wantedFolder: null, adopt: false, name: null },
      ...{ trackers: [], exactSources: [], peers: [] },
    },
    metainfo,
  )
  onTestFinished(() => torrent.life.close())
  const wire: Opened['wire'] = (options = {}) => {
    const { listener } = swarms.of(METAINFO.infoHash)
    return new FakeWire({ listener: listener.wires, data: DATA, pieceLength: PIECE, ...options })
  }
  return { torrent, swarms, folder, saved, finished, wire }
}

async function readAll(torrent: Torrent): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of torrent.stream(0)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe('a torrent in a swarm', () => {
  it('downloads, gives a stream its bytes meanwhile, and offers each piece', async () => {
    const { torrent, swarms, folder, finished, wire } = await open(METAINFO)
    await torrent.life.open()
    const swarm = swarms.of(METAINFO.infoHash)
    expect(swarm.begun).toEqual(new Uint8Array(1))
    const reading = readAll(torrent)
    wire().connect()
    expect((await reading).equals(DATA)).toBe(true)
    await finished
    expect(swarm.offered.toSorted()).toEqual([0, 1, 2, 3, 4, 5])
    expect((await readFile(join(folder, 'film.mp4'))).equals(DATA)).toBe(true)
  })

  it('uses wires that came while its metadata was being fetched', async () => {
    const { torrent, swarms, saved, finished, wire } = await open(null)
    const opening = torrent.life.open()
    while (swarms.joined.length === 0) await new Promise(setImmediate)
    const seed = wire()
    seed.connect()
    expect(seed.requested).toEqual([])
    swarms.of(METAINFO.infoHash).listener.metadata(METAINFO.infoBytes)
    await opening
    await finished
    expect(saved).toHaveLength(1)
    expect((await readAll(torrent)).equals(DATA)).toBe(true)
  })

  it('bans a peer that has sent a whole piece wrong, and gets it from another', async () => {
    const { torrent, swarms, finished, wire } = await open(METAINFO)
    await torrent.life.open()
    const swarm = swarms.of(METAINFO.infoHash)
    wire({ lies: true, address: '10.0.0.66' }).connect()
    while (swarm.banned.length === 0) await new Promise(setImmediate)
    expect(new Set(swarm.banned)).toEqual(new Set(['10.0.0.66:6881']))
    wire().connect()
    await finished
    expect((await readAll(torrent)).equals(DATA)).toBe(true)
  })

  it('asks for nothing on demand until somebody reads, and for nothing more once it is paused', async () => {
    const { torrent, swarms, wire } = await open(METAINFO, true)
    await torrent.life.open()
    const seed = wire()
    seed.connect()
    await new Promise(setImmediate)
    expect(seed.isInterested).toBe(true)
    expect(seed.requested).toEqual([])
    await torrent.stream(0).read(Buffer.alloc(1))
    expect(seed.requested.length).toBeGreaterThan(0)
    await torrent.life.pause()
    expect(swarms.of(METAINFO.infoHash).isClosed).toBe(true)
    expect(torrent.state.kind).toBe('paused')
  })
})
