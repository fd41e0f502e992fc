import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Disk } from '../../../src/torrents/store/disk.ts'
import type { StoredFile } from '../../../src/torrents/store/file-layout.ts'
import { packFiles } from '../../../src/torrents/store/packed-files.ts'
import { pseudoRandomBytes } from '../../helpers/make-torrent.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const PIECE = 40_000
const data = pseudoRandomBytes(100_000, 1)

function openDisk(): Disk {
  const disk = new Disk()
  onTestFinished(() => disk.close())
  return disk
}

/** Two files, 50,000 bytes each, of pieces of 40,000. */
async function openStore(): Promise<{ disk: Disk; store: number; files: StoredFile[] }> {
  const folder = await temporaryFolder()
  const files = ['a', 'sub/b'].map((name, index) => {
    return { path: join(folder, name), offset: index * 50_000, length: 50_000 }
  })
  const hashes = [0, 1, 2].map((piece) => createHash('sha1').update(pieceOf(piece)).digest())
  const disk = openDisk()
  const facts = { pieceLength: PIECE, length: data.length, pieceHashes: Buffer.concat(hashes) }
  const place = { root: folder, files: packFiles(files), marks: new Float64Array() }
  return { disk, files, store: disk.open({ ...place, ...facts }) }
}

function pieceOf(piece: number): Buffer {
  return data.subarray(piece * PIECE, (piece + 1) * PIECE)
}

async function storeAll(files: readonly StoredFile[]): Promise<void> {
  for (const { path, offset, length } of files) {
    await mkdir(join(path ?? '', '..'), { recursive: true })
    await writeFile(path ?? '', data.subarray(offset, offset + length))
  }
}

describe('Disk', () => {
  it('writes a piece across files, makes their folders, and verifies it', async () => {
    const { disk, store, files } = await openStore()
    await disk.run({ kind: 'write', store, piece: 1, offset: 0, data: pieceOf(1) })
    const outcome = await disk.run({ kind: 'verify', store, piece: 1 })
    expect(outcome).toMatchObject({ kind: 'verified', isValid: true, digests: null })
    await disk.run({ kind: 'sync', store })
    const first = await readFile(files[0]?.path ?? '')
    expect(first.subarray(40_000).equals(data.subarray(40_000, 50_000))).toBe(true)
    const second = await readFile(files[1]?.path ?? '')
    expect(second.equals(data.subarray(50_000, 80_000))).toBe(true)
  })

  it('verifies what was written in any order, or twice', async () => {
    const { disk, store } = await openStore()
    const write = (offset: number, bytes: Buffer): Promise<unknown> =>
      disk.run({ kind: 'write', store, piece: 0, offset, data: bytes })
    await write(16_384, pieceOf(0).subarray(16_384, 32_768))
    await write(0, Buffer.alloc(16_384))
    await write(32_768, pieceOf(0).subarray(32_768))
    await write(0, pieceOf(0).subarray(0, 16_384))
    expect(await disk.run({ kind: 'verify', store, piece: 0 })).toMatchObject({ isValid: true })
  })

  it('tells the blocks of a wrong piece apart from the right ones', async () => {
    const { disk, store } = await openStore()
    const wrong = Buffer.from(pieceOf(0))
    wrong.fill(0, 20_000, 20_010)
    await disk.run({ kind: 'write', store, piece: 0, offset: 0, data: wrong })
    const failed = await disk.run({ kind: 'verify', store, piece: 0 })
    expect(failed).toMatchObject({ kind: 'verified', isValid: false })
    await disk.run({ kind: 'write', store, piece: 0, offset: 0, data: pieceOf(0) })
    expect(await disk.run({ kind: 'verify', store, piece: 0 })).toMatchObject({ isValid: true })
    const right = await disk.run({ kind: 'digest', store, piece: 0 })
    if (failed.kind !== 'verified' || right.kind !== 'verified') throw new Error('no digests')
    const differing = [0, 1, 2].filter(
      (block) => failed.digests?.[block] !== right.digests?.[block],
    )
    expect(right.digests).toHaveLength(3)
    expect(differing).toEqual([1])
  })

  it('checks what is on the disk, and knows what is missing or cut short', async () => {
    const { disk, store, files } = await openStore()
    const check = async (piece: number): Promise<boolean> => {
      const outcome = await disk.run({ kind: 'check', store, piece })
      return outcome.kind === 'verified' && outcome.isValid
    }
    expect(await check(0)).toBe(false)
    await storeAll(files)
    expect(await Promise.all([check(0), check(1), check(2)])).toEqual([true, true, true])
    await truncate(files[1]?.path ?? '', 40_000)
    expect(await Promise.all([check(0), check(1), check(2)])).toEqual([true, true, false])
    await rm(files[0]?.path ?? '')
    await disk.run({ kind: 'close', store })
    await expect(check(0)).rejects.toThrow(`store ${store} is not open`)
  })

  it('gives blocks that it cannot read no digest', async () => {
    const { disk, store, files } = await openStore()
    await storeAll(files)
    await truncate(files[1]?.path ?? '', 31_000)
    const outcome = await disk.run({ kind: 'digest', store, piece: 2 })
    if (outcome.kind !== 'verified') throw new Error('no digests')
    expect([...(outcome.digests ?? [])]).toEqual([-1, -1])
  })

  it('checks without making files', async () => {
    const { disk, store, files } = await openStore()
    await disk.run({ kind: 'check', store, piece: 0 })
    await expect(stat(files[0]?.path ?? '')).rejects.toThrow('ENOENT')
  })

  it('names what the system refused, and goes on', async () => {
    const { disk, store, files } = await openStore()
    await mkdir(files[0]?.path ?? '')
    const job = { kind: 'write', store, piece: 0, offset: 0, data: pieceOf(0) } as const
    await expect(disk.run(job)).rejects.toMatchObject({ name: 'DiskError', code: 'EISDIR' })
    await rm(files[0]?.path ?? '', { recursive: true })
    await expect(disk.run(job)).resolves.toMatchObject({ kind: 'done' })
  })

  it('rejects jobs under way and later ones when it is closed', async () => {
    const { disk, store } = await openStore()
    const underWay = disk.run({ kind: 'check', store, piece: 0 })
    const closing = disk.close()
    await expect(underWay).rejects.toThrow('ended')
    await closing
    await expect(disk.run({ kind: 'sync', store })).rejects.toThrow('ended')
    const nothing = { root: '/', files: packFiles([]), marks: new Float64Array() }
    const facts = { pieceLength: 1, length: 0, pieceHashes: data }
    expect(disk.open({ ...nothing, ...facts })).toBeGreaterThan(0)
  })
})
