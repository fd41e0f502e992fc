import type { InfoHash } from './info-hash.ts'
import { parseMagnet } from './magnet.ts'
import { type Metainfo, parseMetainfo } from './metainfo.ts'
import { TorrentError } from './torrent-error.ts'
import { fetchTorrentFile, type TorrentSource } from './torrent-source.ts'

/** What a source tells before any peer is asked. */
export interface WantedTorrent {
  readonly infoHash: InfoHash
  readonly name: string | null
  readonly metainfo: Metainfo | null
  readonly trackers: readonly string[]
  readonly peers: readonly string[]
  readonly onlyFiles: readonly number[] | null
}

/** Reads a source; a URL is fetched. Throws TorrentError `invalid-torrent` or `fetch-failed`. */
export async function readSource(source: TorrentSource): Promise<WantedTorrent> {
  switch (source.kind) {
    case 'magnet':
      return { ...parseMagnet(source.uri), metainfo: null }
    case 'info-hash': {
      const { infoHash } = source
      return { infoHash, name: null, metainfo: null, trackers: [], peers: [], onlyFiles: null }
    }
    case 'url':
      return fromMetainfo(parseMetainfo(await fetchTorrentFile(source.url)))
    case 'torrent-file':
      return fromMetainfo(parseMetainfo(source.bytes))
  }
}

function fromMetainfo(metainfo: Metainfo): WantedTorrent {
  const { infoHash, name } = metainfo
  return { infoHash, name, metainfo, trackers: [], peers: [], onlyFiles: null }
}

/**
 * Throws TorrentError `unknown-file` where not one of the wanted indices is in the torrent. Some
 * may be out of range: magnets select so generously.
 */
export function checkSelection(
  metainfo: Metainfo | null,
  onlyFiles: readonly number[] | null,
): void {
  if (metainfo === null || onlyFiles === null) return
  if (onlyFiles.some((index) => metainfo.files[index] !== undefined)) return
  throw new TorrentError('unknown-file', `file id ${onlyFiles[0] ?? ''} is out of range`)
}
