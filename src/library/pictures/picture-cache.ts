import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { AtomicFile } from '../../atomic-file.ts'
import type { Logger } from '../../log.ts'

/** A picture that is used again is marked as used no more often; ms. */
const TOUCH_MS = 24 * 3_600_000
const NAME = /^[0-9a-f]{40}\.jpg$/

interface Kept {
  /** Bytes. */
  readonly size: number
  /** When it was marked as used; ms since 1970. */
  readonly usedAt: number
}

export interface PictureCacheOptions {
  readonly folder: string
  /** Of all files together; what was not used for longest goes first. */
  readonly maxBytes: number
  readonly now: () => number
  readonly log: Logger
}

/** JPEG pictures in a folder, as many as fit. What cannot be read or written is logged once, and made again. */
export class PictureCache {
  readonly #options: PictureCacheOptions
  /** By file name; what was used last is the last. */
  readonly #kept = new Map<string, Kept>()
  #bytes = 0
  #hasFailed = false

  /** Looks what is there. */
  static async open(options: PictureCacheOptions): Promise<PictureCache> {
    const cache = new PictureCache(options)
    await cache.#look()
    return cache
  }

  private constructor(options: PictureCacheOptions) {
    this.#options = options
  }

  /** Bytes of all pictures in it. */
  get bytes(): number {
    return this.#bytes
  }

  async get(key: string): Promise<Buffer | null> {
    const name = nameOf(key)
    const kept = this.#kept.get(name)
    if (kept === undefined) return null
    try {
      const bytes = await readFile(join(this.#options.folder, name))
      if (!isWholeJpeg(bytes)) throw new Error('it is no whole picture')
      this.#use(name, kept)
      return bytes
    } catch {
      // Somebody has been in the folder: it is made again.
      this.#forget(name)
      return null
    }
  }

  async put(key: string, bytes: Buffer): Promise<void> {
    const { folder, maxBytes, now } = this.#options
    if (bytes.length > maxBytes / 4) return
    const name = nameOf(key)
    try {
      await new AtomicFile(join(folder, name)).write(bytes)
      this.#forget(name)
      this.#keep(name, { size: bytes.length, usedAt: now() })
      await this.#makeRoom()
    } catch (error) {
      this.#warn(error, 'cannot keep pictures')
    }
  }

  async #look(): Promise<void> {
    const { folder } = this.#options
    try {
      await mkdir(folder, { recursive: true })
      const found: (readonly [string, Kept])[] = []
      for (const name of await readdir(folder)) {
        const path = join(folder, name)
        // What a power cut left behind of a picture that was being written goes.
        if (!NAME.test(name)) await rm(path, { recursive: true, force: true })
        else {
          const { size, mtimeMs } = await stat(path)
          found.push([name, { size, usedAt: mtimeMs }])
        }
      }
      found.sort(([, a], [, b]) => a.usedAt - b.usedAt)
      for (const [name, kept] of found) this.#keep(name, kept)
      await this.#makeRoom()
    } catch (error) {
      this.#warn(error, 'cannot look through the kept pictures')
    }
  }

  #use(name: string, kept: Kept): void {
    const now = this.#options.now()
    const isOld = now - kept.usedAt > TOUCH_MS
    this.#forget(name)
    this.#keep(name, isOld ? { ...kept, usedAt: now } : kept)
    if (!isOld) return
    const time = new Date(now)
    utimes(join(this.#options.folder, name), time, time).catch(() => {})
  }

  #keep(name: string, kept: Kept): void {
    this.#kept.set(name, kept)
    this.#bytes += kept.size
  }

  #forget(name: string): void {
    this.#bytes -= this.#kept.get(name)?.size ?? 0
    this.#kept.delete(name)
  }

  async #makeRoom(): Promise<void> {
    for (const name of this.#kept.keys()) {
      if (this.#bytes <= this.#options.maxBytes) return
      this.#forget(name)
      await rm(join(this.#options.folder, name), { force: true })
    }
  }

  #warn(error: unknown, message: string): void {
    if (this.#hasFailed) return
    this.#hasFailed = true
    this.#options.log.warn({ err: error, folder: this.#options.folder }, message)
  }
}

function nameOf(key: string): string {
  return `${createHash('sha1').update(key).digest('hex')}.jpg`
}

function isWholeJpeg(bytes: Buffer): boolean {
  const { length } = bytes
  if (length < 4) return false
  return bytes.readUInt16BE(0) === 0xffd8 && bytes.readUInt16BE(length - 2) === 0xffd9
}
