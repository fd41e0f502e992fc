import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { newUdn, parseUdn, type Udn } from './names.ts'

/**
 * The UDN kept in `folder`, made at the first call: a server with a new UDN at each start would be
 * another server to every TV. A file without a valid UDN is replaced. Rejects if the folder cannot be
 * read or written.
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

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

/** Whatever happens meanwhile, the file is whole: the old one or the new one. */
async function writeAtomically(path: string, text: string): Promise<void> {
  const unfinished = `${path}.tmp`
  const file = await open(unfinished, 'w')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(unfinished, path)
}
