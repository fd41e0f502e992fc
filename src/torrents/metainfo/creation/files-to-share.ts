import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { systemReason } from '../../../system-reason.ts'
import { TorrentError } from '../../torrent-error.ts'
import { MAX_FILES, MAX_LEVELS } from '../limits.ts'
import { safeComponents } from '../safe-path.ts'

/** A file that goes into a torrent. */
export interface FileToShare {
  /** Below the torrent's name; empty for a torrent of one file. */
  readonly components: readonly string[]
  /** Absolute. */
  readonly path: string
  /** Bytes. */
  readonly length: number
}

export interface FilesToShare {
  /** Of the file or folder itself. */
  readonly name: string
  readonly isFolder: boolean
  /** By path, a folder's own files among its folders. */
  readonly files: readonly FileToShare[]
}

/** What systems leave behind, and our own state. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  ...['.tributary', '.DS_Store', 'Thumbs.db', 'desktop.ini', '@eaDir', 'lost+found'],
])

/**
 * Everything below a path that a torrent can hold: plain files, no symbolic links but the path
 * itself. Throws TorrentError `invalid-torrent` where there is nothing, too much, or a name that
 * other systems would change; and the signal's reason.
 */
export async function findFilesToShare(path: string, signal?: AbortSignal): Promise<FilesToShare> {
  const real = await readable(path, () => realpath(path))
  const facts = await readable(path, () => stat(real))
  const name = basename(path) === '' ? basename(real) : basename(path)
  requireSafe(name, path)
  if (facts.isFile()) {
    if (facts.size === 0) throw invalid(`${path} is empty`)
    return { name, isFolder: false, files: [{ components: [], path: real, length: facts.size }] }
  }
  if (!facts.isDirectory()) throw invalid(`${path} is neither a file nor a folder`)
  const files: FileToShare[] = []
  await collect(real, [], { files, signal })
  if (files.every(({ length }) => length === 0)) throw invalid(`${path} has no files with bytes`)
  return { name, isFolder: true, files }
}

interface Collection {
  readonly files: FileToShare[]
  readonly signal: AbortSignal | undefined
}

async function collect(
  folder: string,
  above: readonly string[],
  collection: Collection,
): Promise<void> {
  const { files, signal } = collection
  const names = (await readable(folder, () => readdir(folder))).toSorted()
  for (const name of names) {
    signal?.throwIfAborted()
    if (LEFT_OUT.has(name)) continue
    const path = join(folder, name)
    const facts = await readable(path, () => lstat(path))
    if (!facts.isFile() && !facts.isDirectory()) continue
    requireSafe(name, path)
    const components = [...above, name]
    if (components.length > MAX_LEVELS) throw invalid(`${path} lies more than ${MAX_LEVELS} deep`)
    if (facts.isDirectory()) await collect(path, components, collection)
    else files.push({ components, path, length: facts.size })
    if (files.length > MAX_FILES) throw invalid(`there are more than ${MAX_FILES} files`)
  }
}

/** Whoever downloads the torrent stores such a name under another one, and so would we. */
function requireSafe(name: string, path: string): void {
  if (safeComponents([name])[0] === name) return
  throw invalid(`rename ${JSON.stringify(path)}: its name cannot be kept on every system`)
}

async function readable<T>(path: string, look: () => Promise<T>): Promise<T> {
  try {
    return await look()
  } catch (error) {
    throw unreadable(path, error)
  }
}

function invalid(message: string): TorrentError {
  return new TorrentError('invalid-torrent', message)
}

function unreadable(path: string, error: unknown): TorrentError {
  const message = `${path} cannot be shared: ${systemReason(error)}`
  return new TorrentError('invalid-torrent', message, { cause: error })
}
