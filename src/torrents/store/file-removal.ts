import * as fs from 'node:fs'
import { dirname } from 'node:path'
import { nextTurn } from '../../concurrency/next-turn.ts'
import { errorCode, hasCode } from '../../error-code.ts'
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

/** What is to be deleted. */
export interface Removal {
  /** Nothing outside is deleted, whatever links lead there. */
  readonly root: string
  /** Joined by NUL; empty for a file without one. */
  readonly paths: string
  /** Bytes that each file may have at most: a larger one is not of the torrent, and stays. */
  readonly lengths: Float64Array
}

/**
 * Deletes files, and the folders above them, up to the root, that are empty then. Runs in the disk
 * worker.
 */
export async function removeFiles({ root, paths, lengths }: Removal): Promise<Undeleted[]> {
  const all = paths.split('\0')
  const folders = new FolderChecks(root)
  const undeleted: Undeleted[] = []
  const todo = all.entries()
  const work = async (): Promise<void> => {
    // Whoever is free takes the next.
    for (const [index, path] of todo) {
      const reason = path === '' ? null : await removeFile(path, lengths[index] ?? 0, folders)
      if (reason !== null) undeleted.push({ path, reason })
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
  await removeEmpty(
    root,
    all.filter((path) => path !== ''),
    folders,
  )
  return undeleted
}

/** Why a file is still there; `null` where it is gone. */
async function removeFile(
  path: string,
  length: number,
  folders: FolderChecks,
): Promise<string | null> {
  const above = folders.check(dirname(path))
  // Without its folder it is not there; a file in the folder's place is not ours.
  if (above === 'ENOENT' || above === 'ENOTDIR') return null
  if (above !== null) return faultReason(above) ?? above
  try {
    const stats = fs.lstatSync(path)
    if (stats.isDirectory()) return faultReason('EISDIR')
    if (stats.isFile() && stats.size > length) return faultReason('TOO_LARGE')
    await fs.promises.unlink(path)
    return null
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null
    return faultReason(errorCode(error)) ?? (error instanceof Error ? error.message : String(error))
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
