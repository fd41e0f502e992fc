import type { Steps } from '../../concurrency/steps.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'
import { displayTitle } from '../names/title.ts'
import { byTitle, type Titled, titled } from '../sorting/object-order.ts'
import { sortedSteps } from '../sorting/sorted-steps.ts'

/** The folder that is the torrent itself. */
export const TOP = 0
/** Stands for the folder of a file that no TV is shown. */
const NOWHERE = -1
/** Files placed, and folders counted, in one step. */
const STEP_FILES = 256
const STEP_FOLDERS = 8_192

/** A folder is known by its number, which is above that of the folder it lies in. */
export interface FolderFacts {
  readonly parent: number
  /** How many path components lead to it; 0 for the torrent. */
  readonly depth: number
  /** Lowest index of all files in it and below it, listed or not. */
  readonly firstFile: number
}

/**
 * Which files and folders of a torrent lie where, in numbers only: names are those of the torrent's
 * files, and objects are made when somebody looks. 100,000 files of 8 levels take a few MB, and at
 * most 30 where each has folders of its own.
 */
export class FolderIndex {
  readonly #files: readonly TorrentFile[]
  /** Of each folder, by its number. */
  readonly #parents: number[] = [NOWHERE]
  readonly #depths: number[] = [0]
  readonly #firstFiles: number[] = [0]
  readonly #folderCounts: number[] = [0]
  readonly #fileCounts: number[] = [0]
  #listedFiles = 0
  /** Of each file, by its index. */
  readonly #folderOf: Int32Array
  /** Where the children of each folder begin in `#children`: its folders, then its files. */
  #starts = new Uint32Array(0)
  #children = new Uint32Array(0)

  /**
   * @param files - All files of the torrent, by index.
   * @param isListed - False for files that no TV is shown.
   * @param onUnusable - Told of each file that cannot be placed, and is left out.
   */
  static *grow(
    files: readonly TorrentFile[],
    isListed: (file: TorrentFile) => boolean,
    onUnusable: (file: TorrentFile, error: unknown) => void,
  ): Steps<FolderIndex> {
    const index = new FolderIndex(files)
    yield* index.#place(isListed, onUnusable)
    yield* index.#countFolders()
    yield* index.#fill()
    yield* index.#sort()
    return index
  }

  private constructor(files: readonly TorrentFile[]) {
    this.#files = files
    this.#folderOf = new Int32Array(files.length).fill(NOWHERE)
  }

  facts(folder: number): FolderFacts {
    return {
      parent: this.#parents[folder] ?? NOWHERE,
      depth: this.#depths[folder] ?? 0,
      firstFile: this.#firstFiles[folder] ?? 0,
    }
  }

  /** Folders directly in it that have anything to show. */
  folderCount(folder: number): number {
    return this.#folderCounts[folder] ?? 0
  }

  /** Folders and files directly in it. */
  childCount(folder: number): number {
    return this.folderCount(folder) + (this.#fileCounts[folder] ?? 0)
  }

  /** The number of a folder where `place` is below `folderCount`, else the index of a file. */
  child(folder: number, place: number): number {
    return this.#children[(this.#starts[folder] ?? 0) + place] ?? 0
  }

  title(folder: number): string {
    const { depth, firstFile } = this.facts(folder)
    return displayTitle(this.#files[firstFile]?.components[depth - 1] ?? '', `folder ${firstFile}`)
  }

  /** A folder and all that are in it at any depth, the outer before the inner, in their order. */
  *foldersBelow(top: number): Generator<number> {
    const folders = [top]
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      yield folder
      for (let place = this.folderCount(folder) - 1; place >= 0; place--) {
        folders.push(this.child(folder, place))
      }
    }
  }

  /** The index of the file where only one is listed; else `null`. */
  onlyFile(): number | null {
    return this.#listedFiles === 1 ? this.#folderOf.findIndex((folder) => folder !== NOWHERE) : null
  }

  /** The folder of a file; `null` for one that is not shown. */
  folderOf(fileIndex: number): number | null {
    const folder = this.#folderOf[fileIndex] ?? NOWHERE
    return folder === NOWHERE ? null : folder
  }

  /** The folder of this depth whose first file this is; `null` where there is none to be shown. */
  find(depth: number, firstFile: number): number | null {
    // Folders are numbered as files come, the outer before the inner.
    let low = 0
    let high = this.#parents.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const facts = this.facts(middle)
      const order = facts.firstFile - firstFile || facts.depth - depth
      if (order === 0) return this.childCount(middle) > 0 ? middle : null
      if (order < 0) low = middle + 1
      else high = middle
    }
    return null
  }

