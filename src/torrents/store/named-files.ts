import type { Metainfo } from '../metainfo/metainfo.ts'
import { type StoredFile, storedFilesSoon } from './file-layout.ts'
import { resolveInside } from './output-folder.ts'

export interface FilesPlace {
  readonly metainfo: Pick<Metainfo, 'files'>
  /** The data folder, absolute. */
  readonly root: string
  readonly outputFolder: string
}

/**
 * Where the files of a torrent lie: as it says, but for those whose names the file system refused.
 * `names` has what they are called in their place, by index: paths below the root.
 */
export async function namedFiles(
  { metainfo, root, outputFolder }: FilesPlace,
  names: ReadonlyMap<number, string>,
): Promise<StoredFile[]> {
  const files = await storedFilesSoon(metainfo.files, outputFolder)
  for (const [index, name] of names) {
    const file = files[index]
    if (file === undefined || file.path === null) continue
    try {
      files[index] = { ...file, path: resolveInside(root, name) }
    } catch {
      // Damaged: it has never been a name of ours.
    }
  }
  return files
}
