import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../../replace-file.ts'
import { newUdn, parseUdn, type Udn } from './names.ts'

/**
 * The UDN kept in `folder`, made at the first call: a server with a new UDN at each start would be
 * another server to every TV. What is there without a valid UDN, be it a folder, is replaced.
 * Rejects if the folder cannot be written.
 */
export async function readOrCreateUdn(folder: string): Promise<Udn> {
  const path = join(folder, 'udn')
  const known = parseUdn((await readIfThere(path)).trim())
  if (known !== null) return known
  const udn = newUdn()
  await mkdir(folder, { recursive: true })
  await replaceFile(path, `${udn}\n`)
  return udn
}

/** Empty where there is nothing to be read. */
async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    // Missing, a folder, or unreadable: none of them is a UDN, and writing tells what is wrong.
    return ''
  }
}
