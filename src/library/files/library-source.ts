import type { InfoHash } from '../../torrents/metainfo/info-hash.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'

/** What the library needs to know of a torrent. */
export interface LibraryTorrent {
  readonly infoHash: InfoHash
  /** `null` while a magnet without a name is being resolved. */
  readonly name: string | null
  readonly addedAt: Date
  /** Empty while a magnet is being resolved. */
  readonly files: readonly TorrentFile[]
  /** Whether every byte of a file is on the disk; of a torrent that cannot tell, it is. */
  hasWhole?(fileIndex: number): boolean
}

export type LibraryEvent = 'added' | 'removed' | 'changed'

/** Where the library's torrents come from; `Session` is one. */
export interface LibrarySource {
  readonly torrents: readonly LibraryTorrent[]
  on(event: LibraryEvent, listener: (torrent: LibraryTorrent) => void): unknown
  off(event: LibraryEvent, listener: (torrent: LibraryTorrent) => void): unknown
}
