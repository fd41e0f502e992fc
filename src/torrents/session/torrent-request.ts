import { FileSet } from '../metainfo/file-set.ts'
import type { TorrentRecord } from '../state/session-record.ts'
import type { WantedTorrent } from '../torrent/wanted-torrent.ts'
import type { AddOptions } from './session-options.ts'

/** A torrent that is to be added, without an id and without a place yet. */
export function newRecord(
  wanted: WantedTorrent,
  options: AddOptions,
  wantedFolder: string | null,
): TorrentRecord {
  const { infoHash, name, trackers, exactSources, webSeeds } = wanted
  return {
    ...{ id: -1, infoHash, name, addedAt: new Date() },
    isPaused: options.paused ?? false,
    onlyFiles: selectionOf(wanted, options),
    ...{ outputFolder: null, wantedFolder },
    adopt: options.overwrite ?? false,
    ...{ trackers, exactSources, webSeeds },
    peers: [...wanted.peers, ...(options.initialPeers ?? [])],
  }
}

/** What is named by hand outweighs what a magnet names; `null` where neither names any file. */
export function selectionOf(wanted: WantedTorrent, { onlyFiles }: AddOptions): FileSet | null {
  return onlyFiles === undefined ? wanted.onlyFiles : FileSet.of(onlyFiles)
}
