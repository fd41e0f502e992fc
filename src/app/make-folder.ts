import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { hasCode } from '../error-code.ts'

/**
 * A folder that a person has named, made with what leads to it if it is not there. Rejects with the system's error
 * where it cannot be made, is none, or cannot be read and written.
 */
export async function makeUsableFolder(path: string): Promise<void> {
  await makeFolder(path)
  // With a slash at the end, a file is told from a folder.
  await access(`${path}/`, constants.R_OK | constants.W_OK | constants.X_OK)
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
