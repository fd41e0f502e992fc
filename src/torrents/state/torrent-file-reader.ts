import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { hasCode } from '../../error-code.ts'

/** Larger files get memory of their own. */
const SHARED_BYTES = 4 * 1024 * 1024

/**
 * Reads torrent files one after another into the same memory: thousands of them would leave hundreds of
 * megabytes for the garbage collector. For the start alone, as it holds up everything else meanwhile.
 */
export class TorrentFileReader {
  readonly #shared = Buffer.allocUnsafeSlow(SHARED_BYTES)
  #mark: readonly [sizeBytes: number, mtimeMs: number] | null = null

  /** Of the file that was read last. */
  get mark(): readonly [sizeBytes: number, mtimeMs: number] | null {
    return this.#mark
  }

  /** The bytes are valid until the next call; `null` where there is no such file. Throws the system's error. */
  read(path: string): Uint8Array | null {
    let fd: number
    try {
      fd = openSync(path, 'r')
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return null
      throw error
    }
    try {
      const { size, mtimeMs } = fstatSync(fd)
      this.#mark = [size, mtimeMs]
      const target = size <= SHARED_BYTES ? this.#shared.subarray(0, size) : Buffer.alloc(size)
      let length = 0
      while (length < size) {
        const count = readSync(fd, target, length, size - length, length)
        if (count === 0) break
        length += count
      }
      return target.subarray(0, length)
    } finally {
      closeSync(fd)
    }
  }
}
