import { readFile, rm, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { pseudoRandomBytes } from '../../helpers/make-torrent.ts'
import { BLOCK, StoreBench, type StoreEvent } from '../../helpers/piece-stores.ts'

const MIB = 1024 * 1024
const films = [
  { path: ['a.mkv'], data: pseudoRandomBytes(131_072, 1) },
  { path: ['s', 'b.mkv'], data: pseudoRandomBytes(131_072, 2) },
]

/** Pieces 2 and 3 cannot be written: a file is where their folder should be. */
async function openBlocked(): Promise<StoreBench> {
  const bench = await StoreBench.open(films, 65_536)
  await writeFile(bench.pathOf('s'), 'in the way')
  return bench
}

function isError(event: StoreEvent): boolean {
  return event.kind === 'writable' && event.error !== null
}

function kindsOf(events: readonly StoreEvent[]): string[] {
  const kinds = events.map((event) => {
    if (event.kind === 'writable') return event.error === null ? 'works' : event.error.name
    return event.kind === 'verified' ? `verified ${event.piece}` : event.kind
  })
  return kinds.filter((kind, index) => kind !== kinds[index - 1])
}

describe('PieceStore, where writing fails', () => {
  it('reports it, keeps what it has, and writes it when the cause is gone', async () => {
    const bench = await openBlocked()
    bench.add(2)
    const [event] = await bench.until((events) => events.some(isError))
    expect(event).toMatchObject({ error: { code: expect.stringMatching(/EEXIST|ENOTDIR/) } })
    expect(bench.store.hasBlock(2, 0)).toBe(true)
    expect(bench.store.unverifiedBytes(2, 0)).not.toBeNull()
    await rm(bench.pathOf('s'))
    bench.store.retry()
    await bench.outcomes(1)
    expect(kindsOf(bench.events)).toEqual(['DiskError', 'works', 'verified 2'])
    const stored = await readFile(bench.pathOf('s', 'b.mkv'))
    expect(stored.subarray(0, 65_536).equals(bench.piece(2))).toBe(true)
    expect(bench.pool.usedBytes).toBe(0)
  })

  it('goes on with files that work, without a word that all is well', async () => {
    const bench = await openBlocked()
    bench.add(2)
    bench.add(3)
    await bench.until((events) => events.filter(isError).length >= 2)
    bench.add(0)
    bench.add(1)
    await bench.outcomes(2)
    expect(kindsOf(bench.events)).toEqual(['DiskError', 'verified 0', 'verified 1'])
    await rm(bench.pathOf('s'))
    bench.store.retry()
    await bench.outcomes(4)
    const works = bench.events.filter((event) => event.kind === 'writable' && event.error === null)
    expect(works).toHaveLength(1)
  })

  it('never writes what was discarded over what has come since', async () => {
    const bench = await openBlocked()
    bench.add(2, Buffer.alloc(65_536))
    await bench.until((events) => events.some(isError))
    bench.store.discard(2)
    await rm(bench.pathOf('s'))
    bench.add(2)
    expect(await bench.outcomes(1)).toMatchObject([{ kind: 'verified' }])
    bench.store.retry()
    await bench.until((events) => events.some((e) => e.kind === 'writable' && e.error === null))
    await bench.store.sync()
    expect(await bench.store.check(2)).toBe(true)
    expect(bench.pool.usedBytes).toBe(0)
  })

  it('can be closed, and gives its memory back', async () => {
    const bench = await openBlocked()
    bench.add(2)
    bench.add(3, bench.piece(3), [0, 2])
    await bench.until((events) => events.some(isError))
    expect(bench.pool.usedBytes).toBeGreaterThan(0)
    await bench.store.close()
    await expect.poll(() => bench.pool.usedBytes).toBe(0)
    expect(bench.store.addBlock(2, 0, Buffer.alloc(BLOCK))).toBe(false)
  })
})

describe('PieceStore, where more comes than can be written', () => {
  it('asks to hold back long before memory is full, and says when it is over', async () => {
    const data = Buffer.alloc(26 * MIB, 'x')
    const bench = await StoreBench.open([{ path: ['s', 'a'], data }], MIB)
    await writeFile(bench.pathOf('s'), 'in the way')
    const isHeldBack = (): boolean => bench.events.some(({ kind }) => kind === 'backpressure')
    let pieces = 0
    while (!isHeldBack() && pieces < 26) bench.add(pieces++)
    expect(bench.events).toEqual([{ kind: 'backpressure', isFull: true }])
    expect(pieces).toBeGreaterThan(3)
    await bench.until((events) => events.filter(isError).length >= pieces)
    await rm(bench.pathOf('s'))
    bench.store.retry()
    await bench.outcomes(pieces)
    const pressure = bench.events.filter(({ kind }) => kind === 'backpressure')
    expect(pressure).toMatchObject([{ isFull: true }, { isFull: false }])
    expect(bench.pool.usedBytes).toBe(0)
  })

  it('writes parts of pieces when memory is full, and puts them together from the disk', async () => {
    const data = pseudoRandomBytes(12 * MIB, 3)
    const bench = await StoreBench.open([{ path: ['a'], data }], MIB, 2 * MIB)
    const backwards = Array.from({ length: 63 }, (_, block) => 63 - block)
    for (let piece = 0; piece < 12; piece++) {
      bench.add(piece, bench.piece(piece), backwards)
      await bench.store.sync()
      expect(bench.pool.usedBytes).toBeLessThanOrEqual(3 * MIB)
    }
    expect(bench.store.hasBlock(0, BLOCK)).toBe(true)
    expect(bench.store.unverifiedBytes(0, BLOCK)).toBeNull()
    const spilled = Buffer.alloc(BLOCK)
    expect(await bench.store.read(BLOCK, spilled)).toBe(BLOCK)
    expect(spilled.equals(data.subarray(BLOCK, 2 * BLOCK))).toBe(true)
    for (let piece = 0; piece < 12; piece++) bench.add(piece, bench.piece(piece), [0])
    const outcomes = await bench.outcomes(12)
    expect(outcomes.every(({ kind }) => kind === 'verified')).toBe(true)
    expect((await readFile(bench.pathOf('a'))).equals(data)).toBe(true)
    expect(bench.pool.usedBytes).toBe(0)
  })
})

describe('PieceStore.close()', () => {
  it('lets writes under way end and tells nothing afterwards', async () => {
    const bench = await StoreBench.open(films, 65_536)
    for (const piece of [0, 1, 2]) bench.add(piece)
    bench.add(3, bench.piece(3), [1])
    await bench.store.close()
    await bench.store.close()
    await expect.poll(() => bench.pool.usedBytes).toBe(0)
    expect(bench.events).toEqual([])
    expect((await readFile(bench.pathOf('a.mkv'))).equals(films[0]?.data ?? Buffer.alloc(0))).toBe(
      true,
    )
    await expect(bench.store.check(0)).rejects.toThrow('not open')
  })
})
