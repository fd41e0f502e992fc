import { constants } from 'node:fs'
import { access, mkdir, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
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
    await mkdir(path, { recursive: true })
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StartError(`the folder ${path} cannot be used: ${reason}`, { cause: error })
  }
  return { path, dispose: async () => {} }
}
