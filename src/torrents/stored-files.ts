import { rm, rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { StoredFile } from './store/file-layout.ts'

/**
 * Deletes files, and the folders above them up to `folder` that are empty then. Rejects with the
 * first error, when all that can be deleted is gone.
 */
export async function deleteFiles(files: readonly StoredFile[], folder: string): Promise<void> {
  const folders = new Set<string>()
  const failures: unknown[] = []
  for (const { path } of files) {
    if (path === null) continue
    try {
      await rm(path, { force: true })
    } catch (error) {
      if (!isNotThere(error)) failures.push(error)
    }
    folders.add(dirname(path))
  }
  for (const path of [...folders].sort((a, b) => b.length - a.length)) {
    await removeEmpty(path, folder)
  }
  if (failures.length > 0) throw failures[0]
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
