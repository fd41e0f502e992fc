import { FileSet } from '../metainfo/file-set.ts'
import type { TorrentRecord } from '../state/session-record.ts'
import type { WantedTorrent } from '../torrent/wanted-torrent.ts'
import { TorrentError } from '../torrent-error.ts'
import type { AddOptions, ResolvedOptions } from './session-options.ts'

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
    timeouts: options.peerTimeouts,
    ...{ trackers, exactSources, webSeeds },
    peers: [...wanted.peers, ...(options.initialPeers ?? [])],
  }
}

/** What is named by hand outweighs what a magnet names; `null` where neither names any file. */
export function selectionOf(wanted: WantedTorrent, { onlyFiles }: AddOptions): FileSet | null {
  return onlyFiles === undefined ? wanted.onlyFiles : FileSet.of(onlyFiles)
}

/** Throws TorrentError `no-peers` for a magnet of which nothing says where a peer could be found. */
export function requirePeers(
  { metainfo, trackers, peers, peerHosts, exactSources }: WantedTorrent,
  initialPeers: readonly string[],
  ways: Pick<ResolvedOptions, 'dht' | 'lsd' | 'trackers'>,
): void {
  const named = [
    ...peers,
    ...peerHosts,
    ...exactSources,
    ...initialPeers,
    ...(ways.trackers ? trackers : []),
  ]
  if (metainfo !== null || ways.dht || ways.lsd || named.length > 0) return
  const message = 'no known way to resolve peers (no DHT, no trackers, no initial_peers)'
  throw new TorrentError('no-peers', message)
}
