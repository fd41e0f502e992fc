import * as fs from 'node:fs'
import { fileError } from './file-fault.ts'
import { type StoredFile, segmentsOf } from './file-layout.ts'
import { openForReadingSoon } from './safe-open.ts'

const MAX_OPEN_FILES = 32

interface OpenFile {
  readonly handle: Promise<fs.promises.FileHandle>
  users: number
}

/** Reads for streams and for uploads, off the event loop; keeps the files last used open. */
export class OpenFiles {
  readonly #root: string
  readonly #files: readonly StoredFile[]
  /** Most recently used last. */
  readonly #open = new Map<number, OpenFile>()
  #isClosed = false

  /** `files` may change: whoever changes one calls `forget`. No link may lead out of `root`. */
  constructor(root: string, files: readonly StoredFile[]) {
    this.#root = root
    this.#files = files
  }

  /**
   * Reads up to `target.length` bytes at `offset` of the torrent; fewer where a file ends early.
   * Rejects with FileError.
   */
  async read(offset: number, target: Uint8Array): Promise<number> {
    let to = 0
    for (const segment of segmentsOf(this.#files, offset, target.length)) {
      const part = target.subarray(to, to + segment.length)
      const { file, position } = segment
      if (this.#files[file]?.path === null) part.fill(0)
      else {
        const count = position === null ? 0 : await this.#readFile(file, position, part)
        if (count < part.length) return to + count
      }
      to += segment.length
    }
    return to
  }

  /** The file has another path now; who reads it goes on with the old one. */
  forget(index: number): void {
    const file = this.#open.get(index)
    this.#open.delete(index)
    if (file?.users === 0) void closeQuietly(file)
  }

  /** Files that are being read are closed by their last reader. */
  async close(): Promise<void> {
    this.#isClosed = true
    const idle = [...this.#open.values()].filter(({ users }) => users === 0)
    this.#open.clear()
    await Promise.all(idle.map(closeQuietly))
  }

  async #readFile(index: number, position: number, target: Uint8Array): Promise<number> {
    const file = this.#use(index)
    const path = this.#files[index]?.path ?? ''
    try {
      const { fd } = await file.handle
      let done = 0
      while (done < target.length) {
        const count = await readOnce(fd, target, done, position + done)
        if (count === 0) break
        done += count
      }
      return done
    } catch (error) {
      if (this.#open.get(index) === file) this.#open.delete(index)
      throw fileError({ file: index, path }, error)
    } finally {
      file.users--
      const isForgotten = this.#open.get(index) !== file
      if (isForgotten && file.users === 0) void closeQuietly(file)
      this.#makeRoom()
    }
  }

  #use(index: number): OpenFile {
    const file = this.#open.get(index) ?? {
      handle: this.#openFile(index),
      users: 0,
    }
    file.users++
    if (this.#isClosed) return file
    this.#open.delete(index)
    this.#open.set(index, file)
    return file
  }

  #openFile(index: number): Promise<fs.promises.FileHandle> {
    const { path = null, gap } = this.#files[index] ?? {}
    // A part lies in the server's own folder, where no link is followed at all.
    if (path !== null && gap !== undefined) {
      return fs.promises.open(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW)
    }
    return openForReadingSoon(this.#root, path ?? '')
  }

  #makeRoom(): void {
    for (const [index, file] of this.#open) {
      if (this.#open.size <= MAX_OPEN_FILES) return
      if (file.users > 0) continue
      this.#open.delete(index)
      void closeQuietly(file)
    }
  }
}

function readOnce(fd: number, target: Uint8Array, done: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(fd, target, done, target.length - done, position, (error, count) => {
      if (error === null) resolve(count)
      else reject(error)
    })
  })
}

async function closeQuietly(file: OpenFile): Promise<void> {
  try {
    const handle = await file.handle
    await handle.close()
  } catch {
    // It was never opened, or the system took it away: nothing is left to free.
  }
}
