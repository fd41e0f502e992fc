import { stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { Metainfo } from './metainfo.ts'
import { type StoredFile, storedFiles } from './store/file-layout.ts'
import { TorrentError } from './torrent-error.ts'

/** Where the session keeps its own files, below the data folder. */
export const STATE_FOLDER = '.tributary'

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

/**
 * The folder that the torrent's paths are relative to. Two torrents never share a path: the
 * second goes to `<name> (<first 8 of its info hash>)`. `taken` are the paths of all others, and
 * the folders above them with a separator at the end.
 */
export function outputFolderFor(
  metainfo: Metainfo,
  dataFolder: string,
  wanted: string | null,
  taken: ReadonlySet<string>,
): string {
  const usual = metainfo.isFolder ? join(dataFolder, metainfo.name) : dataFolder
  const folder = wanted ?? usual
  if (!collides(metainfo, folder, dataFolder, taken)) return folder
  const distinct = `${metainfo.name} (${metainfo.infoHash.slice(0, 8)})`
  return join(wanted ?? dataFolder, distinct)
}

/** Paths that a torrent stores to. */
export function pathsOf(files: readonly StoredFile[]): string[] {
  return files.map(({ path }) => path).filter((path) => path !== null)
}

function collides(
  metainfo: Metainfo,
  folder: string,
  dataFolder: string,
  taken: ReadonlySet<string>,
): boolean {
  const state = join(dataFolder, STATE_FOLDER)
  return pathsOf(storedFiles(metainfo.files, folder)).some((path) => {
    if (path === state || path.startsWith(`${state}${sep}`) || taken.has(path)) return true
    // A file where another torrent has a folder, or the other way round.
    if (taken.has(`${path}${sep}`)) return true
    return foldersAbove(path, dataFolder).some((above) => taken.has(above))
  })
}

/** The folders between `path` and the data folder, without a separator at the end. */
export function foldersAbove(path: string, dataFolder: string): string[] {
  const folders: string[] = []
  for (let folder = dirname(path); folder.length > dataFolder.length; folder = dirname(folder)) {
    folders.push(folder)
  }
  return folders
}

/** What is on the disk where a torrent wants to store. */
export interface ExistingFiles {
  /** A path that exists, or that a file is in the way of; `null` where there is none. */
  readonly existing: string | null
  /** A file that is larger than the torrent says. */
  readonly tooLarge: string | null
}

export async function findExisting(files: readonly StoredFile[]): Promise<ExistingFiles> {
  let existing: string | null = null
  let tooLarge: string | null = null
  for (const { path, length } of files) {
    if (path === null) continue
    const size = await sizeOf(path)
    if (size === null) continue
    existing ??= path
    if (size > length) tooLarge ??= path
  }
  return { existing, tooLarge }
}

/** 0 where a file stands in place of a folder on the way; `null` where nothing is in the way. */
async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return 0
    // Missing; whatever else is wrong with it shows when it is opened.
    return null
  }
}
