import * as fs from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { errorCode, hasCode } from '../../error-code.ts'
import { type AboutFile, FileError, faultReason, fileError } from './file-fault.ts'
import { type StoredFile, segmentsOf, sizeOnDisk } from './file-layout.ts'
import type { FileMark } from './file-mark.ts'
import { FileWatch, type SyncedFile } from './file-watch.ts'
import { freeTail, punchHoles, RewrittenFile, type Stretch } from './free-space.ts'
import { readFully, writeFully } from './full-io.ts'
import { FREEING_FOLDER, STATE_FOLDER } from './output-folder.ts'
import { openForReading, openForWriting, openPart } from './safe-open.ts'
import { stamp } from './stamp.ts'

const MAX_OPEN_FILES = 128

const fsync = promisify(fs.fsync)
const open = promisify(fs.open)
const close = promisify(fs.close)

interface OpenFile {
  readonly fd: number
  readonly writable: boolean
  /** Tells the file from another that somebody has put in its place. */
  readonly ino: number
  /** Writes and syncs under way. */
  users: number
}

/**
 * The files of one torrent; lives in the disk worker, which hashes while the system writes. It
 * remembers how its own writes leave each file, so that it notices what others do to it.
 */
export class DiskFiles {
  readonly #root: string
  readonly #files: StoredFile[]
  readonly #watch: FileWatch
  /** The file that is being written to. */
  #writing: number | null = null
  /** Most recently used last. */
  readonly #open = new Map<number, OpenFile>()
  /** Closed as soon as nobody uses them. */
  readonly #leaving = new Set<OpenFile>()
  /** Files written to since they were last synced. */
  readonly #unsynced = new Set<number>()
  /** Settled once all writes asked for so far are done; never rejects. */
  #written: Promise<unknown> = Promise.resolve()
  #synced: Promise<unknown> = Promise.resolve()
  /** What has been written to files that are copied meanwhile. */
  readonly #copied = new Map<number, Stretch[]>()
  #isEnded = false

  /** `root` is the folder that no link may lead out of; `marks` are the files as they were verified. */
  constructor(root: string, files: readonly StoredFile[], marks: readonly FileMark[] = []) {
    this.#root = root
    this.#files = [...files]
    this.#watch = new FileWatch(marks)
  }

  /** Writes all of `data` at `offset` of the torrent, creating files and folders; in the order of calls. */
  write(offset: number, data: Uint8Array): Promise<void> {
    const done = this.#written.then(() => this.#write(offset, data))
    this.#written = done.catch(() => {})
    return done
  }

