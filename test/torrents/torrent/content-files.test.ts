import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { AtomicFile } from '../../../src/atomic-file.ts'
import { silentLogger } from '../../../src/log.ts'
import { parseMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'
import { Disk, DiskError } from '../../../src/torrents/store/disk.ts'
import { PieceStore } from '../../../src/torrents/store/piece-store.ts'
import { SegmentPool } from '../../../src/torrents/store/segment-pool.ts'
import {
  ContentFiles,
  type ContentFilesOptions,
} from '../../../src/torrents/torrent/content-files.ts'
import { makeTorrent } from '../../helpers/make-torrent.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const NAMES = ['What?.mkv', 'What_.mkv', 'plain.mkv', 'End.', 'a:b/c|d.srt', 'there?.txt']
const metainfo = parseMetainfo(
  makeTorrent(
    'Who: Part 1',
    NAMES.map((name) => ({ path: name.split('/'), data: Buffer.alloc(10, name) })),
  ).torrentFile,
)

async function open(root: string): Promise<{ files: ContentFiles; store: PieceStore }> {
  const disk = new Disk()
  const options: ContentFilesOptions = {
    ...{ metainfo, root, outputFolder: join(root, metainfo.name), disk, log: silentLogger() },
    resumeFile: new AtomicFile(join(root, '.tributary', 'x.resume')),
    partsFolder: join(root, '.tributary', 'x.parts'),
  }
  const { files } = await ContentFiles.open(options)
  const { layout, pieceHashes } = metainfo
  const store = new PieceStore({
    ...{ disk, root, layout, pieceHashes },
    ...{ files: files.all, pool: new SegmentPool(1_000_000) },
    events: { verified() {}, failed() {}, writable() {}, backpressure() {} },
  })
  onTestFinished(async () => {
    await store.close()
    await disk.close()
  })
  return { files, store }
}

/** What the disk worker says where a file system takes no such name, as exFAT does. */
function refused(files: ContentFiles, index: number): [{ file: number; path: string }, DiskError] {
  const about = { file: index, path: files.all[index]?.path ?? '' }
  return [about, new DiskError('NAME_REFUSED', 'EINVAL', about)]
}

function namesOf(files: ContentFiles, root: string): string[] {
  return files.all.map(({ path }) => path?.slice(root.length + 1) ?? '')
}

describe('names that the file system refuses', () => {
  it('are replaced, all at once, apart from each other and from what is there', async () => {
    const root = await temporaryFolder()
    const { files, store } = await open(root)
    expect(await files.replace(...refused(files, 0), store)).toBe(false)
    const names = namesOf(files, root)
    expect(names).toEqual([
      'Who_ Part 1/What_.mkv',
      'Who_ Part 1/What_ (2).mkv',
      'Who_ Part 1/plain.mkv',
      'Who_ Part 1/End_',
      'Who_ Part 1/a_b/c_d.srt',
      'Who_ Part 1/there_.txt',
    ])
    await store.create(4)
    expect(await readdir(join(root, 'Who_ Part 1', 'a_b'))).toEqual(['c_d.srt'])
    expect(files.faults.size).toBe(0)
  })

  it('stay as they were chosen at the next start, whatever the progress says', async () => {
    const root = await temporaryFolder()
    const first = await open(root)
    await first.files.replace(...refused(first.files, 0), first.store)
    const names = namesOf(first.files, root)
    await first.files.save({ pieces: new Uint8Array(1), kept: new Map() })
    expect(namesOf((await open(root)).files, root)).toEqual(names)
  })

  it('leave alone what exists already under its own name', async () => {
    const root = await temporaryFolder()
    await mkdir(join(root, metainfo.name))
    await writeFile(join(root, metainfo.name, 'there?.txt'), 'x')
    const { files, store } = await open(root)
    await files.replace(...refused(files, 0), store)
    const names = files.all.map(({ path }) => basename(path ?? ''))
    expect(names).toContain('there?.txt')
    expect(names).toContain('What_ (2).mkv')
    expect(files.all[0]?.path).toBe(join(root, metainfo.name, 'What_.mkv'))
  })

  it('are a fault of the file where no other spelling would do', async () => {
    const root = await temporaryFolder()
    await mkdir(join(root, metainfo.name))
    const { files, store } = await open(root)
    expect(await files.replace(...refused(files, 2), store)).toBe(true)
    expect(files.faults.get(2)).toContain('name')
  })
})

describe('ContentFiles.replace()', () => {
  it('does nothing for a file that has another place by now', async () => {
    const root = await temporaryFolder()
    const { files, store } = await open(root)
    const about = { file: 0, path: files.all[0]?.path ?? '' }
    const error = new DiskError('EACCES', 'EACCES', about)
    const both = [files.replace(about, error, store), files.replace(about, error, store)]
    expect(await Promise.all(both)).toEqual([true, false])
  })

  it("rejects where the part cannot be used either, and for what is the disk's", async () => {
    const root = await temporaryFolder()
    const { files, store } = await open(root)
    const about = { file: 0, path: files.all[0]?.path ?? '' }
    const full = new DiskError('ENOSPC', 'full', about)
    await expect(files.replace(about, full, store)).rejects.toBe(full)
    await files.replace(about, new DiskError('EROFS', 'EROFS', about), store)
    const part = { file: 0, path: files.all[0]?.path ?? '' }
    const again = new DiskError('EROFS', 'EROFS', part)
    await expect(files.replace(part, again, store)).rejects.toBe(again)
  })
})
