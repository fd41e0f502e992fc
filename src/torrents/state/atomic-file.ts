import { copyFile, link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Damaged contents of one file that are kept beside it; the oldest go first. */
const MAX_KEPT_ASIDE = 3

/**
 * Files that are read whole and replaced whole. A reader, and a restart after a power cut, sees
 * the old contents or the new, never a mixture. Writes of one path are done one after another,
 * and only the newest of those that wait.
 */
export class AtomicFile {
  readonly path: string
  /** Where the contents before the last stay; `null` where nobody needs them. */
  readonly #previousPath: string | null
  #waiting: { data: string | Uint8Array; done: PromiseWithResolvers } | null = null
  #isWriting = false

  constructor(path: string, options: { previousPath?: string } = {}) {
    this.path = path
    this.#previousPath = options.previousPath ?? null
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

  /** Resolves when this or newer contents are safely on the disk. */
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
    const folder = dirname(this.path)
    await mkdir(folder, { recursive: true })
    const temporary = `${this.path}.new`
    try {
      await clear(temporary)
      await writeSafely(temporary, data)
      if (this.#previousPath !== null) await keep(this.path, this.#previousPath)
      await this.#rename(temporary)
    } catch (error) {
      // What is left of it would take room on a disk that may be full.
      await rm(temporary, { force: true }).catch(() => {})
      throw error
    }
    await syncFolder(folder)
  }

  async #rename(temporary: string): Promise<void> {
    try {
      await rename(temporary, this.path)
    } catch (error) {
      if (!hasCode(error, 'EISDIR', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM')) throw error
      // A folder stands in its place, which no restart would get rid of.
      await this.setAside(new Date())
      await rename(temporary, this.path)
    }
  }
}

/** A second name for a file, in place of whatever had that name; nothing where there is no file. */
async function keep(path: string, previousPath: string): Promise<void> {
  try {
    await clear(previousPath)
    await link(path, previousPath)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return
    // exFAT and the like have no second names. That the old is kept must not cost the new.
    await copyFile(path, previousPath).catch(() => {})
  }
}

async function clear(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
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

async function writeSafely(path: string, data: string | Uint8Array): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(data)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A rename is safe from a power cut only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } catch (error) {
    // Some file systems, FUSE's among them, know no such thing.
    if (!hasCode(error, 'EINVAL', 'ENOTSUP', 'EPERM', 'EISDIR', 'EBADF')) throw error
  } finally {
    await handle.close()
  }
}
