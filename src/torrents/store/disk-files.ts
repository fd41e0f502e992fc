import * as fs from 'node:fs'
import { dirname } from 'node:path'
import { type StoredFile, segmentsOf } from './file-layout.ts'

const MAX_OPEN_FILES = 128

interface OpenFile {
  readonly fd: number
  readonly writable: boolean
}

/** Synchronous reads and writes over the files of one torrent; lives in the disk worker. */
export class DiskFiles {
  readonly #files: readonly StoredFile[]
  /** Most recently used last. */
  readonly #open = new Map<number, OpenFile>()

  constructor(files: readonly StoredFile[]) {
    this.#files = files
  }

  /** Writes all of `data` at `offset` of the torrent, creating files and folders. */
  write(offset: number, data: Uint8Array): void {
    let from = 0
    for (const segment of segmentsOf(this.#files, offset, data.length)) {
      const fd = this.#openFile(segment.file, true)
      if (fd !== null) writeFully(fd, data.subarray(from, from + segment.length), segment.position)
      from += segment.length
    }
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
      const fd = this.#openFile(segment.file, false)
      if (fd === null || !readFully(fd, part, segment.position)) return false
    }
    return true
  }

  sync(): void {
    for (const file of this.#open.values()) if (file.writable) fs.fsyncSync(file.fd)
  }

  close(): void {
    for (const file of this.#open.values()) fs.closeSync(file.fd)
    this.#open.clear()
  }

  /** `null` for a pad, and for a file to be read that is not there. */
  #openFile(index: number, forWriting: boolean): number | null {
    const known = this.#open.get(index)
    if (known !== undefined) {
      this.#open.delete(index)
      if (known.writable || !forWriting) {
        this.#open.set(index, known)
        return known.fd
      }
      fs.closeSync(known.fd)
    }
    const path = this.#files[index]?.path
    if (path === null || path === undefined) return null
    const fd = forWriting ? openForWriting(path) : openForReading(path)
    if (fd === null) return null
    this.#makeRoom()
    this.#open.set(index, { fd, writable: forWriting })
    return fd
  }

  #makeRoom(): void {
    if (this.#open.size < MAX_OPEN_FILES) return
    const [oldest] = this.#open
    if (oldest === undefined) return
    const [index, file] = oldest
    if (file.writable) fs.fsyncSync(file.fd)
    fs.closeSync(file.fd)
    this.#open.delete(index)
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
    if (isMissing(error)) return null
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function writeFully(fd: number, data: Uint8Array, position: number): void {
  let done = 0
  while (done < data.length) {
    done += fs.writeSync(fd, data, done, data.length - done, position + done)
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
