import { constants } from 'node:fs'
import { access, mkdir, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
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
    await makeFolders(path)
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StartError(`the folder ${path} cannot be used: ${reason}`, { cause: error })
  }
  return { path, dispose: async () => {} }
}

/**
 * Makes `path` and what is missing above it. Node's own `recursive` tries for ever where a folder
 * that exists says that it does not (below /proc for one).
 */
async function makeFolders(path: string): Promise<void> {
  const parent = dirname(path)
  if (parent !== path && !(await exists(parent))) await makeFolders(parent)
  try {
    await mkdir(path)
  } catch (error) {
    if (!(await exists(path))) throw error
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch {
    // Whatever keeps it from being seen also keeps it from being used.
    return false
  }
}
