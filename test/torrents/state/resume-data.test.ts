import { rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Bitfield } from '../../../src/torrents/bitfield.ts'
import { parseMetainfo } from '../../../src/torrents/metainfo.ts'
import { AtomicFile } from '../../../src/torrents/state/atomic-file.ts'
import {
  loadResumeData,
  markFiles,
  saveResumeData,
} from '../../../src/torrents/state/resume-data.ts'
import { storedFiles } from '../../../src/torrents/store/file-layout.ts'
import { makeTorrent, storeFixture } from '../../helpers/make-torrent.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

/** Pieces of 100 bytes: a in 0-1, b in 1-2, the pad in 3, c in 4. */
const fixture = makeTorrent(
  'Show',
  [
    { path: ['a'], data: Buffer.alloc(150, 1) },
    { path: ['empty'], data: Buffer.alloc(0) },
    { path: ['b'], data: Buffer.alloc(150, 2) },
    { path: ['.pad', '100'], data: Buffer.alloc(100), attr: 'p' },
    { path: ['c'], data: Buffer.alloc(100, 3) },
  ],
  100,
)
const metainfo = parseMetainfo(fixture.torrentFile)
const ALL = Uint8Array.of(0b1111_1000)

interface Saved {
  readonly file: AtomicFile
  pathOf(name: string): string
  /** Pieces that are believed, and those in doubt. */
  load(): Promise<{ have: number[]; inDoubt: number[] }>
}

/** All files on the disk, and `pieces` saved. */
async function save(pieces = ALL): Promise<Saved> {
  const folder = await temporaryFolder()
  await storeFixture(folder, fixture)
  const files = storedFiles(metainfo.files, join(folder, 'Show'))
  const file = new AtomicFile(join(folder, 'resume'))
  await saveResumeData(file, pieces, await markFiles(files))
  return {
    file,
    pathOf: (name) => join(folder, 'Show', name),
    load: async () => {
      const { have, inDoubt } = await loadResumeData(file, metainfo, files)
      return { have: piecesOf(have), inDoubt }
    },
  }
}

function piecesOf(bitfield: Bitfield): number[] {
  return [0, 1, 2, 3, 4].filter((piece) => bitfield.has(piece))
}

describe('resume data', () => {
  it('is believed while the files look the same', async () => {
    const { load } = await save()
    expect(await load()).toEqual({ have: [0, 1, 2, 3, 4], inDoubt: [] })
  })

  it('knows what was missing, without a second look', async () => {
    const { load } = await save(Uint8Array.of(0b0110_0000))
    expect(await load()).toEqual({ have: [1, 2], inDoubt: [] })
  })

  it('doubts all pieces of a file that was touched, shared ones too', async () => {
    const { load, pathOf } = await save()
    await utimes(pathOf('b'), new Date(1_000), new Date(1_000))
    expect(await load()).toEqual({ have: [0, 3, 4], inDoubt: [1, 2] })
  })

  it('doubts pieces of a touched file that were missing: they may be there now', async () => {
    const { load, pathOf } = await save(Uint8Array.of(0))
    await utimes(pathOf('a'), new Date(1_000), new Date(1_000))
    expect(await load()).toEqual({ have: [], inDoubt: [0, 1] })
  })

  it('doubts a file that was cut short, even where its time is the old one', async () => {
    const { load, pathOf, file } = await save()
    await utimes(pathOf('c'), new Date(1_000), new Date(1_000))
    await saveResumeData(file, ALL, await markFiles(storedAt(pathOf)))
    await truncate(pathOf('c'), 99)
    await utimes(pathOf('c'), new Date(1_000), new Date(1_000))
    expect(await load()).toEqual({ have: [0, 1, 2, 3], inDoubt: [4] })
  })

  it('misses the pieces of a file that is gone, or empty, without looking at them', async () => {
    const { load, pathOf } = await save()
    await rm(pathOf('b'))
    expect(await load()).toEqual({ have: [0, 3, 4], inDoubt: [] })
    await writeFile(pathOf('b'), '')
    expect(await load()).toEqual({ have: [0, 3, 4], inDoubt: [] })
  })

  it('does not mind an empty file that is gone', async () => {
    const { load, pathOf } = await save()
    await rm(pathOf('empty'))
    expect((await load()).have).toEqual([0, 1, 2, 3, 4])
  })

  it.each([
    ...['', 'null', '{', '[1]', '{"pieces":1,"files":[]}', '{"pieces":"+Pg=","files":{}}'],
    '{"pieces":"6A==","files":[7,"x",{},null,[]]}',
  ])('that is damaged puts everything on the disk in doubt: %j', async (text) => {
    const { load, pathOf, file } = await save()
    await writeFile(file.path, text)
    await rm(pathOf('c'))
    expect(await load()).toEqual({ have: [], inDoubt: [0, 1, 2] })
  })

  it('that was never saved puts everything on the disk in doubt', async () => {
    const { load, file } = await save()
    await file.remove()
    expect(await load()).toEqual({ have: [], inDoubt: [0, 1, 2, 4] })
  })

  it('with bits past the last piece is cut to its length', async () => {
    const { load } = await save(new Uint8Array(64).fill(0xff))
    expect((await load()).have).toEqual([0, 1, 2, 3, 4])
  })
})

function storedAt(pathOf: (name: string) => string): ReturnType<typeof storedFiles> {
  return storedFiles(metainfo.files, pathOf('.'))
}
