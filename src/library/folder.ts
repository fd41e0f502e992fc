import type { TorrentFile } from '../torrents/torrent-file.ts'
import type { LibraryTorrent } from './library-source.ts'
import type { MediaObject } from './media-object.ts'
import { encodeObjectId, type ObjectId } from './object-id.ts'
import { displayTitle } from './title.ts'

/** A folder of a torrent while its tree is being built. */
export interface Folder {
  readonly id: ObjectId
  /** `null` for the torrent itself. */
  readonly parent: Folder | null
  readonly title: string
  readonly children: MediaObject[]
}

/** The folders of one torrent, made as files are placed in them. */
export class Folders {
  readonly #torrent: LibraryTorrent
  readonly #top: Folder
  readonly #subfolders = new Map<Folder, Map<string, Folder>>()

  constructor(torrent: LibraryTorrent) {
    const { infoHash } = torrent
    this.#torrent = torrent
    this.#top = {
      id: encodeObjectId({ kind: 'torrent', infoHash }),
      parent: null,
      title: displayTitle(torrent.name ?? '', infoHash),
      children: [],
    }
    this.#subfolders.set(this.#top, new Map())
  }

  /** Every folder before the folders in it. */
  get all(): readonly Folder[] {
    return [...this.#subfolders.keys()]
  }

  /** The folder of a file. Files come by ascending index: a folder is named after its first. */
  of(file: TorrentFile): Folder {
    const path = file.components.slice(0, -1)
    return path.reduce(
      (folder, name, position) => this.#subfolder(folder, name, position + 1, file.index),
      this.#top,
    )
  }

  #subfolder(parent: Folder, name: string, depth: number, firstFile: number): Folder {
    const existing = this.#subfolders.get(parent)?.get(name)
    if (existing !== undefined) return existing
    const { infoHash } = this.#torrent
    const folder: Folder = {
      id: encodeObjectId({ kind: 'folder', infoHash, depth, firstFile }),
      parent,
      title: displayTitle(name, `folder ${firstFile}`),
      children: [],
    }
    this.#subfolders.get(parent)?.set(name, folder)
    this.#subfolders.set(folder, new Map())
    return folder
  }
}
