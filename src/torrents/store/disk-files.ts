import * as fs from 'node:fs'
import { promisify } from 'node:util'
import { errorCode } from '../../error-code.ts'
import { FileDescriptors, nullIfMissing, type OpenFile } from './file-descriptors.ts'
import { faultReason, fileError } from './file-fault.ts'
import { FileFreeing } from './file-freeing.ts'
import { type StoredFile, segmentsOf } from './file-layout.ts'
import type { FileMark } from './file-mark.ts'
import { FileWatch, type SyncedFile } from './file-watch.ts'
import type { Stretch } from './free-space.ts'
import { readFully, writeFully } from './full-io.ts'
import { stamp } from './stamp.ts'

const fsync = promisify(fs.fsync)
const open = promisify(fs.open)
const close = promisify(fs.close)

/**
 * The files of one torrent; lives in the disk worker, which hashes while the system writes. It
 * remembers how its own writes leave each file, so that it notices what others do to it.
 */
export class DiskFiles {
  readonly #files: StoredFile[]
  readonly #descriptors: FileDescriptors
  readonly #watch: FileWatch
  readonly #freeing: FileFreeing
  /** The file that is being written to. */
  #writing: number | null = null
  /** Files written to since they were last synced. */
  readonly #unsynced = new Set<number>()
  /** Settled once all writes asked for so far are done; never rejects. */
  #written: Promise<unknown> = Promise.resolve()
  #synced: Promise<unknown> = Promise.resolve()
  #isEnded = false

  /** `root` is the folder that no link may lead out of; `marks` are the files as they were verified. */
  constructor(root: string, files: readonly StoredFile[], marks: readonly FileMark[] = []) {
    this.#files = [...files]
    this.#descriptors = new FileDescriptors(root, this.#files)
    this.#watch = new FileWatch(marks)
    this.#freeing = new FileFreeing({
      ...{ root, descriptors: this.#descriptors },
      inOrder: (work) => this.#inOrder(work),
      forWriting: (index) => this.#forWriting(index),
      wrote: (index, fd) => this.#wrote(index, fd),
      replaced: (index) => {
        const now = this.#descriptors.look(index)
        if (now !== null) this.#watch.wrote(index, now)
      },
      isEnded: () => this.#isEnded,
    })
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
      return this.#watch.report((file) =>
        this.#writing === file ? undefined : this.#descriptors.look(file),
      )
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
        throw fileError(this.#descriptors.about(index), error)
      }
    })
    this.#written = done.catch(() => {})
    return done
  }

  /** Another path is used for a file from now on. */
  place(index: number, file: StoredFile): Promise<void> {
    const done = this.#written.then(() => {
      this.#descriptors.close(index)
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
      this.#descriptors.close(index)
      this.#watch.trust(index, this.#descriptors.look(index))
    })
    this.#written = done.catch(() => {})
    return done
  }

  /**
   * Gives stretches of a file, in order, back to the file system; its size stays. What is written to
   * the file meanwhile, also into them, is there afterwards.
   */
  free(index: number, holes: readonly Stretch[]): Promise<void> {
    return this.#freeing.free(index, holes)
  }

  /** Ends what takes long, and closes the files. */
  end(): Promise<void> {
    this.#isEnded = true
    return this.close()
  }

  /** Closes the files once what was asked for before is done. */
  close(): Promise<void> {
    // A sync that is asked for later waits for this, so it must not be waited for in turn.
    const done = Promise.all([this.#written, this.#synced]).then(() => this.#descriptors.closeAll())
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

  /** Not before it is done: a sync that runs meanwhile would take it for done. */
  #wrote(index: number, fd: number): void {
    this.#unsynced.add(index)
    stamp(fd)
    this.#watch.wrote(index, fs.fstatSync(fd))
  }

  #readPart(index: number, part: Uint8Array, position: number): boolean {
    try {
      const file = this.#descriptors.forReading(index)
      return file !== null && readFully(file.fd, part, position)
    } catch (error) {
      throw fileError(this.#descriptors.about(index), error)
    }
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
        await this.#descriptors.using(file, () => this.#writeOwn(index, file, part, position))
      } catch (error) {
        throw fileError(this.#descriptors.about(index), error)
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
      this.#freeing.written(index, { start: position, end: position + part.length })
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
    const file = this.#descriptors.opened(index)
    if (file !== null) return this.#descriptors.using(file, () => fsync(file.fd))
    const flags = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK
    const fd = await open(this.#files[index]?.path ?? '', flags).catch(nullIfUnusable)
    if (fd === null) return
    try {
      await fsync(fd)
    } finally {
      await close(fd)
    }
  }

  /** Made where it is not there. Throws where it cannot be ours to write. */
  #forWriting(index: number): OpenFile {
    const { file, found } = this.#descriptors.forWriting(index)
    this.#watch.compare(index, found)
    return file
  }
}

/** What others have put in a file's place is not ours to keep safe. Throws any other error. */
function nullIfUnusable(error: unknown): null {
  return faultReason(errorCode(error)) === null ? nullIfMissing(error) : null
}
