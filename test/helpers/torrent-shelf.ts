import { createHash } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { LibrarySource, LibraryTorrent } from '../../src/library/files/library-source.ts'
import type { InfoHash } from '../../src/torrents/metainfo/info-hash.ts'
import type { TorrentFile } from '../../src/torrents/metainfo/torrent-file.ts'

/** The info hash of the torrent that a test calls `name`. */
export function hashOf(name: string): InfoHash {
  return createHash('sha1').update(name).digest('hex') as InfoHash
}

/** Files of 1000 bytes and their index, by path: `folder/file.mkv`. */
export function filesOf(paths: readonly string[]): readonly TorrentFile[] {
  return paths.map((path, index) => ({
    index,
    components: path.split('/'),
    length: 1_000 + index,
    offset: 0,
    padding: false,
    symlink: null,
    executable: false,
    hidden: false,
  }))
}

/** A torrent added on 2026-11-22. */
export function torrentOf(name: string, paths: readonly string[]): LibraryTorrent {
  const addedAt = new Date(Date.UTC(2026, 10, 22, 23, 30))
  return { infoHash: hashOf(name), name, addedAt, files: filesOf(paths) }
}

/** Torrents without an engine. */
export class TorrentShelf
  extends EventEmitter<Record<'added' | 'removed' | 'changed', [LibraryTorrent]>>
  implements LibrarySource
{
  #torrents: readonly LibraryTorrent[]

  constructor(torrents: readonly LibraryTorrent[] = []) {
    super()
    this.#torrents = torrents
  }

  get torrents(): readonly LibraryTorrent[] {
    return this.#torrents
  }

  add(torrent: LibraryTorrent): void {
    this.#torrents = [...this.#torrents, torrent]
    this.emit('added', torrent)
  }

  /** Puts `torrent` in the place of the one with its info hash. */
  change(torrent: LibraryTorrent): void {
    this.#torrents = this.#torrents.map((other) =>
      other.infoHash === torrent.infoHash ? torrent : other,
    )
    this.emit('changed', torrent)
  }

  remove(torrent: LibraryTorrent): void {
    this.#torrents = this.#torrents.filter(({ infoHash }) => infoHash !== torrent.infoHash)
    this.emit('removed', torrent)
  }
}

/** A store that forgets with the test. */
export function memoryStore(updateId = 0): { read(): number; write(updateId: number): void } {
  let stored = updateId
  return {
    read: () => stored,
    write: (updateId) => {
      stored = updateId
    },
  }
}