  *#place(
    isListed: (file: TorrentFile) => boolean,
    onUnusable: (file: TorrentFile, error: unknown) => void,
  ): Steps<void> {
    const known = new Map<string, number>()
    for (const file of this.#files) {
      if (file.index % STEP_FILES === 0) yield
      if (file.padding || file.symlink !== null) continue
      try {
        const folder = this.#folderFor(file, known)
        if (!isListed(file)) continue
        this.#folderOf[file.index] = folder
        this.#listedFiles++
        this.#fileCounts[folder] = (this.#fileCounts[folder] ?? 0) + 1
      } catch (error) {
        onUnusable(file, error)
      }
    }
  }

  #folderFor({ components, index }: TorrentFile, known: Map<string, number>): number {
    let folder = TOP
    for (let depth = 1; depth < components.length; depth++) {
      const name = `${folder}/${components[depth - 1]}`
      const next = known.get(name) ?? this.#parents.length
      if (next === this.#parents.length) {
        known.set(name, next)
        this.#parents.push(folder)
        this.#depths.push(depth)
        this.#firstFiles.push(index)
        this.#folderCounts.push(0)
        this.#fileCounts.push(0)
      }
      folder = next
    }
    return folder
  }

  /** The deepest first: each then knows whether anything in it is shown. */
  *#countFolders(): Steps<void> {
    for (let folder = this.#parents.length - 1; folder > TOP; folder--) {
      if (folder % STEP_FOLDERS === 0) yield
      if (this.childCount(folder) === 0) continue
      const parent = this.#parents[folder] ?? TOP
      this.#folderCounts[parent] = (this.#folderCounts[parent] ?? 0) + 1
    }
  }

  /** Lists the children of each folder in the order of their numbers. */
  *#fill(): Steps<void> {
    const count = this.#parents.length
    this.#starts = new Uint32Array(count + 1)
    let end = 0
    for (let folder = 0; folder < count; folder++) {
      if (folder % STEP_FOLDERS === 0) yield
      this.#starts[folder] = end
      end += this.childCount(folder)
    }
    this.#children = new Uint32Array(end)
    const next = this.#starts.slice()
    const append = (parent: number, child: number): void => {
      const place = next[parent] ?? 0
      this.#children[place] = child
      next[parent] = place + 1
    }
    for (let folder = TOP + 1; folder < count; folder++) {
      if (folder % STEP_FOLDERS === 0) yield
      if (this.childCount(folder) > 0) append(this.#parents[folder] ?? TOP, folder)
    }
    for (const [file, folder] of this.#folderOf.entries()) {
      if (file % STEP_FOLDERS === 0) yield
      if (folder !== NOWHERE) append(folder, file)
    }
  }

  *#sort(): Steps<void> {
    for (let folder = 0; folder < this.#parents.length; folder++) {
      if (folder % STEP_FILES === 0) yield
      const start = this.#starts[folder] ?? 0
      const middle = start + this.folderCount(folder)
      const end = start + this.childCount(folder)
      yield* this.#sortChildren(start, middle, (child) => this.title(child))
      yield* this.#sortChildren(middle, end, (child) => titleOf(this.#files[child]))
    }
  }

  *#sortChildren(start: number, end: number, title: (child: number) => string): Steps<void> {
    if (end - start < 2) return
    const entries: (Titled & { readonly child: number })[] = []
    for (const child of this.#children.subarray(start, end)) {
      if (entries.length % STEP_FILES === 0) yield
      entries.push({ child, ...titled(title(child)) })
    }
    const sorted = yield* sortedSteps(entries, (a, b) => byTitle(a, b) || a.child - b.child)
    this.#children.set(
      sorted.map(({ child }) => child),
      start,
    )
  }
}

/** The title of a file is its whole name: some TVs take its extension for the type. */
export function titleOf(file: TorrentFile | undefined): string {
  return displayTitle(file?.components.at(-1) ?? '', `file ${file?.index ?? ''}`)
}
