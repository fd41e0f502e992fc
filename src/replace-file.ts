import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { copyFile, link, open, rename, rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { hasCode } from './error-code.ts'
import { storing } from './storage-error.ts'

/** A folder stands in the file's place, or something that no file may take the place of. */
const IN_THE_WAY = ['EISDIR', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM']

export interface ReplaceOptions {
  /** For people, as in `the settings`; its name when absent. */
  readonly holds?: string
  /** Where the old contents stay; nowhere when absent. */
  readonly previousPath?: string
  /** Moves what stands in the file's place; to `<path>.bad-<time>` when absent. */
  readonly setAside?: () => Promise<unknown>
}

/**
 * Replaces a file as a whole: a reader, and a restart after a power cut, sees the old contents or
 * the new, never a mixture. Only its owner may read it. One at a time for each path. Rejects with
 * StorageError.
 *
 * @param path - In a folder that exists.
 */
export async function replaceFile(
  path: string,
  data: string | Uint8Array,
  options: ReplaceOptions = {},
): Promise<void> {
  const { holds = basename(path) } = options
  await storing({ what: holds, path }, () => replace(path, data, options))
}

async function replace(
  path: string,
  data: string | Uint8Array,
  options: ReplaceOptions,
): Promise<void> {
  const unfinished = `${path}.new`
  const { previousPath, setAside = () => rename(path, besides(path)) } = options
  try {
    await clear(unfinished)
    await writeSafely(unfinished, data)
    if (previousPath !== undefined) await keep(path, previousPath)
    try {
      await rename(unfinished, path)
    } catch (error) {
      if (!hasCode(error, ...IN_THE_WAY)) throw error
      await setAside()
      await rename(unfinished, path)
    }
  } catch (error) {
    // What is left of it would take room on a disk that may be full.
    await rm(unfinished, { force: true }).catch(() => {})
    throw error
  }
  await syncFolder(dirname(path))
}

/**
 * The same before it returns, for a few bytes. They are not safe from a power cut yet: waiting for
 * the disk would stop everything else.
 */
export function replaceFileNow(path: string, text: string): void {
  const unfinished = `${path}.new`
  rmSync(unfinished, { recursive: true, force: true })
  writeFileSync(unfinished, text)
  try {
    renameSync(unfinished, path)
  } catch (error) {
    if (!hasCode(error, ...IN_THE_WAY)) throw error
    renameSync(path, besides(path))
    renameSync(unfinished, path)
  }
}

function besides(path: string): string {
  return `${path}.bad-${Date.now()}`
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
  const handle = await open(folder, 'r').catch((error: unknown) => {
    // One that may be written to, and not be listed.
    if (hasCode(error, 'EACCES', 'EPERM')) return null
    throw error
  })
  if (handle === null) return
  try {
    await handle.sync()
  } catch (error) {
    // Some file systems, FUSE's among them, know no such thing.
    if (!hasCode(error, 'EINVAL', 'ENOTSUP', 'EPERM', 'EISDIR', 'EBADF')) throw error
  } finally {
    await handle.close()
  }
}
