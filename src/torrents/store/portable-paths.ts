import { lstat } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { pathKey, portableName, shortened } from '../metainfo/portable-name.ts'
import type { StoredFile } from './file-layout.ts'

/**
 * The paths of those `movable` files whose names not every file system takes, in the spelling
 * that all take; a number keeps those apart that are alike then. Folders that exist keep their
 * names.
 */
export async function portablePaths(
  files: readonly StoredFile[],
  movable: readonly boolean[],
  root: string,
): Promise<Map<number, string>> {
  const folders = new Map<string, string>()
  const portableFolder = async (folder: string): Promise<string> => {
    const known = folders.get(folder)
    if (known !== undefined) return known
    const isKept = folder.length <= root.length || (await isThere(folder))
    const path = isKept
      ? folder
      : join(await portableFolder(dirname(folder)), portableName(basename(folder)))
    folders.set(folder, path)
    return path
  }
  const taken = new Set<string>()
  files.forEach(({ path }, index) => {
    if (path !== null && !movable[index]) taken.add(pathKey(relative(root, path)))
  })
  const paths = new Map<number, string>()
  for (const [index, { path }] of files.entries()) {
    if (path === null || !movable[index]) continue
    const folder = await portableFolder(dirname(path))
    const name = portableName(basename(path))
    let portable = join(folder, name)
    for (let copy = 2; taken.has(pathKey(relative(root, portable))); copy++) {
      portable = join(folder, numbered(name, copy))
    }
    taken.add(pathKey(relative(root, portable)))
    if (portable !== path) paths.set(index, portable)
  }
  return paths
}

/** Room for a number and an extension behind the name. */
const MAX_STEM_BYTES = 160
const MAX_EXTENSION_LENGTH = 16

function numbered(name: string, copy: number): string {
  const dot = name.lastIndexOf('.')
  const hasExtension = dot > 0 && name.length - dot <= MAX_EXTENSION_LENGTH
  const stem = hasExtension ? name.slice(0, dot) : name
  return `${shortened(stem, MAX_STEM_BYTES)} (${copy})${hasExtension ? name.slice(dot) : ''}`
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch {
    // Missing, or with a name that cannot be.
    return false
  }
}
