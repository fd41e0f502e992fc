import { readdir, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import type { AtomicFile } from '../../atomic-file.ts'
import { inTurns } from '../../concurrency/in-turns.ts'
import { nextTurn } from '../../concurrency/next-turn.ts'
import type { Logger } from '../../log.ts'
import type { TorrentFacts } from '../metainfo/metainfo.ts'
import {
  loadResumeData,
  type ResumeData,
  type ResumedPieces,
  resumePieces,
  saveResumeData,
} from '../state/resume-data.ts'
import type { Disk, DiskError } from '../store/disk.ts'
import { type AboutFile, faultReason } from '../store/file-fault.ts'
import { partOf, type StoredFile } from '../store/file-layout.ts'
import type { FileMark } from '../store/file-mark.ts'
import type { SyncedFile } from '../store/file-watch.ts'
import { type FilesPlace, namedFiles } from '../store/named-files.ts'
import type { PieceStore } from '../store/piece-store.ts'
import { portablePaths } from '../store/portable-paths.ts'
import { goneFile, isThere } from './files-gone.ts'

export interface ContentFilesOptions extends FilesPlace {
  readonly metainfo: TorrentFacts
  readonly resumeFile: AtomicFile
  /** Where the parts of files go that cannot be used. */
  readonly partsFolder: string
  readonly disk: Disk
  readonly log: Logger
}

/**
 * The files of one torrent on the disk: where each lies, how it looked when its pieces were
 * verified, and what is wrong with those that cannot be used. A file with a fault is left alone;
 * the bytes of pieces that it shares with others go to a part in the server's own folder.
 */
export class ContentFiles {
  readonly #options: ContentFilesOptions
  readonly #files: StoredFile[]
  readonly #marks: FileMark[]
  readonly #faults = new Map<number, string>()
  readonly #names: Map<number, string>
  /** What is on the disk; names are added to it at once. */
  #saved: ResumeData
  /** Files change places one after another; never rejects. */
  #placing: Promise<unknown> = Promise.resolve()

  /** Looks at all files, and opens none; `gone` is one of them where all are gone that were stored. */
  static async open(
    options: ContentFilesOptions,
  ): Promise<{ files: ContentFiles; resumed: ResumedPieces; gone: string | null }> {
    const { metainfo, root, disk } = options
    const saved = await loadResumeData(options.resumeFile)
    const stored = await namedFiles(options, saved.names)
    // There may be a hundred thousand files: each step is a turn of the event loop by itself.
    await nextTurn()
    const { marks, faults } = await disk.survey(root, stored)
    await nextTurn()
    const files = new ContentFiles(options, saved, stored, [...marks])
    const codes = new Map(faults)
    marks.forEach((mark, index) => {
      if ((mark?.[0] ?? 0) > (stored[index]?.length ?? 0)) codes.set(index, 'TOO_LARGE')
    })
    const gone = codes.size === 0 ? goneFile(saved, stored, marks) : null
    await files.#setApart(codes)
    await nextTurn()
    const resumed = resumePieces(saved, metainfo, files.#files, files.#marks)
    await nextTurn()
    return { files, resumed, gone }
  }

  private constructor(
    options: ContentFilesOptions,
    saved: ResumeData,
    files: StoredFile[],
    marks: FileMark[],
  ) {
    this.#options = options
    this.#saved = saved
    this.#files = files
    this.#marks = marks
    this.#names = new Map(saved.names)
  }

  /** As they lie now; changes when a file gets another place. */
  get all(): readonly StoredFile[] {
    return this.#files
  }

  get marks(): readonly FileMark[] {
    return this.#marks
  }

  /** Why files cannot be used, by index. */
  get faults(): ReadonlyMap<number, string> {
    return this.#faults
  }

  /** Indices of the wanted files that have no bytes and are not there: no piece creates them. */
  async missingEmptyFiles(isWanted: (index: number) => boolean): Promise<readonly number[]> {
    const missing: number[] = []
    await inTurns(this.#options.metainfo.files, ({ index, length, padding, symlink }) => {
      if (length > 0 || padding || symlink !== null || !isWanted(index)) return
      if (this.#marks[index] === null && !this.#faults.has(index)) missing.push(index)
    })
    return missing
  }

  /** Takes over how our own writes have left files. */
  written(files: readonly SyncedFile[]): void {
    for (const { file, mark } of files) this.#marks[file] = mark
  }

  /** `outrun` are files that have more than the pieces by now: they are saved as files to be checked. */
  async save(
    progress: Pick<ResumeData, 'pieces' | 'kept' | 'lastUse'>,
    outrun: readonly number[] = [],
  ): Promise<void> {
    const marks = [...this.#marks]
    for (const file of outrun) marks[file] = null
    const data = { ...progress, marks, names: new Map(this.#names) }
    await saveResumeData(this.#options.resumeFile, data)
    this.#saved = data
  }

  /**
   * Gives a file that cannot be used another place: a name that the file system takes, or a part.
   * Resolves to whether the file has a fault from now on that it had not. Rejects with `error`
   * where it is the part that cannot be used, or that is wrong with the disk as a whole.
   */
  replace(about: AboutFile, error: DiskError, store: PieceStore): Promise<boolean> {
    const done = this.#placing.then(() => this.#replace(about, error, store))
    this.#placing = done.catch(() => {})
    return done
  }

  async #replace({ file: index, path }: AboutFile, error: DiskError, store: PieceStore) {
    const file = this.#files[index]
    const reason = faultReason(error.code)
    // It has been given another place while this was under way.
    if (file === undefined || file.path !== path) return false
    if (file.gap !== undefined || reason === null) throw error
    if (error.code === 'NAME_REFUSED' && (await this.#rename(index, store))) return false
    await this.#setApart(new Map([[index, error.code]]))
    await store.place(index, this.#files[index] ?? file)
    return true
  }

  /** Puts parts in place of files with faults. */
  async #setApart(codes: ReadonlyMap<number, string>): Promise<void> {
    if (codes.size === 0) return
    const { partsFolder, metainfo, log } = this.#options
    const parts = new Set(await namesIn(partsFolder))
    for (const [index, code] of codes) {
      const file = this.#files[index]
      if (file === undefined) continue
      const reason = faultReason(code) ?? code
      log.warn({ path: file.path, reason }, 'a file is left alone')
      const part = join(partsFolder, String(index))
      this.#files[index] = partOf(file, part, metainfo.layout)
      this.#marks[index] = parts.has(String(index)) ? await markOf(part) : null
      this.#faults.set(index, reason)
    }
  }

  /** False where its name is not the reason, or another has the only spelling that would do. */
  async #rename(index: number, store: PieceStore): Promise<boolean> {
    const { root, disk, log } = this.#options
    const { marks } = await disk.survey(root, this.#files)
    // What is there under its own name keeps it.
    const movable = this.#files.map((file, at) => marks[at] === null && file.gap === undefined)
    const paths = await portablePaths(this.#files, movable, root)
    if (!paths.has(index)) return false
    for (const [at, path] of paths) this.#names.set(at, relative(root, path).replaceAll(sep, '/'))
    // Before a file has the name: a restart has to find it.
    const saved = { ...this.#saved, names: new Map(this.#names) }
    await saveResumeData(this.#options.resumeFile, saved)
    this.#saved = saved
    for (const [at, path] of paths) {
      const file = this.#files[at]
      if (file === undefined) continue
      this.#files[at] = { ...file, path }
      await store.place(at, { ...file, path })
    }
    const file = relative(root, this.#files[index]?.path ?? '')
    log.info({ file, count: paths.size }, 'names that the file system refuses are replaced')
    return true
  }

  /** False where nothing is at the path of a file. */
  async isThere(index: number): Promise<boolean> {
    // Whatever else is wrong with it shows when it is opened.
    return await isThere(resolve(this.#files[index]?.path ?? ''))
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch {
    // Nothing has been set apart yet.
    return []
  }
}

async function markOf(path: string): Promise<FileMark> {
  try {
    const { size, mtimeMs } = await stat(path)
    return [size, mtimeMs]
  } catch {
    return null
  }
}