  /** Fills `target` from `offset`; false where bytes are missing. Pads read as zeros. */
  read(offset: number, target: Uint8Array): boolean {
    let to = 0
    for (const segment of segmentsOf(this.#files, offset, target.length)) {
      const part = target.subarray(to, to + segment.length)
      to += segment.length
      if (this.#files[segment.file]?.path === null) {
        part.fill(0)
        continue
      }
      const { position } = segment
      if (position === null) return false
      if (!this.#readPart(segment.file, part, position)) return false
    }
    return true
  }

  /** Resolves when what was written before is safe from a power cut. */
  sync(): Promise<SyncedFile[]> {
    const done = Promise.all([this.#written, this.#synced]).then(async () => {
      await this.#sync()
      return this.#watch.report((file) => (this.#writing === file ? undefined : this.#look(file)))
    })
    this.#synced = done.catch(() => {})
    return done
  }

  /** Creates a file that no write would create, because it has no bytes. */
  create(index: number): Promise<void> {
    const done = this.#written.then(() => {
      try {
        this.#forWriting(index)
      } catch (error) {
        throw fileError(this.#about(index), error)
      }
    })
    this.#written = done.catch(() => {})
    return done
  }

  /** Another path is used for a file from now on. */
  place(index: number, file: StoredFile): Promise<void> {
    const done = this.#written.then(() => {
      this.#close(index)
      this.#files[index] = file
      this.#unsynced.delete(index)
      this.#watch.forget(index)
    })
    this.#written = done
    return done
  }

  /** Takes a file for verified as it is now: its pieces are about to be looked at again. */
  trust(index: number): Promise<void> {
    const done = this.#written.then(() => {
      // Another may lie there by now.
      this.#close(index)
      this.#watch.trust(index, this.#look(index))
    })
    this.#written = done.catch(() => {})
    return done
  }

  /**
   * Gives stretches of a file, in order, back to the file system; its size stays. What is written to
   * the file meanwhile, also into them, is there afterwards.
   */
  async free(index: number, holes: readonly Stretch[]): Promise<void> {
    if (holes.length === 0 || this.#copied.has(index) || this.#look(index) === null) return
    const left = await this.#inOrder(() => this.#freeInPlace(index, holes))
    if (left.length === 0) return
    const name = `${process.pid}-${crypto.randomUUID()}`
    const path = join(this.#root, STATE_FOLDER, FREEING_FOLDER, name)
    const { path: place } = this.#about(index)
    const copy = new RewrittenFile(path, () => this.#isEnded)
    const changed: Stretch[] = []
    this.#copied.set(index, changed)
    try {
      // What is written from here on is written to the copy as well, in the end.
      await this.#inOrder(async () => {})
      const file = this.#forWriting(index)
      await this.#using(file, () => copy.begin(file.fd, left))
      await this.#inOrder(async () => {
        if (this.#about(index).path === place) await this.#replaceBy(copy, index, changed)
        else await copy.discard()
      })
    } catch (error) {
      await copy.discard()
      throw fileError(this.#about(index), error)
    } finally {
      this.#copied.delete(index)
    }
  }

  /** Ends what takes long, and closes the files. */
  end(): Promise<void> {
    this.#isEnded = true
    return this.close()
  }

  /** Closes the files once what was asked for before is done. */
  close(): Promise<void> {
    // A sync that is asked for later waits for this, so it must not be waited for in turn.
    const done = Promise.all([this.#written, this.#synced]).then(() => this.#closeAll())
    this.#written = done.catch(() => {})
    return done
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#written.then(() => {
      if (this.#isEnded) throw new Error('the files are closed')
      return work()
    })
    this.#written = done.catch(() => {})
    return done
  }

  /** What is left to be freed where it cannot be done in place. */
  async #freeInPlace(index: number, holes: readonly Stretch[]): Promise<readonly Stretch[]> {
    const file = this.#forWriting(index)
    return await this.#using(file, async () => {
      const inside = freeTail(file.fd, holes)
      const isDone = inside.length === 0 || (await punchHoles(file.fd, inside))
      this.#wrote(index, file.fd)
      return isDone ? [] : inside
    })
  }

  async #replaceBy(copy: RewrittenFile, index: number, changed: readonly Stretch[]): Promise<void> {
    const { path } = this.#about(index)
    const file = this.#forWriting(index)
    await this.#using(file, () => copy.finish(file.fd, changed, path))
    this.#close(index)
    const now = this.#look(index)
    if (now !== null) this.#watch.wrote(index, now)
    this.#wrote(index, this.#forWriting(index).fd)
  }

  /** Not before it is done: a sync that runs meanwhile would take it for done. */
  #wrote(index: number, fd: number): void {
    this.#unsynced.add(index)
    stamp(fd)
    this.#watch.wrote(index, fs.fstatSync(fd))
  }

  #readPart(index: number, part: Uint8Array, position: number): boolean {
    try {
      const file = this.#forReading(index)
      return file !== null && readFully(file.fd, part, position)
    } catch (error) {
      throw fileError(this.#about(index), error)
    }
  }

  #about(file: number): AboutFile {
    return { file, path: this.#files[file]?.path ?? '' }
  }

  #closeAll(): void {
    for (const file of this.#open.values()) fs.closeSync(file.fd)
    this.#open.clear()
  }

  async #write(offset: number, data: Uint8Array): Promise<void> {
    let from = 0
    for (const segment of segmentsOf(this.#files, offset, data.length)) {
      const part = data.subarray(from, from + segment.length)
      from += segment.length
      const { file: index, position } = segment
      if (position === null || this.#files[index]?.path === null) continue
      try {
        const file = this.#forWriting(index)
        await this.#using(file, () => this.#writeOwn(index, file, part, position))
      } catch (error) {
        throw fileError(this.#about(index), error)
      }
    }
  }

  async #writeOwn(
    index: number,
    file: OpenFile,
    part: Uint8Array,
    position: number,
  ): Promise<void> {
    this.#writing = index
    try {
      await writeFully(file.fd, part, position)
    } finally {
      this.#writing = null
      this.#wrote(index, file.fd)
      this.#copied.get(index)?.push({ start: position, end: position + part.length })
    }
  }

  async #sync(): Promise<void> {
    for (const index of [...this.#unsynced]) {
      this.#unsynced.delete(index)
      try {
        await this.#syncFile(index)
      } catch (error) {
        this.#unsynced.add(index)
        throw error
      }
    }
  }

  async #syncFile(index: number): Promise<void> {
    const file = this.#open.get(index)
    if (file?.writable) return this.#using(file, () => fsync(file.fd))
    const flags = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK
    const fd = await open(this.#files[index]?.path ?? '', flags).catch(nullIfUnusable)
    if (fd === null) return
    try {
      await fsync(fd)
    } finally {
      await close(fd)
    }
  }

  /** `null` where the file is not there. */
  #forReading(index: number): OpenFile | null {
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

  /** What is at the path of a file now; `null` where nothing is. */
  #look(index: number): fs.Stats | null {
    try {
      return fs.lstatSync(this.#files[index]?.path ?? '')
    } catch {
      // Whatever is wrong with it, opening tells.
      return null
    }
  }

  /** Made where it is not there. Throws where it cannot be ours to write. */
  #forWriting(index: number): OpenFile {
    const stored = this.#files[index]
    const path = stored?.path
    if (stored === undefined || typeof path !== 'string') throw new Error(`no file ${index}`)
    let known = this.#open.get(index)
    let now = this.#look(index)
    if (known === undefined || !known.writable || known.ino !== now?.ino) {
      this.#close(index)
      const fd = stored.gap === undefined ? openForWriting(this.#root, path) : openPart(path, true)
      now = fs.fstatSync(fd)
      known = { fd, writable: true, ino: now.ino, users: 0 }
    }
    this.#use(index, known)
    if (now.size > sizeOnDisk(stored)) {
      this.#close(index)
      throw new FileError('TOO_LARGE', this.#about(index), `${path} is larger than it may be`)
    }
    this.#watch.compare(index, now)
    return known
  }

  #use(index: number, file: OpenFile): OpenFile {
    const isNew = !this.#open.delete(index)
    if (isNew) this.#makeRoom()
    this.#open.set(index, file)
    return file
  }

  /** A file that is being synced is closed by that. */
  #close(index: number): void {
    const file = this.#open.get(index)
    this.#open.delete(index)
    if (file !== undefined && file.users === 0) fs.closeSync(file.fd)
    else if (file !== undefined) this.#leaving.add(file)
  }

  async #using<T>(file: OpenFile, use: () => Promise<T>): Promise<T> {
    file.users++
    try {
      return await use()
    } finally {
      file.users--
      if (file.users === 0 && this.#leaving.delete(file)) fs.closeSync(file.fd)
    }
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
function nullIfMissing(error: unknown): null {
  if (hasCode(error, 'ENOENT')) return null
  throw error
}

/** What others have put in a file's place is not ours to keep safe. Throws any other error. */
function nullIfUnusable(error: unknown): null {
  return faultReason(errorCode(error)) === null ? nullIfMissing(error) : null
}
