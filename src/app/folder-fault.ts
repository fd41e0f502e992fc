import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { errorCode } from '../error-code.ts'

/** Why the data folder cannot be used now; `null` where it can. A disk that hangs never answers. */
export async function folderFault(folder: string): Promise<string | null> {
  try {
    await access(`${folder}/`, constants.R_OK | constants.W_OK | constants.X_OK)
    return null
  } catch (error) {
    return `the data folder cannot be used (${errorCode(error)})`
  }
}
