import type { Logger } from '../../log.ts'
import type { InfoHash } from '../metainfo/info-hash.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import { loadResumeData } from '../state/resume-data.ts'
import type { SessionState } from '../state/session-state.ts'
import type { Disk } from '../store/disk.ts'
import type { Undeleted } from '../store/file-removal.ts'
import { namedFiles } from '../store/named-files.ts'
import type { Places } from './places.ts'

export interface FileRemoval {
  /** The data folder. */
  readonly folder: string
  readonly disk: Disk
  readonly places: Places
  readonly state: SessionState
  readonly log: Logger
}

/**
 * Deletes the files of a torrent, whatever state it is in, and the folders that are empty then.
 * What is at the paths of the place that it has claimed is its own; without a place it has stored
 * nothing, whatever lies where it would have. Resolves to what could not be deleted, and why.
 */
export async function deleteStoredFiles(
  { folder, disk, places, state, log }: FileRemoval,
  { infoHash, metainfo }: { readonly infoHash: InfoHash; readonly metainfo: Metainfo | null },
): Promise<readonly Undeleted[]> {
  const outputFolder = await places.folderOf(infoHash)
  if (outputFolder === null) return []
  const saved = await loadResumeData(state.resumeData(infoHash))
  const place = { root: folder, outputFolder, metainfo: { files: metainfo?.files ?? [] } }
  const undeleted = await disk.remove(folder, await namedFiles(place, saved.names))
  for (const { path, reason } of undeleted) log.warn({ path, reason }, 'a file is not deleted')
  return undeleted
}
