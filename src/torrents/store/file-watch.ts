import type { Stats } from 'node:fs'
import type { FileMark } from './file-mark.ts'

/** What is told of a file that has been written to since it was told last. */
export interface SyncedFile {
  readonly file: number
  /** How our own last write left it; `null` where somebody else has changed it besides. */
  readonly mark: FileMark
}

type Look = Pick<Stats, 'size' | 'mtimeMs' | 'ino'>

/**
 * How our own writes leave the files of a torrent, so that what others do to them is noticed: a
 * file that does not look as we left it has been changed by somebody else.
 */
export class FileWatch {
  readonly #marks = new Map<number, NonNullable<FileMark>>()
  /** Tells a file from another in its place; only in a run, since not all file systems keep it. */
  readonly #inodes = new Map<number, number>()
  /** Files that somebody else has changed. */
  readonly #suspects = new Set<number>()
  /** Files whose marks have not been told yet. */
  readonly #untold = new Set<number>()

  /** `marks` are the files as they were when their pieces were verified. */
  constructor(marks: readonly FileMark[]) {
    marks.forEach((mark, file) => {
      if (mark !== null) this.#marks.set(file, mark)
    })
  }

  /** We have written to a file, and this is how it looks now. */
  wrote(file: number, now: Look): void {
    this.#remember(file, now)
    this.#untold.add(file)
  }

  /** Suspects a file that is not as we left it; `null` is one that is gone. */
  compare(file: number, now: Look | null): void {
    const mark = this.#marks.get(file)
    if (mark === undefined) return
    const inode = this.#inodes.get(file) ?? now?.ino
    const isSame = now !== null && now.size === mark[0] && now.mtimeMs === mark[1]
    if (isSame && now.ino === inode) return
    this.#suspects.add(file)
    this.#untold.add(file)
  }

  /** The pieces of a file are about to be checked again: as it is now, it counts as ours. */
  trust(file: number, now: Look | null): void {
    this.#suspects.delete(file)
    this.#untold.add(file)
    if (now === null) this.#marks.delete(file)
    else this.#remember(file, now)
  }

  /** Another file takes its place. */
  forget(file: number): void {
    this.#marks.delete(file)
    this.#inodes.delete(file)
    this.#suspects.delete(file)
    this.#untold.delete(file)
  }

  #remember(file: number, { size, mtimeMs, ino }: Look): void {
    this.#marks.set(file, [size, mtimeMs])
    this.#inodes.set(file, ino)
  }

  /**
   * What has not been told yet. `look` shows a file as it is now; `undefined` where that tells
   * nothing, because a write is under way.
   */
  report(look: (file: number) => Look | null | undefined): SyncedFile[] {
    const files = [...this.#untold]
    this.#untold.clear()
    return files.map((file) => {
      const now = look(file)
      if (now !== undefined) this.compare(file, now)
      this.#untold.delete(file)
      return { file, mark: this.#suspects.has(file) ? null : (this.#marks.get(file) ?? null) }
    })
  }
}
