import type { TorrentFile } from '../torrents/metainfo/torrent-file.ts'
import { LongList } from './json-answer.ts'
import type { TorrentPort } from './session-port.ts'

/** A torrent in the list of GET /torrents. */
export function torrentSummary(torrent: TorrentPort): Record<string, unknown> {
  return {
    id: torrent.id,
    info_hash: torrent.infoHash,
    name: torrent.name,
    output_folder: torrent.outputFolder,
    total_pieces: torrent.pieceCount,
    ...(torrent.state.kind === 'resolving' ? { resolving: true } : {}),
  }
}

/** The answer to GET /torrents/{id}. */
export function torrentDetails(torrent: TorrentPort): Record<string, unknown> {
  return {
    ...torrentSummary(torrent),
    files: new LongList(torrent.files.length, (index) => {
      const file = torrent.files[index]
      if (file === undefined) return null
      return { ...fileDetails(file, torrent.isSelected(index)), ...faultOf(torrent, index) }
    }),
  }
}

/** The answer to POST /torrents. */
export function addedTorrent(torrent: TorrentPort): Record<string, unknown> {
  return {
    id: torrent.id,
    details: torrentDetails(torrent),
    output_folder: torrent.outputFolder,
    // Only where a torrent is looked at without being added.
    seen_peers: null,
  }
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
