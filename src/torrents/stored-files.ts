import { rm, rmdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { StoredFile } from './store/file-layout.ts'

/** A file that was to be deleted, and is still there. */
export interface Leftover {
  readonly path: string
  readonly reason: string
}

/**
 * Deletes files, and the folders above them up to `folder` that are empty then. Resolves with what
 * could not be deleted, when all that can be is gone.
 */
export async function deleteFiles(
  files: readonly StoredFile[],
  folder: string,
): Promise<Leftover[]> {
  const folders = new Set<string>()
  const leftovers: Leftover[] = []
  for (const { path, length } of files) {
    if (path === null) continue
    try {
      if (await isLarger(path, length)) {
        leftovers.push({ path, reason: 'it is larger than the torrent says, so not of it' })
        continue
      }
      await rm(path, { force: true })
    } catch (error) {
      if (!isNotThere(error)) leftovers.push({ path, reason: String(error) })
    }
    folders.add(dirname(path))
  }
  for (const path of [...folders].sort((a, b) => b.length - a.length)) {
    await removeEmpty(path, folder)
  }
  return leftovers
}

async function isLarger(path: string, length: number): Promise<boolean> {
  try {
    const found = await stat(path)
    return found.isFile() && found.size > length
  } catch {
    // Not there, or not to be looked at: deleting it tells which.
    return false
  }
}

/** A file where a folder should be on the way: whatever it is, it is not ours. */
function isNotThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOTDIR'
}

async function removeEmpty(path: string, stop: string): Promise<void> {
  for (let current = path; current.length > stop.length; current = dirname(current)) {
    try {
      await rmdir(current)
    } catch {
      // Not empty, or not there: so are the folders above.
      return
    }
  }
}
