import { lstat, readdir, realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { nextTurn } from '../../concurrency/next-turn.ts'
import { hasCode } from '../../error-code.ts'
import { systemReason } from '../../system-reason.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import { pathKey, shortened } from '../metainfo/portable-name.ts'
import { TorrentError } from '../torrent-error.ts'
import type { StoredFile } from './file-layout.ts'

/** Where the session keeps its own files, below the data folder. */
export const STATE_FOLDER = '.tributary'
/** In it, files that are written anew without what was freed; what a killed process left is worth nothing. */
export const FREEING_FOLDER = 'freeing'

/**
 * Resolves a folder that somebody asked for, relative to the data folder or absolute.
 * Throws TorrentError `bad-folder` where it lies outside, or is the session's own.
 */
export function resolveInside(dataFolder: string, wanted: string): string {
  const folder = resolve(dataFolder, wanted)
  const inside = relative(dataFolder, folder)
  const isOutside = inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)
  if (isOutside || wanted.includes('\0')) {
    throw new TorrentError('bad-folder', `${wanted} lies outside the data folder`)
  }
  if (inside === STATE_FOLDER || inside.startsWith(`${STATE_FOLDER}${sep}`)) {
    throw new TorrentError('bad-folder', `${wanted} belongs to the server itself`)
  }
  return folder
}

/** Rejects with TorrentError `bad-folder` where symbolic links lead a folder out of the data folder. */
export async function requireRealInside(dataFolder: string, folder: string): Promise<void> {
  const outer = await realFolder(dataFolder)
  const real = await realFolder(folder)
  const inside = relative(outer, real)
  const isOutside = inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)
  if (isOutside || inside === STATE_FOLDER || inside.startsWith(`${STATE_FOLDER}${sep}`)) {
    throw new TorrentError('bad-folder', `${folder} leads out of the data folder`)
  }
}

/** What a path really is, as far down as it exists. */
async function realFolder(path: string): Promise<string> {
  const real = await realpath(path).catch((error: unknown) => error)
  if (typeof real === 'string') return real
  const isMissing = hasCode(real, 'ENOENT') && dirname(path) !== path && !(await isLink(path))
  if (isMissing) return join(await realFolder(dirname(path)), basename(path))
  const message = `${path} cannot be used: ${systemReason(real)}`
  throw new TorrentError('bad-folder', message, { cause: real })
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink()
  } catch {
    // Not there.
    return false
  }
}

/** Tries for a place of its own before a torrent is refused. */
const MAX_DISTINCT_FOLDERS = 20
/** Room for what is put behind the name; file systems take 255. */
const MAX_NAME_BYTES = 230

/**
 * The folders that the torrent's paths may be relative to, the best first: what was wanted or the
 * usual one, then `<name> (<first 8 of its info hash>)`, then the same with a number behind it.
 */
export function foldersFor(
  metainfo: Metainfo,
  dataFolder: string,
  wanted: string | null,
): string[] {
  const usual = metainfo.isFolder ? join(dataFolder, metainfo.name) : dataFolder
  const name = shortened(metainfo.name, MAX_NAME_BYTES)
  const distinct = join(wanted ?? dataFolder, `${name} (${metainfo.infoHash.slice(0, 8)})`)
  const numbered = Array.from(
    { length: MAX_DISTINCT_FOLDERS - 1 },
    (_, index) => `${distinct} (${index + 2})`,
  )
  return [wanted ?? usual, distinct, ...numbered]
}

/**
 * A path of the torrent that exists below `dataFolder`, or that a file is in the way of; `null`
 * where there is none. Reads folders rather than ask for each file.
 */
export async function findInTheWay(
  files: readonly StoredFile[],
  dataFolder: string,
): Promise<string | null> {
  const listings = new Listings(dataFolder)
  for (const [index, { path }] of files.entries()) {
    if (index % FILES_PER_TURN === 0 && index > 0) await nextTurn()
    if (path === null || listings.isMissing(dirname(path))) continue
    if (await listings.has(path)) return path
  }
  return null
}

const FILES_PER_TURN = 1_000

/** What the folders that somebody asks about have in them. */
class Listings {
  readonly #top: string
  /** Keys of the names in a folder; `null` where there is no folder. */
  readonly #names = new Map<string, ReadonlySet<string> | null>()

  constructor(top: string) {
    this.#top = top
  }

  /** Whether it has turned out that there is no such folder. */
  isMissing(folder: string): boolean {
    return this.#names.get(folder) === null
  }

  /** Whether something is at a path, or a file in place of a folder on the way to it. */
  async has(path: string): Promise<boolean> {
    const folder = dirname(path)
    let names = this.#names.get(folder)
    if (names === undefined) names = await this.#list(folder)
    // The names may differ for the file system, which knows best.
    return names?.has(pathKey(basename(path))) === true && (await exists(path))
  }

  async #list(folder: string): Promise<ReadonlySet<string> | null> {
    const names = await this.#read(folder)
    this.#names.set(folder, names)
    return names
  }

  async #read(folder: string): Promise<ReadonlySet<string> | null> {
    const above = dirname(folder)
    if (folder.length > this.#top.length) {
      const siblings = this.#names.get(above) ?? (await this.#list(above))
      if (!siblings?.has(pathKey(basename(folder)))) return null
    }
    try {
      return new Set((await readdir(folder)).map(pathKey))
    } catch (error) {
      if (hasCode(error, 'ENOTDIR')) return EVERYTHING
      // Missing; whatever else is wrong with it shows when it is opened.
      return null
    }
  }
}

/** A file stands in place of a folder: it is in the way of all that should be in there. */
const EVERYTHING: ReadonlySet<string> = Object.assign(new Set<string>(), { has: () => true })

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    return hasCode(error, 'ENOTDIR')
  }
}
