import type { Metainfo } from '../../torrents/metainfo/metainfo.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'
import type { ResolvedTorrent } from '../../torrents/session/metadata-resolver.ts'
import { LongList } from '../messages/json-answer.ts'
import type { AddedPort, TorrentPort } from '../messages/session-port.ts'
import { torrentStats } from './stats-json.ts'

/** A torrent in the list of GET /torrents. `paused`, `resolving`, `keep` and `added_at` are ours. */
export function torrentSummary(torrent: TorrentPort): Record<string, unknown> {
  return {
    id: torrent.id,
    info_hash: torrent.infoHash,
    // Clients with typed languages take no null for it.
    name: torrent.name ?? torrent.infoHash,
    output_folder: outputFolder(torrent.outputFolder, torrent.metainfo),
    total_pieces: torrent.pieceCount,
    paused: torrent.isPaused,
    resolving: torrent.state.kind === 'resolving',
    keep: torrent.keep,
    added_at: torrent.addedAt.getTime(),
  }
}

/** The same with its statistics. */
export function torrentItem(torrent: TorrentPort): Record<string, unknown> {
  return { ...torrentSummary(torrent), stats: torrentStats(torrent.stats(), torrent.isPaused) }
}

/** The answer to GET /torrents/{id}. */
export function torrentDetails(torrent: TorrentPort): Record<string, unknown> {
  return {
    ...torrentSummary(torrent),
    seeding: torrent.seeding,
    files: new LongList(torrent.files.length, (index) => {
      const file = torrent.files[index]
      if (file === undefined) return null
      return { ...fileDetails(file, torrent.isSelected(index)), ...faultOf(torrent, index) }
    }),
  }
}

/** The answer to POST /torrents; `already_there` is ours. */
export function addedTorrent({ torrent, isNew }: AddedPort): Record<string, unknown> {
  return {
    id: torrent.id,
    details: torrentDetails(torrent),
    output_folder: outputFolder(torrent.outputFolder, torrent.metainfo),
    // Only where a torrent is looked at without being added.
    seen_peers: null,
    already_there: !isNew,
  }
}

/** A torrent that was looked at, and would lie in `folder`. */
export interface ListedTorrent extends ResolvedTorrent {
  readonly folder: string
  /** `null` for all. */
  readonly onlyFiles: ReadonlySet<number> | null
}

/** The answer to POST /torrents?list_only=true. */
export function listedTorrent(listed: ListedTorrent): Record<string, unknown> {
  const { metainfo, seenPeers, folder, onlyFiles } = listed
  const { infoHash, name, pieceCount, files } = metainfo
  return {
    id: null,
    details: {
      info_hash: infoHash,
      name,
      output_folder: outputFolder(folder, metainfo),
      total_pieces: pieceCount,
      files: new LongList(files.length, (index) => {
        const file = files[index]
        return file === undefined ? null : fileDetails(file, onlyFiles?.has(index) ?? true)
      }),
    },
    output_folder: outputFolder(folder, metainfo),
    seen_peers: seenPeers,
  }
}

/**
 * Where the files lie. That of a single file ends with a slash, behind which clients put its name
 * without a further one.
 */
function outputFolder(folder: string, metainfo: Pick<Metainfo, 'isFolder'> | null): string {
  return metainfo === null || metainfo.isFolder || folder.endsWith('/') ? folder : `${folder}/`
}

/** Only where something is wrong with the file: rqbit has no such field. */
function faultOf({ fileFaults }: TorrentPort, index: number): { error?: string } {
  const error = fileFaults.get(index)
  return error === undefined ? {} : { error }
}

function fileDetails(file: TorrentFile, included: boolean): Record<string, unknown> {
  return {
    name: file.components.join('/'),
    components: file.components,
    length: file.length,
    included,
    attributes: {
      symlink: file.symlink !== null,
      hidden: file.hidden,
      padding: file.padding,
      executable: file.executable,
    },
  }
}
