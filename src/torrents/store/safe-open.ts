import * as fs from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { hasCode } from '../../error-code.ts'
import { portableName } from '../metainfo/portable-name.ts'
import { withCode } from './file-fault.ts'
import { STATE_FOLDER } from './output-folder.ts'

/**
 * Opening files so that no symbolic link leads out of the data folder. Somebody who changes links
 * between the look and the open may still win a race, but only below folders that he may write.
 */

const { O_RDONLY, O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = fs.constants
/** A pipe in a file's place must not hold up a thread; it is told from a file once it is open. */
const FOR_READING = O_RDONLY | O_NOFOLLOW | O_NONBLOCK
const FOR_WRITING = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK
/** How file systems say that they take no such name; a missing folder was made before. */
const NAME_REFUSALS = ['EINVAL', 'EILSEQ', 'ENAMETOOLONG', 'ENOENT']

/** Throws `OUTSIDE` where `folder` really lies elsewhere, and the system's error where it is missing. */
export function requireInside(root: string, folder: string): void {
  const outer = fs.realpathSync.native(root)
  if (!isInside(outer, fs.realpathSync.native(folder))) throw withCode('OUTSIDE', folder)
}

/** Both are real paths. What belongs to the server itself counts as outside. */
function isInside(outer: string, real: string): boolean {
  const below = outer.endsWith(sep) ? outer : `${outer}${sep}`
  const state = join(outer, STATE_FOLDER)
  const isOurs = real === state || real.startsWith(`${state}${sep}`)
  return (real === outer || real.startsWith(below)) && !isOurs
}

/**
 * Opens a file for reading and writing, made with its folders where it is missing. Throws the
 * system's error, or one with a `FaultCode`.
 */
export function openForWriting(root: string, path: string): number {
  makeFolder(root, dirname(path))
  return requireFile(
    refusingName(path, () => fs.openSync(path, FOR_WRITING, 0o644)),
    path,
  )
}

/** For parts, which lie in the server's own folder. */
export function openPart(path: string, forWriting: boolean): number {
  if (!forWriting) return fs.openSync(path, FOR_READING)
  fs.mkdirSync(dirname(path), { recursive: true })
  return fs.openSync(path, FOR_WRITING, 0o644)
}

/** A link in the file's place is followed where it leads to a file inside. Throws as the above. */
export function openForReading(root: string, path: string): number {
  const real = fs.realpathSync.native(path)
  if (!isInside(fs.realpathSync.native(root), real)) throw withCode('OUTSIDE', path)
  return requireFile(fs.openSync(real, FOR_READING), path)
}

/** As `openForReading`, off the event loop. */
export async function openForReadingSoon(
  root: string,
  path: string,
): Promise<fs.promises.FileHandle> {
  const real = await fs.promises.realpath(path)
  if (!isInside(await fs.promises.realpath(root), real)) throw withCode('OUTSIDE', path)
  const handle = await fs.promises.open(real, FOR_READING)
  const stats = await handle.stat()
  if (stats.isFile()) return handle
  await handle.close()
  throw notAFile(stats, path)
}

/** Makes a folder and those above it, each of them inside. */
export function makeFolder(root: string, folder: string): void {
  try {
    requireInside(root, folder)
    return
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
  if (folder.length <= root.length) {
    fs.mkdirSync(root, { recursive: true })
    return
  }
  makeFolder(root, dirname(folder))
  try {
    refusingName(folder, () => fs.mkdirSync(folder))
  } catch (error) {
    // Somebody else has made it; or it is a link to nowhere, which is refused below.
    if (!hasCode(error, 'EEXIST')) throw error
  }
  if (fs.lstatSync(folder).isSymbolicLink()) throw withCode('OUTSIDE', folder)
}

function refusingName<T>(path: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    const isRefusal = hasCode(error, ...NAME_REFUSALS)
    // Without a reason in the name, somebody has just removed its folder.
    const isMissing = hasCode(error, 'ENOENT') && portableName(basename(path)) === basename(path)
    if (!isRefusal || isMissing) throw error
    throw Object.assign(withCode('NAME_REFUSED', path), { cause: error })
  }
}

function requireFile(fd: number, path: string): number {
  const stats = fs.fstatSync(fd)
  if (stats.isFile()) return fd
  fs.closeSync(fd)
  throw notAFile(stats, path)
}

function notAFile(stats: fs.Stats, path: string): Error {
  if (!stats.isDirectory()) return withCode('NOT_A_FILE', path)
  return Object.assign(new Error(`EISDIR: a folder is at ${path}`), { code: 'EISDIR' })
}
