import { resolve } from 'node:path'
import type { Logger } from '../../log.ts'
import { StorageError } from '../../storage-error.ts'
import type { InfoHash } from '../metainfo/info-hash.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { Removed } from '../state/removal-marks.ts'
import { restoreMetainfo } from '../state/restored-metainfo.ts'
import { loadResumeData } from '../state/resume-data.ts'
import type { TorrentRecord } from '../state/session-record.ts'
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

/** What is left of a torrent that was removed. */
export interface Forgotten {
  readonly leftovers: readonly Undeleted[]
  /** A restart does not bring it back. */
  readonly isForGood: boolean
}

/** How a torrent is removed, and by what a restart is to know. */
function kindOf(alsoFiles: boolean): Removed {
  return alsoFiles ? 'deleted' : 'forgotten'
}

/**
 * Notes on the disk that a torrent is being removed, before anything of it is. Rejects with StorageError where that cannot
 * be, unless the disk is full: what is removed then makes the room for it.
 */
export async function markRemoval(
  { state, log }: Pick<FileRemoval, 'state' | 'log'>,
  infoHash: InfoHash,
  { alsoFiles }: { readonly alsoFiles: boolean },
): Promise<void> {
  try {
    await state.removals.set(infoHash, kindOf(alsoFiles))
  } catch (error) {
    if (!(error instanceof StorageError && error.fault === 'full')) throw error
    log.warn({ err: error, infoHash }, 'a crash now would bring a removed torrent back')
  }
}

/**
 * Keeps nothing of a torrent that is out of the list, of its files if they are to go, too. A crash in between is made up
 * for at the next start; on a full disk, where the list cannot be written, that start makes up for it. Never
 * rejects.
 */
export async function forgetStored(
  removal: FileRemoval & { readonly keeper: SessionKeeper },
  torrent: StoredTorrent,
  { alsoFiles }: { readonly alsoFiles: boolean },
): Promise<Forgotten> {
  const { keeper, places, state, log } = removal
  const { infoHash } = torrent
  try {
    await state.removals.set(infoHash, kindOf(alsoFiles))
  } catch (error) {
    log.warn({ err: error, infoHash }, 'a crash now would bring a removed torrent back')
    await keeper.saveOrSay([infoHash])
  }
  const leftovers = alsoFiles ? await deleteStoredFiles(removal, torrent) : []
  const isSaved = await keeper.saveOrSay([infoHash])
  await places.release(infoHash)
  await state.forget(infoHash)
  // What is freed by that may be the room for it.
  if (isSaved || (await keeper.saveOrSay([infoHash]))) {
    await endRemoval(removal, infoHash)
    return { leftovers, isForGood: true }
  }
  if (alsoFiles) await state.removals.set(infoHash, 'forgotten').catch(() => {})
  return { leftovers, isForGood: state.removals.all.has(infoHash) }
}

/** Goes on with the removals that an earlier run did not get to the end of. Resolves to the torrents that are left. */
export async function finishRemovals(
  removal: FileRemoval,
  torrents: readonly TorrentRecord[],
): Promise<readonly TorrentRecord[]> {
  const { folder, places, state } = removal
  const { all } = state.removals
  if (all.size === 0) return torrents
  for (const record of torrents) {
    if (all.get(record.infoHash) !== 'deleted' || record.outputFolder === null) continue
    const { metainfo } = await restoreMetainfo(state, record)
    if (metainfo === null) continue
    await places.restore(metainfo, resolve(folder, record.outputFolder))
    await deleteStoredFiles(removal, { infoHash: record.infoHash, metainfo })
    await places.release(record.infoHash)
  }
  for (const infoHash of all.keys()) await state.forget(infoHash)
  return torrents.filter(({ infoHash }) => !all.has(infoHash))
}

/** The list on the disk is without them: nothing of them has to be remembered. Never rejects. */
export async function endRemoval(
  { state, log }: Pick<FileRemoval, 'state' | 'log'>,
  infoHash: InfoHash,
): Promise<void> {
  await state.removals
    .clear(infoHash)
    .catch((error: unknown) => log.debug({ err: error, infoHash }, 'its mark stays'))
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
