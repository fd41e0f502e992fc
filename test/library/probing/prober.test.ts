import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { FactsStore } from '../../../src/library/probing/facts-store.ts'
import { Prober, type ProberOptions } from '../../../src/library/probing/prober.ts'
import { silentLogger } from '../../../src/log.ts'
import { MediaProbe } from '../../../src/media/probe/media-probe.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'
import { clip, fixture } from '../../media/probe/fixture-source.ts'
import { eventually, ProbeShelf, ProbeShelfTorrent } from './probe-shelf.ts'

const probe = new MediaProbe()
afterAll(() => probe.close())

const film = (path: string, length?: number) => ({
  path,
  bytes: clip('Delta/Delta.mkv'),
  ...(length === undefined ? {} : { length }),
})
const song = (path: string) => ({ path, bytes: fixture('cover.mp3') })

interface Started {
  readonly prober: Prober
  readonly folder: string
  /** `info hash/index` of what has become known, in order. */
  readonly known: string[]
}

async function start(
  source: ProbeShelf,
  options: Partial<ProberOptions> & { folder?: string } = {},
): Promise<Started> {
  const folder = options.folder ?? (await temporaryFolder())
  const prober = new Prober({
    ...{ source, probe, starvation: { isAnyStarving: () => false }, onDemand: true },
    ...{ store: new FactsStore(folder, silentLogger()), log: silentLogger() },
    ...options,
  })
  const known: string[] = []
  prober.onFacts((infoHash, fileIndex) => known.push(`${infoHash.slice(0, 4)}/${fileIndex}`))
  await prober.start()
  onTestFinished(() => prober.close())
  return { prober, folder, known }
}

