import { mkdir, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AtomicFile } from '../../../src/atomic-file.ts'
import { parseMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'
import type { Bitfield } from '../../../src/torrents/pieces/bitfield.ts'
import {
  loadResumeData,
  NOTHING_SAVED,
  type ResumeData,
  resumePieces,
  saveResumeData,
} from '../../../src/torrents/state/resume-data.ts'
import { storedFiles } from '../../../src/torrents/store/file-layout.ts'
import type { FileMark } from '../../../src/torrents/store/file-mark.ts'
import { readSurvey, surveyFiles } from '../../../src/torrents/store/file-survey.ts'
import { packPaths } from '../../../src/torrents/store/packed-files.ts'
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

interface Resumed {
  readonly have: number[]
  readonly inDoubt: number[]
  /** Piece: files whose bytes of it are believed. */
  readonly kept: Record<number, readonly number[]>
}

interface Saved {
  readonly file: AtomicFile
  pathOf(name: string): string
  /** Looks at the files, and saves them as they are. */
  saveAgain(data?: Partial<ResumeData>): Promise<void>
  load(): Promise<Resumed>
}

/** All files on the disk, and `pieces` saved. */
async function save(pieces = ALL): Promise<Saved> {
  const folder = await temporaryFolder()
  await storeFixture(folder, fixture)
  const files = storedFiles(metainfo.files, join(folder, 'Show'))
  const file = new AtomicFile(join(folder, 'resume'))
  const look = async (): Promise<readonly FileMark[]> =>
    readSurvey(await surveyFiles(folder, packPaths(files))).marks
  const saveAgain = async (data: Partial<ResumeData> = {}): Promise<void> => {
    await saveResumeData(file, { ...NOTHING_SAVED, pieces, marks: await look(), ...data })
  }
  await saveAgain()
  return {
    ...{ file, saveAgain },
    pathOf: (name) => join(folder, 'Show', name),
    load: async () => {
      const saved = await loadResumeData(file)
      const { have, kept, inDoubt } = resumePieces(saved, metainfo, files, await look())
      return { have: piecesOf(have), inDoubt, kept: Object.fromEntries(kept) }
    },
  }
}

function piecesOf(bitfield: Bitfield): number[] {
  return [0, 1, 2, 3, 4].filter((piece) => bitfield.has(piece))
}

describe('resume data', () => {
  it('is believed while the files look the same', async () => {
    const { load } = await save()
    expect(await load()).toMatchObject({ have: [0, 1, 2, 3, 4], inDoubt: [] })
  })

  it('knows what was missing, without a second look', async () => {
    const { load } = await save(Uint8Array.of(0b0110_0000))
    expect(await load()).toMatchObject({ have: [1, 2], inDoubt: [] })
  })

  it('doubts all pieces of a file that was touched, shared ones too', async () => {
    const { load, pathOf } = await save()
    await utimes(pathOf('b'), new Date(1_000), new Date(1_000))
    expect(await load()).toMatchObject({ have: [0, 3, 4], inDoubt: [1, 2] })
  })

  it('doubts pieces of a touched file that were missing: they may be there now', async () => {
    const { load, pathOf } = await save(Uint8Array.of(0))
    await utimes(pathOf('a'), new Date(1_000), new Date(1_000))
    expect(await load()).toMatchObject({ have: [], inDoubt: [0, 1] })
  })

  it('doubts a file that was cut short, even where its time is the old one', async () => {
    const { load, pathOf, saveAgain } = await save()
    await utimes(pathOf('c'), new Date(1_000), new Date(1_000))
    await saveAgain()
    await truncate(pathOf('c'), 99)
    await utimes(pathOf('c'), new Date(1_000), new Date(1_000))
    expect(await load()).toMatchObject({ have: [0, 1, 2, 3], inDoubt: [4] })
  })

  it('misses the pieces of a file that is gone, or empty, without looking at them', async () => {
    const { load, pathOf } = await save()
    await rm(pathOf('b'))
    expect(await load()).toMatchObject({ have: [0, 3, 4], inDoubt: [] })
    await writeFile(pathOf('b'), '')
    expect(await load()).toMatchObject({ have: [0, 3, 4], inDoubt: [] })
  })

  it('does not mind an empty file that is gone', async () => {
    const { load, pathOf } = await save()
    await rm(pathOf('empty'))
    expect((await load()).have).toEqual([0, 1, 2, 3, 4])
  })

  it('keeps the bytes of other files in the pieces of one that was changed or is gone', async () => {
    const { load, pathOf } = await save()
    await utimes(pathOf('b'), new Date(1_000), new Date(1_000))
    expect((await load()).kept).toEqual({ 1: [0] })
    await rm(pathOf('b'))
    expect((await load()).kept).toEqual({ 1: [0] })
    await utimes(pathOf('a'), new Date(1_000), new Date(1_000))
    expect((await load()).kept).toEqual({})
  })

  it('keeps what was kept before, of files that still look the same', async () => {
    const { load, pathOf, saveAgain } = await save()
    await saveAgain({ pieces: Uint8Array.of(0), kept: new Map([[1, [0, 2]]]) })
    expect((await load()).kept).toEqual({ 1: [0, 2] })
    await utimes(pathOf('b'), new Date(1_000), new Date(1_000))
    expect((await load()).kept).toEqual({ 1: [0] })
  })

  it('brings back other names', async () => {
    const { file, saveAgain } = await save()
    const names = new Map([[2, 'Show_/b']])
    await saveAgain({ names })
    expect((await loadResumeData(file)).names).toEqual(names)
  })

  it.each([
    ...['', 'null', '{', '[1]', '{"pieces":1,"marks":[]}', '{"pieces":"+Pg=","marks":{}}'],
    ...['{"pieces":"6A==","marks":"abc","kept":7,"names":[[1],["x","y"]]}', '\0'.repeat(99)],
    '{"pieces":"4A==","marks":"","kept":[[0,["x"]],null,[1]],"names":{"0":"x"}}',
  ])('that is damaged puts everything on the disk in doubt: %j', async (text) => {
    const { load, pathOf, file } = await save()
    await writeFile(file.path, text)
    await rm(pathOf('c'))
    expect(await load()).toEqual({ have: [], inDoubt: [0, 1, 2], kept: {} })
  })

  it('that is a folder puts everything on the disk in doubt, and is saved all the same', async () => {
    const { load, file, saveAgain } = await save()
    await file.remove()
    await mkdir(join(file.path, 'x'), { recursive: true })
    expect((await load()).inDoubt).toEqual([0, 1, 2, 4])
    await saveAgain()
    expect((await load()).have).toEqual([0, 1, 2, 3, 4])
  })

  it('that was never saved puts everything on the disk in doubt', async () => {
    const { load, file } = await save()
    await file.remove()
    expect(await load()).toMatchObject({ have: [], inDoubt: [0, 1, 2, 4] })
  })

  it('with bits past the last piece is cut to its length', async () => {
    const { load } = await save(new Uint8Array(64).fill(0xff))
    expect((await load()).have).toEqual([0, 1, 2, 3, 4])
  })
})
