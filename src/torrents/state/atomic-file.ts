import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Files that are read whole and replaced whole. A reader, and a restart after a power cut, sees
 * the old contents or the new, never a mixture. Writes of one path are done one after another,
 * and only the newest of those that wait.
 */
export class AtomicFile {
  readonly path: string
  #waiting: { data: string | Uint8Array; done: PromiseWithResolvers } | null = null
  #isWriting = false

  constructor(path: string) {
    this.path = path
  }

  /** `null` where there is no such file. */
  async read(): Promise<Buffer | null> {
    try {
      return await readFile(this.path)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
      throw error
    }
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
        await replaceFile(this.path, data)
        done.resolve()
      } catch (error) {
        done.reject(error)
      }
    }
    this.#isWriting = false
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

async function replaceFile(path: string, data: string | Uint8Array): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true })
  const temporary = `${path}.new`
  try {
    await writeSafely(temporary, data)
    await rename(temporary, path)
  } catch (error) {
    // What is left of it would take room on a disk that may be full.
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
  await syncFolder(folder)
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
  } finally {
    await handle.close()
  }
}