describe('with on-demand downloading', () => {
  it('fetches nothing of what nobody looks at', async () => {
    const torrent = new ProbeShelfTorrent('Films', [film('a.mkv'), film('b.mkv')])
    const complete = new ProbeShelfTorrent('Other', [film('c.mkv')]).complete()
    const { prober } = await start(new ProbeShelf(torrent, complete))
    // The prober has gone through all that it wants when it has answered this.
    prober.lookedAt(complete.infoHash, [0])
    await eventually(() => prober.factsOf(complete.infoHash, 0) !== undefined)
    expect(torrent.prefetches).toBe(0)
  })

  it('probes what is looked at, and fetches the head of a film of 4 GB only', async () => {
    const torrent = new ProbeShelfTorrent('Films', [film('a.mkv', 4e9), film('b.mkv', 4e9)])
    const { prober, known } = await start(new ProbeShelf(torrent))
    prober.lookedAt(torrent.infoHash, [1])
    await eventually(() => known.length === 1)
    expect(prober.factsOf(torrent.infoHash, 1)).toMatchObject({ kind: 'video', durationMs: 24_021 })
    expect(prober.factsOf(torrent.infoHash, 0)).toBeUndefined()
    // It begins in the middle of a piece, and its first 131 kB reach into the next.
    expect(torrent.fetchedBytes).toBeLessThanOrEqual(2 * 256 * 1024)
    expect([torrent.held, torrent.openStreams]).toEqual([0, 0])
  })

  it('probes all of what is added: films first, then sound, then images', async () => {
    const picture = { path: 'c.jpg', bytes: fixture('picture.jpg') }
    const torrent = new ProbeShelfTorrent('T', [picture, song('b.mp3'), film('a.mkv')])
    const source = new ProbeShelf()
    const { known } = await start(source)
    source.add(torrent)
    await eventually(() => known.length === 3)
    const own = torrent.infoHash.slice(0, 4)
    expect(known).toEqual([`${own}/2`, `${own}/1`, `${own}/0`])
  })

  it('tells how far it is with a torrent, and nothing once it rests', async () => {
    const note = { path: 'read me.txt', bytes: Buffer.from('x') }
    const torrent = new ProbeShelfTorrent('T', [song('b.mp3'), note, film('a.mkv')])
    const source = new ProbeShelf()
    const { prober } = await start(source)
    const told: unknown[] = []
    prober.onFacts(() => told.push(prober.probing))
    expect(prober.probing).toBeNull()
    source.add(torrent)
    await eventually(() => told.length === 2 && prober.probing === null)
    const { infoHash } = torrent
    expect(told).toEqual([1, 2].map((probed) => ({ infoHash, probed, total: 2 })))
  })

  it('never fetches more than 8 MB of a film, and does not begin what would take more', async () => {
    const pieces = 5 * 1024 * 1024
    const stream = Buffer.concat(Array<Buffer>(500).fill(fixture('packets-188.m2t')))
    const torrent = new ProbeShelfTorrent('TS', [{ path: 'a.ts', bytes: stream }], pieces)
    const large = new ProbeShelfTorrent('L', [film('b.mkv', 4e9)], 16 * 1024 * 1024)
    const { prober, known } = await start(new ProbeShelf(torrent, large))
    prober.lookedAt(large.infoHash, [0])
    prober.lookedAt(torrent.infoHash, [0])
    await eventually(() => known.length === 1)
    // Its tail would have been the second piece, so nobody can tell how long it is.
    expect(torrent.fetched).toEqual([0])
    expect(prober.factsOf(torrent.infoHash, 0)).toMatchObject({ kind: 'video', durationMs: null })
    expect(large.prefetches).toBe(0)
    // Once it is here, the rest becomes known.
    torrent.complete()
    prober.lookedAt(torrent.infoHash, [0])
    await eventually(() => known.length === 2)
    expect(prober.factsOf(torrent.infoHash, 0)).not.toMatchObject({ durationMs: null })
  })

  it('fetches no more than 64 MB of a torrent, restarts included', async () => {
    const pieces = 4 * 1024 * 1024
    const films = Array.from({ length: 20 }, (_, index) => film(`${index}.mkv`, 40e6))
    const first = new ProbeShelfTorrent('Many', films, pieces)
    const source = new ProbeShelf()
    const { prober, folder, known } = await start(source)
    source.add(first)
    await eventually(() => known.length === 15)
    await prober.close()
    expect(first.fetchedBytes).toBeLessThanOrEqual(64e6)
    const second = new ProbeShelfTorrent('Many', films, pieces)
    const other = new ProbeShelfTorrent('Other', [film('a.mkv')])
    const again = await start(new ProbeShelf(second, other), { folder })
    again.prober.lookedAt(second.infoHash, [...films.keys()])
    again.prober.lookedAt(other.infoHash, [0])
    await eventually(() => again.known.length === 1)
    expect(second.prefetches).toBe(0)
    expect(again.prober.factsOf(second.infoHash, 3)).toMatchObject({ durationMs: 24_021 })
  })

  it('fetches nothing while a viewer starves, and goes on afterwards', async () => {
    let isStarving = true
    let looks = 0
    const starvation = {
      isAnyStarving: () => {
        looks++
        return isStarving
      },
    }
    const torrent = new ProbeShelfTorrent('Films', [film('a.mkv')])
    const { prober, known } = await start(new ProbeShelf(torrent), { starvation })
    prober.lookedAt(torrent.infoHash, [0])
    await eventually(() => looks === 3)
    expect(torrent.prefetches).toBe(0)
    isStarving = false
    await eventually(() => known.length === 1)
    expect(torrent.held).toBe(0)
  })

  it('ends with the torrent, and the next gets its turn', async () => {
    const dead = new ProbeShelfTorrent('Dead', [film('a.mkv')])
    dead.hasPeers = false
    const good = new ProbeShelfTorrent('Good', [film('a.mkv')])
    const source = new ProbeShelf(dead, good)
    const { prober, known } = await start(source)
    prober.lookedAt(dead.infoHash, [0])
    await eventually(() => dead.held === 1)
    prober.lookedAt(good.infoHash, [0])
    expect(good.prefetches).toBe(0)
    source.remove(dead)
    await eventually(() => known.length === 1)
    expect([dead.held, dead.openStreams]).toEqual([0, 0])
  })
})

