import type { Logger } from '../../log.ts'
import type { InfoHash } from '../metainfo/info-hash.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import { loadResumeData } from '../state/resume-data.ts'
import type { SessionState } from '../state/session-state.ts'
import type { Disk } from '../store/disk.ts'
import type { Undeleted } from '../store/file-removal.ts'
import { namedFiles } from '../store/named-files.ts'
import type { Places } from './places.ts'
import type { SessionKeeper } from './session-keeper.ts'

export interface FileRemoval {
  /** The data folder. */
  readonly folder: string
  readonly disk: Disk
  readonly places: Places
  readonly state: SessionState
  readonly log: Logger
}

interface StoredTorrent {
  readonly infoHash: InfoHash
  readonly metainfo: Metainfo | null
}

/** Keeps nothing of a torrent that is out of the list, of its files if they are to go, too. Resolves to what is left. */
export async function forgetStored(
  removal: FileRemoval & { readonly keeper: SessionKeeper },
  torrent: StoredTorrent,
  { alsoFiles }: { readonly alsoFiles: boolean },
): Promise<readonly Undeleted[]> {
  const { keeper, places, state } = removal
  await keeper.saveOrSay([torrent.infoHash])
  const leftovers = alsoFiles ? await deleteStoredFiles(removal, torrent) : []
  await places.release(torrent.infoHash)
  // On a full disk there is room only now.
  if (keeper.isBehind) await keeper.saveOrSay([])
  await state.forget(torrent.infoHash)
  return leftovers
}

/**
 * Deletes the files of a torrent, whatever state it is in, and the folders that are empty then.
 * What is at the paths of the place that it has claimed is its own; without a place it has stored
 * nothing, whatever lies where it would have. Resolves to what could not be deleted, and why.
 */
async function deleteStoredFiles(
  { folder, disk, places, state, log }: FileRemoval,
  { infoHash, metainfo }: StoredTorrent,
): Promise<readonly Undeleted[]> {
  const outputFolder = await places.folderOf(infoHash)
  if (outputFolder === null) return []
  const saved = await loadResumeData(state.resumeData(infoHash))
  const place = { root: folder, outputFolder, metainfo: { files: metainfo?.files ?? [] } }
  const undeleted = await disk.remove(folder, await namedFiles(place, saved.names))
  for (const { path, reason } of undeleted) log.warn({ path, reason }, 'a file is not deleted')
  return undeleted
}
