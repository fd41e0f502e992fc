import * as fs from 'node:fs'
import { dirname } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { faultReason } from './file-fault.ts'
import { FolderChecks } from './folder-checks.ts'

/** A large file takes a while; the system does so many at once. */
const CONCURRENCY = 4
/** Folders removed without a break. */
const FOLDERS_PER_TURN = 500

/** A file that is still there, and why. */
export interface Undeleted {
  readonly path: string
  readonly reason: string
}

/**
 * Deletes the files whose paths are joined by NUL, and the folders above them, up to `root`, that
 * are empty then. What a link leads to outside stays. Runs in the disk worker.
 */
export async function removeFiles(root: string, paths: string): Promise<Undeleted[]> {
  const all = paths.split('\0').filter((path) => path !== '')
  const folders = new FolderChecks(root)
  const undeleted: Undeleted[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let path = all[next++]; path !== undefined; path = all[next++]) {
      const reason = await removeFile(path, folders)
      if (reason !== null) undeleted.push({ path, reason })
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
  await removeEmpty(root, all, folders)
  return undeleted
}

/** Why a file is still there; `null` where it is gone. */
async function removeFile(path: string, folders: FolderChecks): Promise<string | null> {
  const above = folders.check(dirname(path))
  // Without its folder it is not there; a file in the folder's place is not ours.
  if (above === 'ENOENT' || above === 'ENOTDIR') return null
  if (above !== null) return faultReason(above) ?? above
  try {
    await fs.promises.unlink(path)
    return null
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    if (isFolder(path)) return faultReason('EISDIR')
    return faultReason(code ?? '') ?? message
  }
}

function isFolder(path: string): boolean {
  try {
    return fs.lstatSync(path).isDirectory()
  } catch {
    // Gone meanwhile.
    return false
  }
}

async function removeEmpty(
  root: string,
  paths: readonly string[],
  checks: FolderChecks,
): Promise<void> {
  const folders = new Set<string>()
  for (const path of paths) {
    for (let folder = dirname(path); folder.length > root.length; folder = dirname(folder)) {
      if (folders.has(folder)) break
      folders.add(folder)
    }
  }
  const deepestFirst = [...folders].sort((a, b) => b.length - a.length)
  for (const [index, folder] of deepestFirst.entries()) {
    if (index % FOLDERS_PER_TURN === 0 && index > 0) await nextTurn()
    if (checks.check(dirname(folder)) !== null) continue
    try {
      fs.rmdirSync(folder)
    } catch {
      // Not empty, not there, or a link.
    }
  }
}
