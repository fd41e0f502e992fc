import * as fs from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { type StoredFile, segmentsOf } from './file-layout.ts'

const MAX_OPEN_FILES = 128

const write = promisify(fs.write)
const fsync = promisify(fs.fsync)
const open = promisify(fs.open)
const close = promisify(fs.close)

interface OpenFile {
  readonly fd: number
  readonly writable: boolean
  /** Writes and syncs under way. */
  users: number
}

/** The files of one torrent; lives in the disk worker, which hashes while the system writes. */
export class DiskFiles {
  readonly #files: readonly StoredFile[]
  /** Most recently used last. */
  readonly #open = new Map<number, OpenFile>()
  /** Files written to since they were last synced. */
  readonly #unsynced = new Set<number>()
  /** Settled once all writes asked for so far are done; never rejects. */
  #written: Promise<unknown> = Promise.resolve()
  #synced: Promise<unknown> = Promise.resolve()

  constructor(files: readonly StoredFile[]) {
    this.#files = files
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
      const file = this.#openFile(segment.file, false)
      if (file === null || !readFully(file.fd, part, segment.position)) return false
    }
    return true
  }

  /** Resolves when what was written before is safe from a power cut. */
  sync(): Promise<void> {
    const done = Promise.all([this.#written, this.#synced]).then(() => this.#sync())
    this.#synced = done.catch(() => {})
    return done
  }

  /** Closes the files once what was asked for before is done. */
  close(): Promise<void> {
    // A sync that is asked for later waits for this, so it must not be waited for in turn.
    const done = Promise.all([this.#written, this.#synced]).then(() => this.#close())
    this.#written = done.catch(() => {})
    return done
  }

  #close(): void {
    for (const file of this.#open.values()) fs.closeSync(file.fd)
    this.#open.clear()
  }

  async #write(offset: number, data: Uint8Array): Promise<void> {
    let from = 0
    for (const segment of segmentsOf(this.#files, offset, data.length)) {
      const file = this.#openFile(segment.file, true)
      const part = data.subarray(from, from + segment.length)
      from += segment.length
      if (file === null) continue
      try {
        await using(file, () => writeFully(file.fd, part, segment.position))
      } finally {
        // Not before: a sync that runs meanwhile would take it for done.
        this.#unsynced.add(segment.file)
      }
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
    if (file?.writable) return using(file, () => fsync(file.fd))
    const fd = await open(this.#files[index]?.path ?? '', 'r').catch(nullIfMissing)
    if (fd === null) return
    try {
      await fsync(fd)
    } finally {
      await close(fd)
    }
  }

  /** `null` for a pad, and for a file to be read that is not there. */
  #openFile(index: number, forWriting: boolean): OpenFile | null {
    const known = this.#open.get(index)
    if (known !== undefined) {
      this.#open.delete(index)
      if (known.writable || !forWriting) {
        this.#open.set(index, known)
        return known
      }
      fs.closeSync(known.fd)
    }
    const path = this.#files[index]?.path
    if (path === null || path === undefined) return null
    const fd = forWriting ? openForWriting(path) : openForReading(path)
    if (fd === null) return null
    this.#makeRoom()
    const file = { fd, writable: forWriting, users: 0 }
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

async function using<T>(file: OpenFile, use: () => Promise<T>): Promise<T> {
  file.users++
  try {
    return await use()
  } finally {
    file.users--
  }
}

function openForWriting(path: string): number {
  fs.mkdirSync(dirname(path), { recursive: true })
  return fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o644)
}

function openForReading(path: string): number | null {
  try {
    return fs.openSync(path, 'r')
  } catch (error) {
    return nullIfMissing(error)
  }
}

/** Throws any other error. */
function nullIfMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}

async function writeFully(fd: number, data: Uint8Array, position: number): Promise<void> {
  let done = 0
  while (done < data.length) {
    const { bytesWritten } = await write(fd, data, done, data.length - done, position + done)
    done += bytesWritten
  }
}

function readFully(fd: number, target: Uint8Array, position: number): boolean {
  let done = 0
  while (done < target.length) {
    const count = fs.readSync(fd, target, done, target.length - done, position + done)
    if (count === 0) return false
    done += count
  }
  return true
}