describe('with full downloading', () => {
  it('probes everything that is downloaded, whatever its index takes', async () => {
    const stream = Buffer.concat(Array<Buffer>(500).fill(fixture('packets-188.m2t')))
    const films = [{ path: 'a.ts', bytes: stream }, film('b.mkv')]
    const torrent = new ProbeShelfTorrent('TS', films, 5 * 1024 * 1024)
    const { prober, known } = await start(new ProbeShelf(torrent), { onDemand: false })
    await eventually(() => known.length === 2)
    expect(prober.factsOf(torrent.infoHash, 0)).toMatchObject({ durationMs: expect.any(Number) })
  })

  it('probes what is here before what has to come', async () => {
    const coming = new ProbeShelfTorrent('Coming', [film('a.mkv')])
    coming.hasPeers = false
    const here = new ProbeShelfTorrent('Here', [film('a.mkv'), song('b.mp3')]).complete()
    const { known } = await start(new ProbeShelf(coming, here), { onDemand: false })
    await eventually(() => known.length === 2)
    expect(known.every((key) => key.startsWith(here.infoHash.slice(0, 4)))).toBe(true)
  })

  it('tries again when a torrent that was not ready has changed', async () => {
    const torrent = new ProbeShelfTorrent('Films', [film('a.mkv')])
    torrent.state = { kind: 'initializing', checkedBytes: 0 }
    const other = new ProbeShelfTorrent('Other', [song('b.mp3')]).complete()
    const source = new ProbeShelf(torrent, other)
    const { known } = await start(source, { onDemand: false })
    await eventually(() => known.length === 1)
    expect(torrent.prefetches).toBe(0)
    torrent.state = { kind: 'live' }
    source.emit('changed', torrent)
    await eventually(() => known.length === 2)
  })
})

it('facts outlive the server and the torrent', async () => {
  const torrent = new ProbeShelfTorrent('Films', [film('a.mkv')]).complete()
  const source = new ProbeShelf(torrent)
  const { prober, folder, known } = await start(source, { onDemand: false })
  await eventually(() => known.length === 1)
  source.remove(torrent)
  await prober.close()
  const next = new ProbeShelf()
  const again = await start(next, { folder })
  expect(again.prober.factsOf(torrent.infoHash, 0)).toBeUndefined()
  next.add(torrent)
  await eventually(() => again.prober.factsOf(torrent.infoHash, 0) !== undefined)
  expect(again.known).toEqual([])
})

it('what is no medium is looked at once', async () => {
  const liar = { path: 'liar.mp4', bytes: Buffer.alloc(200_000, 'no film at all ') }
  const torrent = new ProbeShelfTorrent('Lies', [liar, film('a.mkv')]).complete()
  const source = new ProbeShelf(torrent)
  const { prober, folder, known } = await start(source, { onDemand: false })
  await eventually(() => known.length === 1)
  expect(prober.factsOf(torrent.infoHash, 0)).toBeUndefined()
  await prober.close()
  const store = new FactsStore(folder, silentLogger())
  await store.open(torrent.infoHash)
  expect(store.get(torrent.infoHash, 0)).toMatchObject({ facts: null })
})

it('keeps that no picture can be made of an image', async () => {
  const image = { path: 'a.jpg', bytes: fixture('picture.jpg') }
  const torrent = new ProbeShelfTorrent('Images', [image, film('b.mkv')]).complete()
  const { infoHash } = torrent
  const { prober, folder, known } = await start(new ProbeShelf(torrent), { onDemand: false })
  await eventually(() => known.length === 2)
  expect(prober.factsOf(infoHash, 0)).not.toHaveProperty('isBroken')
  const { version } = prober
  for (const index of [0, 0, 1, 7]) await prober.noteBroken(infoHash, index)
  expect(prober.factsOf(infoHash, 0)).toMatchObject({ kind: 'image', width: 320, isBroken: true })
  expect(prober.factsOf(infoHash, 1)).not.toHaveProperty('isBroken')
  expect([prober.version, known.length]).toEqual([version + 1, 3])
  await prober.close()
  const again = await start(new ProbeShelf(torrent), { folder })
  expect(again.prober.factsOf(infoHash, 0)).toMatchObject({ isBroken: true })
})

it('looks again at what an earlier version found out, and tells that meanwhile', async () => {
  const torrent = new ProbeShelfTorrent('Music', [song('a.mp3'), film('b.mkv')])
  const { infoHash } = torrent
  const store = new FactsStore(await temporaryFolder(), silentLogger())
  await store.open(infoHash)
  const audio = { kind: 'audio', container: 'mp3', title: null, cover: null } as const
  const facts = { ...audio, durationMs: 7, bitRate: 1, audio: [] }
  await store.set(infoHash, 0, { facts, isPartial: false, fetchedBytes: 0 })
  const { prober, known } = await start(new ProbeShelf(torrent), { store, onDemand: false })
  expect(prober.factsOf(infoHash, 0)).toMatchObject({ durationMs: 7 })
  torrent.complete()
  await eventually(() => known.length === 2)
  expect(prober.factsOf(infoHash, 0)).toMatchObject({ title: 'Song', tags: {} })
})
