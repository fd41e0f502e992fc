import * as fs from 'node:fs'
import { promisify } from 'node:util'
import { type StoredFile, segmentsOf } from './file-layout.ts'

const MAX_OPEN_FILES = 32
const open = promisify(fs.open)
const close = promisify(fs.close)

interface OpenFile {
  readonly fd: Promise<number>
  users: number
}

/** Reads for streams and for uploads, off the event loop; keeps the files last used open. */
export class OpenFiles {
  readonly #files: readonly StoredFile[]
  /** Most recently used last. */
  readonly #open = new Map<number, OpenFile>()
  #isClosed = false

  constructor(files: readonly StoredFile[]) {
    this.#files = files
  }

  /**
   * Reads up to `target.length` bytes at `offset` of the torrent; fewer where a file ends early.
   * Rejects with the system's error.
   */
  async read(offset: number, target: Uint8Array): Promise<number> {
    let to = 0
    for (const segment of segmentsOf(this.#files, offset, target.length)) {
      const part = target.subarray(to, to + segment.length)
      if (this.#files[segment.file]?.path === null) part.fill(0)
      else {
        const count = await this.#readFile(segment.file, segment.position, part)
        if (count < part.length) return to + count
      }
      to += segment.length
    }
    return to
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
    try {
      const fd = await file.fd
      let done = 0
      while (done < target.length) {
        const count = await readOnce(fd, target, done, position + done)
        if (count === 0) break
        done += count
      }
      return done
    } catch (error) {
      if (this.#open.get(index) === file) this.#open.delete(index)
      throw error
    } finally {
      file.users--
      const isForgotten = this.#open.get(index) !== file
      if (isForgotten && file.users === 0) void closeQuietly(file)
      this.#makeRoom()
    }
  }

  #use(index: number): OpenFile {
    const file = this.#open.get(index) ?? {
      fd: open(this.#files[index]?.path ?? '', 'r'),
      users: 0,
    }
    file.users++
    if (this.#isClosed) return file
    this.#open.delete(index)
    this.#open.set(index, file)
    return file
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
    await close(await file.fd)
  } catch {
    // It was never opened, or the system took it away: nothing is left to free.
  }
}
