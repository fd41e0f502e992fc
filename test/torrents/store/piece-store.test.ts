import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { pseudoRandomBytes } from '../../helpers/make-torrent.ts'
import { BLOCK, StoreBench } from '../../helpers/piece-stores.ts'

const MIB = 1024 * 1024
const films = [
  { path: ['a.mkv'], data: pseudoRandomBytes(90_000, 1) },
  { path: ['s', 'b.mkv'], data: pseudoRandomBytes(110_000, 2) },
]

describe('PieceStore', () => {
  it('stores whole pieces across files', async () => {
    const bench = await StoreBench.open(films, 65_536)
    for (const piece of [0, 1, 2, 3]) bench.add(piece)
    const outcomes = await bench.outcomes(4)
    expect(outcomes).toEqual([0, 1, 2, 3].map((piece) => ({ kind: 'verified', piece })))
    expect((await readFile(bench.pathOf('a.mkv'))).equals(films[0]?.data ?? Buffer.alloc(0))).toBe(
      true,
    )
    expect(
      (await readFile(bench.pathOf('s', 'b.mkv'))).equals(films[1]?.data ?? Buffer.alloc(0)),
    ).toBe(true)
    expect(bench.pool.usedBytes).toBe(0)
  })

  it('takes blocks out of order', async () => {
    const data = pseudoRandomBytes(2 * MIB + MIB / 2, 3)
    const bench = await StoreBench.open([{ path: ['a'], data }], 4 * MIB)
    const order = Array.from({ length: 160 }, (_, block) => (block * 37) % 160)
    bench.add(0, data, order)
    const [outcome] = await bench.outcomes(1)
    expect(outcome).toMatchObject({ kind: 'verified', piece: 0 })
    expect((await readFile(bench.pathOf('a'))).equals(data)).toBe(true)
    expect(bench.pool.usedBytes).toBe(0)
  })

  it('takes each block once, and none that cannot be', async () => {
    const bench = await StoreBench.open(films, 65_536)
    const block = bench.piece(3)
    expect(bench.store.hasBlock(3, 0)).toBe(false)
    expect(bench.store.addBlock(3, BLOCK, block)).toBe(false)
    expect(bench.store.addBlock(3, 16 * MIB, block)).toBe(false)
    expect(bench.store.addBlock(2, 0, bench.piece(2).subarray(0, BLOCK))).toBe(true)
    expect(bench.store.addBlock(2, 0, bench.piece(2).subarray(0, BLOCK))).toBe(false)
    expect(bench.store.hasBlock(2, 0)).toBe(true)
    expect(bench.store.hasBlock(2, BLOCK)).toBe(false)
  })

  it('takes a doubted block back while it is in memory, and another in its place', async () => {
    const bench = await StoreBench.open(films, 65_536)
    const wrong = pseudoRandomBytes(65_536, 9)
    bench.add(0, wrong, [0])
    expect(bench.store.dropBlock(0, 0)).toBe(true)
    expect(bench.store.dropBlock(0, 0)).toBe(false)
    expect(bench.store.hasBlock(0, 0)).toBe(false)
    expect(bench.store.unverifiedBytes(0, 0)).toBeNull()
    expect(bench.pool.usedBytes).toBe(0)
    bench.add(0)
    expect(bench.store.dropBlock(0, 0)).toBe(false)
    const [outcome] = await bench.outcomes(1)
    expect(outcome).toMatchObject({ kind: 'verified', piece: 0 })
  })

  it('takes a doubted block back from the disk, too, though it has been hashed', async () => {
    const data = pseudoRandomBytes(2 * MIB, 5)
    const bench = await StoreBench.open([{ path: ['a'], data }], 2 * MIB)
    const wrong = Buffer.from(data)
    wrong.fill(0, 3 * BLOCK, 4 * BLOCK)
    const half = Array.from({ length: 64 }, (_, block) => block)
    bench.add(0, wrong, half)
    await expect.poll(() => bench.pool.usedBytes).toBe(0)
    expect(bench.store.dropBlock(0, 3 * BLOCK)).toBe(true)
    expect(bench.store.hasBlock(0, 3 * BLOCK)).toBe(false)
    bench.add(
      0,
      data,
      half.map((block) => 64 + block),
    )
    bench.add(0, data, [3])
    const [outcome] = await bench.outcomes(1)
    expect(outcome).toMatchObject({ kind: 'verified', piece: 0 })
    expect((await readFile(bench.pathOf('a'))).equals(data)).toBe(true)
    expect(bench.pool.usedBytes).toBe(0)
  })

  it('writes an unfinished piece when it is told to, and goes on with it later', async () => {
    const bench = await StoreBench.open(films, 65_536)
    bench.add(0, bench.piece(0), [0, 2])
    expect(bench.pool.usedBytes).toBeGreaterThan(0)
    bench.store.flush()
    await expect.poll(() => bench.pool.usedBytes).toBe(0)
    expect(bench.store.hasBlock(0, 0)).toBe(true)
    bench.add(0, bench.piece(0), [1, 3])
    const [outcome] = await bench.outcomes(1)
    expect(outcome).toMatchObject({ kind: 'verified', piece: 0 })
  })

  it('shows what has been received before the piece is whole', async () => {
    const bench = await StoreBench.open(films, 65_536)
    bench.add(1, bench.piece(1), [2])
    const seen = bench.store.unverifiedBytes(1, 2 * BLOCK + 100)
    const expected = bench.piece(1).subarray(2 * BLOCK + 100, 3 * BLOCK)
    expect(Buffer.from(seen ?? []).equals(expected)).toBe(true)
    expect(bench.store.unverifiedBytes(1, 0)).toBeNull()
    expect(bench.store.hasBlock(1, 0)).toBe(false)
    expect(bench.store.unverifiedBytes(0, 0)).toBeNull()
  })

  it('fails a wrong piece, tells its blocks apart, and takes it at a second try', async () => {
    const bench = await StoreBench.open(films, 65_536)
    const wrong = Buffer.from(bench.piece(0))
    wrong.fill(0, 3 * BLOCK)
    bench.add(0, wrong)
    const [failed] = await bench.outcomes(1)
    expect(failed).toMatchObject({ kind: 'failed', piece: 0 })
    if (failed?.kind !== 'failed') throw new Error('it was right')
    expect(bench.store.hasBlock(0, 0)).toBe(false)
    bench.add(0)
    expect((await bench.outcomes(2))[1]).toMatchObject({ kind: 'verified', piece: 0 })
    const right = await bench.store.blockDigests(0)
    const differing = [0, 1, 2, 3].filter((block) => failed.digests[block] !== right[block])
    expect(differing).toEqual([3])
    expect(bench.pool.usedBytes).toBe(0)
  })

  it('forgets a piece that is discarded, and takes all of it again', async () => {
    const bench = await StoreBench.open(films, 65_536)
    bench.add(0, Buffer.alloc(65_536), [0, 1, 2])
    bench.store.discard(0)
    bench.store.discard(0)
    expect(bench.store.hasBlock(0, 0)).toBe(false)
    expect(bench.pool.usedBytes).toBe(0)
    bench.add(0, bench.piece(0), [3, 2, 1, 0])
    expect(await bench.outcomes(1)).toMatchObject([{ kind: 'verified', piece: 0 }])
  })

  it('forgets a discarded piece of which a part is written already', async () => {
    const data = pseudoRandomBytes(3 * MIB, 4)
    const bench = await StoreBench.open([{ path: ['a'], data }], 4 * MIB)
    const wrong = Buffer.alloc(3 * MIB)
    bench.add(
      0,
      wrong,
      Array.from({ length: 64 }, (_, block) => block),
    )
    bench.store.discard(0)
    // The second segment first: it goes on exactly where the hash of the first try stopped.
    bench.add(
      0,
      data,
      Array.from({ length: 192 }, (_, block) => (block + 64) % 192),
    )
    expect(await bench.outcomes(1)).toMatchObject([{ kind: 'verified' }])
    expect((await readFile(bench.pathOf('a'))).equals(data)).toBe(true)
    expect(bench.pool.usedBytes).toBe(0)
  })

  it('reads what is stored, fewer bytes than asked for at the end', async () => {
    const bench = await StoreBench.open(films, 65_536)
    for (const piece of [0, 1, 2, 3]) bench.add(piece)
    await bench.outcomes(4)
    const target = Buffer.alloc(50_000)
    expect(await bench.store.read(80_000, target)).toBe(50_000)
    expect(target.equals(bench.data.subarray(80_000, 130_000))).toBe(true)
    expect(await bench.store.read(199_990, Buffer.alloc(50))).toBe(10)
    expect(await bench.store.check(1)).toBe(true)
  })

  it('stores no pads, and verifies pieces with pads in them', async () => {
    const padded = [
      { path: ['a'], data: pseudoRandomBytes(50_000, 5) },
      { path: ['.pad', '15536'], data: Buffer.alloc(15_536), attr: 'p' },
      { path: ['b'], data: pseudoRandomBytes(10_000, 6) },
    ]
    const bench = await StoreBench.open(padded, 65_536)
    bench.add(0, bench.piece(0), [3, 2, 1, 0])
    bench.add(1)
    const outcomes = await bench.outcomes(2)
    expect(outcomes.map(({ kind }) => kind)).toEqual(['verified', 'verified'])
    await expect(readFile(bench.pathOf('.pad', '15536'))).rejects.toThrow('ENOENT')
    expect((await readFile(bench.pathOf('a'))).length).toBe(50_000)
    expect(await bench.store.check(0)).toBe(true)
  })
})
