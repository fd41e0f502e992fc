import * as fs from 'node:fs'
import { hasCode } from '../../error-code.ts'
import { type AboutFile, FileError } from './file-fault.ts'
import { type StoredFile, sizeOnDisk } from './file-layout.ts'
import { openForReading, openForWriting, openPart } from './safe-open.ts'

const MAX_OPEN_FILES = 128

export interface OpenFile {
  readonly fd: number
  readonly writable: boolean
  /** Tells the file from another that somebody has put in its place. */
  readonly ino: number
  /** Writes and syncs under way. */
  users: number
}

/** The open files of one torrent in the disk worker; those that were used last stay open. */
export class FileDescriptors {
  readonly #root: string
  readonly #files: readonly StoredFile[]
  /** Most recently used last. */
  readonly #open = new Map<number, OpenFile>()
  /** Closed as soon as nobody uses them. */
  readonly #leaving = new Set<OpenFile>()

  /** `files` may change: whoever changes one calls `close`. No link may lead out of `root`. */
  constructor(root: string, files: readonly StoredFile[]) {
    this.#root = root
    this.#files = files
  }

  about(file: number): AboutFile {
    return { file, path: this.#files[file]?.path ?? '' }
  }

  /** What is at the path of a file now; `null` where nothing is. */
  look(index: number): fs.Stats | null {
    try {
      return fs.lstatSync(this.#files[index]?.path ?? '')
    } catch {
      // Whatever is wrong with it, opening tells.
      return null
    }
  }

  /** What can be written through, where it is open already. */
  opened(index: number): OpenFile | null {
    const file = this.#open.get(index)
    return file?.writable ? file : null
  }

  /** `null` where the file is not there. */
  forReading(index: number): OpenFile | null {
    const stored = this.#files[index]
    const known = this.#open.get(index)
    if (known !== undefined) return this.#use(index, known)
    if (stored?.path === null || stored === undefined) return null
    const { path } = stored
    try {
      const fd = stored.gap === undefined ? openForReading(this.#root, path) : openPart(path, false)
      return this.#use(index, { fd, writable: false, ino: fs.fstatSync(fd).ino, users: 0 })
    } catch (error) {
      return nullIfMissing(error)
    }
  }

  /**
   * Made where it is not there; `found` is how it looks before it is written to. Throws where it cannot be
   * ours to write.
   */
  forWriting(index: number): { readonly file: OpenFile; readonly found: fs.Stats } {
    const stored = this.#files[index]
    const path = stored?.path
    if (stored === undefined || typeof path !== 'string') throw new Error(`no file ${index}`)
    let known = this.#open.get(index)
    let found = this.look(index)
    if (known === undefined || !known.writable || found === null || known.ino !== found.ino) {
      this.close(index)
      const fd = stored.gap === undefined ? openForWriting(this.#root, path) : openPart(path, true)
      found = fs.fstatSync(fd)
      known = { fd, writable: true, ino: found.ino, users: 0 }
    }
    this.#use(index, known)
    if (found.size > sizeOnDisk(stored)) {
      this.close(index)
      throw new FileError('TOO_LARGE', this.about(index), `${path} is larger than it may be`)
    }
    return { file: known, found }
  }

  /** It is not closed meanwhile. */
  async using<T>(file: OpenFile, use: () => Promise<T>): Promise<T> {
    file.users++
    try {
      return await use()
    } finally {
      file.users--
      if (file.users === 0 && this.#leaving.delete(file)) fs.closeSync(file.fd)
    }
  }

  /** A file that is used is closed by its last user. */
  close(index: number): void {
    const file = this.#open.get(index)
    this.#open.delete(index)
    if (file !== undefined && file.users === 0) fs.closeSync(file.fd)
    else if (file !== undefined) this.#leaving.add(file)
  }

  /** For when nobody uses any. */
  closeAll(): void {
    for (const file of this.#open.values()) fs.closeSync(file.fd)
    this.#open.clear()
  }

  #use(index: number, file: OpenFile): OpenFile {
    const isNew = !this.#open.delete(index)
    if (isNew) this.#makeRoom()
    this.#open.set(index, file)
    return file
  }

  #makeRoom(): void {
    for (const [index, file] of this.#open) {
      if (this.#open.size < MAX_OPEN_FILES) return
      if (file.users > 0) continue
      fs.closeSync(file.fd)
      this.#open.delete(index)
    }
  }
}

/** Throws any other error. */
export function nullIfMissing(error: unknown): null {
  if (hasCode(error, 'ENOENT')) return null
  throw error
}
