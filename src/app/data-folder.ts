import { constants } from 'node:fs'
import { access, mkdir, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { hasCode } from '../error-code.ts'
import { systemReason } from '../system-reason.ts'
import { makeDemoFolder } from './demo.ts'
import { StartError } from './start-error.ts'

export interface DataFolder {
  /** Absolute. */
  readonly path: string
  /** Removes it, where it is only for this run. */
  dispose(): Promise<void>
}

/** `dir`, made if it is not there; `null` is a temporary one. Rejects with StartError. */
export async function openDataFolder(dir: string | null): Promise<DataFolder> {
  if (dir === null) {
    const path = await makeDemoFolder()
    return { path, dispose: () => rm(path, { recursive: true, force: true }) }
  }
  const path = resolve(dir)
  try {
    await makeFolder(path)
    // With a slash at the end, a file is told from a folder.
    await access(`${path}/`, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    const reason = systemReason(error)
    throw new StartError(`the folder ${path} cannot be used: ${reason}`, { cause: error })
  }
  return { path, dispose: async () => {} }
}

/** Node's own recursive mkdir never ends where a file system refuses folders with ENOENT (/proc). */
async function makeFolder(path: string): Promise<void> {
  const error = await tryMkdir(path)
  if (error === null || hasCode(error, 'EEXIST')) return
  if (!hasCode(error, 'ENOENT') || dirname(path) === path) throw error
  await makeFolder(dirname(path))
  const again = await tryMkdir(path)
  if (again !== null && !hasCode(again, 'EEXIST')) throw again
}

async function tryMkdir(path: string): Promise<unknown> {
  try {
    await mkdir(path)
    return null
  } catch (error) {
    return error
  }
}
