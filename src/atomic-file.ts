import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { hasCode } from './error-code.ts'
import { replaceFile } from './replace-file.ts'
import { storing } from './storage-error.ts'

/** Damaged contents of one file that are kept beside it; the oldest go first. */
const MAX_KEPT_ASIDE = 3

export interface AtomicFileOptions {
  /** For people, as in `the settings`; its name when absent. */
  readonly holds?: string
  /** Where the contents before the last stay; nowhere when absent. */
  readonly previousPath?: string
}

/**
 * Files that are read whole and replaced whole. A reader, and a restart after a power cut, sees
 * the old contents or the new, never a mixture. Writes of one path are done one after another,
 * and only the newest of those that wait.
 */
export class AtomicFile {
  readonly path: string
  readonly #options: AtomicFileOptions
  #waiting: { data: string | Uint8Array; done: PromiseWithResolvers } | null = null
  #isWriting = false

  constructor(path: string, options: AtomicFileOptions = {}) {
    this.path = path
    this.#options = options
  }

  /** `null` where there is no such file. Rejects with the system's error. */
  async read(): Promise<Buffer | null> {
    try {
      return await readFile(this.path)
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return null
      throw error
    }
  }

  /**
   * Keeps what is damaged, whatever it is, beside the file for a person to look at, and tells
   * where. Rejects with the system's error.
   */
  async setAside(now: Date): Promise<string> {
    const prefix = `${this.path}.bad-`
    const aside = prefix + now.toISOString().replaceAll(/[:.]/g, '-')
    await rm(aside, { recursive: true, force: true })
    await rename(this.path, aside)
    const folder = dirname(this.path)
    const all = (await readdir(folder)).filter((name) => name.startsWith(basename(prefix))).sort()
    for (const name of all.slice(0, -MAX_KEPT_ASIDE)) {
      await rm(join(folder, name), { recursive: true, force: true })
    }
    return aside
  }

  /** Resolves when this or newer contents are safely on the disk. Rejects with StorageError. */
  write(data: string | Uint8Array): Promise<void> {
    const done = this.#waiting?.done ?? withResolvers()
    this.#waiting = { data, done }
    if (!this.#isWriting) void this.#drain()
    return done.promise
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true })
  }

  async #drain(): Promise<void> {
    this.#isWriting = true
    while (this.#waiting !== null) {
      const { data, done } = this.#waiting
      this.#waiting = null
      try {
        await this.#replace(data)
        done.resolve()
      } catch (error) {
        done.reject(error)
      }
    }
    this.#isWriting = false
  }

  async #replace(data: string | Uint8Array): Promise<void> {
    const { holds = basename(this.path) } = this.#options
    await storing({ what: holds, path: this.path }, () =>
      mkdir(dirname(this.path), { recursive: true }),
    )
    await replaceFile(this.path, data, {
      ...this.#options,
      // A folder stands in its place, which no restart would get rid of.
      setAside: () => this.setAside(new Date()),
    })
  }
}

interface PromiseWithResolvers {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

function withResolvers(): PromiseWithResolvers {
  let resolve: () => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}
