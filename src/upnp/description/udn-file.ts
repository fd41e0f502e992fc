import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
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
  await writeAtomically(path, `${udn}\n`)
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

/** Whatever happens meanwhile, the file is whole: the old one or the new one. */
async function writeAtomically(path: string, text: string): Promise<void> {
  const unfinished = `${path}.tmp`
  await rm(unfinished, { recursive: true, force: true })
  const file = await open(unfinished, 'w')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await replace(unfinished, path)
}

/** A folder in the file's place is moved beside it. */
async function replace(unfinished: string, path: string): Promise<void> {
  try {
    await rename(unfinished, path)
  } catch {
    await rename(path, `${path}.bad-${Date.now()}`)
    await rename(unfinished, path)
  }
}
