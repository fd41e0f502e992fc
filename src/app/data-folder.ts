import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { systemReason } from '../system-reason.ts'
import { makeDemoFolder } from './demo.ts'
import { makeUsableFolder } from './make-folder.ts'
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
    await makeUsableFolder(path)
  } catch (error) {
    const reason = systemReason(error)
    throw new StartError(`the folder ${path} cannot be used: ${reason}`, { cause: error })
  }
  return { path, dispose: async () => {} }
}
