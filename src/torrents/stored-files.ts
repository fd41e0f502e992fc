import { rm, rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { StoredFile } from './store/file-layout.ts'

/** Deletes files, and the folders above them up to `folder` that are empty then. */
export async function deleteFiles(files: readonly StoredFile[], folder: string): Promise<void> {
  const folders = new Set<string>()
  for (const { path } of files) {
    if (path === null) continue
    await rm(path, { force: true })
    folders.add(dirname(path))
  }
  for (const path of [...folders].sort((a, b) => b.length - a.length)) {
    await removeEmpty(path, folder)
  }
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
