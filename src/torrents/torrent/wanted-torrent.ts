import type { Binding } from '../binding/binding.ts'
import { FileSet } from '../metainfo/file-set.ts'
import type { InfoHash } from '../metainfo/info-hash.ts'
import type { Magnet } from '../metainfo/magnet.ts'
import { type KnownMetainfo, type Metainfo, readMetainfo } from '../metainfo/metainfo.ts'
import { fetchTorrent, type TorrentSource } from '../metainfo/torrent-source.ts'
import { TorrentError } from '../torrent-error.ts'

/** What a source tells before any peer is asked. */
export interface WantedTorrent {
  readonly infoHash: InfoHash
  readonly name: string | null
  readonly metainfo: Metainfo | null
  readonly trackers: readonly string[]
  /** `ip:port` */
  readonly peers: readonly string[]
  /** `host:port` of peers whose address has to be looked up. */
  readonly peerHosts: readonly string[]
  /** http(s) URLs where the torrent file may lie. */
  readonly exactSources: readonly string[]
  /** http(s) URLs of a magnet (BEP 19). */
  readonly webSeeds: readonly string[]
  readonly onlyFiles: FileSet | null
}

const NOTHING_MORE = {
  name: null,
  metainfo: null,
  trackers: [],
  peers: [],
  peerHosts: [],
  exactSources: [],
  webSeeds: [],
}

export interface ReadSourceOptions {
  /** Torrents whose metadata need not be read again. */
  readonly known?: KnownMetainfo
  /** What a URL is fetched through; anything for `null` or absent. */
  readonly binding?: Binding | null | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Reads a source; a URL is fetched. Rejects with TorrentError `invalid-torrent`, `fetch-failed`, or
 * with the signal's reason.
 */
export async function readSource(
  source: TorrentSource,
  options: ReadSourceOptions = {},
): Promise<WantedTorrent> {
  switch (source.kind) {
    case 'magnet':
      return fromMagnet(source.magnet)
    case 'info-hash':
      return { ...NOTHING_MORE, infoHash: source.infoHash, onlyFiles: null }
    case 'url':
      return await readSource(await fetchTorrent(source.url, options), options)
    case 'torrent-file':
      return fromMetainfo(await readMetainfo(source.bytes, options.known))
  }
}

function fromMagnet({ onlyFiles, ...names }: Magnet): WantedTorrent {
  return {
    ...NOTHING_MORE,
    ...names,
    onlyFiles: onlyFiles === null ? null : FileSet.of(onlyFiles),
  }
}

function fromMetainfo(metainfo: Metainfo): WantedTorrent {
  const { infoHash, name } = metainfo
  return { ...NOTHING_MORE, infoHash, name, metainfo, onlyFiles: null }
}

/** Throws TorrentError `unknown-file` for the first index that the torrent does not have. */
export function requireFiles(metainfo: Metainfo | null, indices: readonly number[]): void {
  if (metainfo === null) return
  const unknown = indices.find((index) => metainfo.files[index] === undefined)
  if (unknown !== undefined) throw outOfRange(unknown)
}

function outOfRange(index: number): TorrentError {
  return new TorrentError('unknown-file', `file id ${index} is out of range`)
}
