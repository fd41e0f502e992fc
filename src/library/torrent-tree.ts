import type { Steps } from '../concurrency/steps.ts'
import type { Logger } from '../log.ts'
import { mediaTypeOf } from '../media/media-type.ts'
import type { TorrentFile } from '../torrents/metainfo/torrent-file.ts'
import { FolderIndex, TOP, titleOf } from './folder-index.ts'
import { isListedKind, itemOf } from './item.ts'
import type { LibraryTorrent } from './library-source.ts'
import { CONTAINER_CLASS, type Container, ITEM_CLASSES, type MediaObject } from './media-object.ts'
import { encodeObjectId, type ObjectId, type ObjectReference, ROOT_ID } from './object-id.ts'
import type { ObjectList } from './object-list.ts'
import type { SubtitleCatalog } from './subtitles/subtitle-catalog.ts'
import { displayTitle } from './title.ts'

/** Lists of folders that TVs page through now; what is remembered of one goes with it. */
const LISTS_KEPT = 16

/**
 * The containers and items of a torrent, nested as its files are. Padding, symlinks, files that are
 * no media, and folders without any media are left out. A torrent of one file without a folder is an
 * item, every other one a container. Objects are made when they are asked for.
 */
export class TorrentTree {
  /** What of it stands in the root; `null` if no TV could play or show anything of it. */
  readonly top: MediaObject | null
  readonly #torrent: LibraryTorrent
  readonly #catalog: SubtitleCatalog
  /** `null` where the torrent is an item, or nothing. */
  readonly #index: FolderIndex | null
  readonly #lists = new Map<number, ObjectList>()

  /** A file that cannot be listed is logged and left out. */
  static *grow(torrent: LibraryTorrent, catalog: SubtitleCatalog, log: Logger): Steps<TorrentTree> {
    yield* catalog.grow(torrent.files)
    const file = onlyFile(torrent)
    if (file !== null) {
      return new TorrentTree(torrent, catalog, null, itemOf(torrent, file, ROOT_ID, catalog))
    }
    const { infoHash } = torrent
    const isListed = ({ components }: TorrentFile): boolean => isListedKind(components.at(-1) ?? '')
    const index = yield* FolderIndex.grow(torrent.files, isListed, ({ index }, error) => {
      log.warn({ err: error, infoHash, file: index }, 'file cannot be listed, skipped')
    })
    return new TorrentTree(torrent, catalog, index, null)
  }

  /** A torrent of which nothing is shown yet. */
  static empty(torrent: LibraryTorrent, catalog: SubtitleCatalog): TorrentTree {
    return new TorrentTree(torrent, catalog, null, null)
  }

  private constructor(
    torrent: LibraryTorrent,
    catalog: SubtitleCatalog,
    index: FolderIndex | null,
    item: MediaObject | null,
  ) {
    this.#torrent = torrent
    this.#catalog = catalog
    this.#index = index
    this.top = item
    if (index !== null && index.childCount(TOP) > 0) this.top = this.#container(index, TOP)
  }

  /** `null` if there is no such object. */
  get(reference: ObjectReference): MediaObject | null {
    const index = this.#index
    if (this.top === null) return null
    if (index === null) {
      return reference.kind === 'file' && encodeObjectId(reference) === this.top.id
        ? this.top
        : null
    }
    const folder = folderOf(index, reference)
    if (folder !== null) return this.#container(index, folder)
    return reference.kind === 'file' ? this.#item(index, reference.fileIndex) : null
  }

  /** In default order; `null` for what is no container of it. */
  children(reference: ObjectReference): ObjectList | null {
    const index = this.#index
    const folder = index === null || this.top === null ? null : folderOf(index, reference)
    if (index === null || folder === null) return null
    const list = this.#lists.get(folder) ?? this.#listOf(index, folder)
    this.#lists.delete(folder)
    this.#lists.set(folder, list)
    const [oldest] = this.#lists.keys()
    if (this.#lists.size > LISTS_KEPT && oldest !== undefined) this.#lists.delete(oldest)
    return list
  }

  #listOf(index: FolderIndex, folder: number): ObjectList {
    const containerCount = index.folderCount(folder)
    const isContainer = (place: number): boolean => place < containerCount
    const fileAt = (place: number): TorrentFile | undefined =>
      this.#torrent.files[index.child(folder, place)]
    const length = index.childCount(folder)
    return {
      length,
      containerCount,
      objectAt: (place) => {
        if (place < 0 || place >= length) throw new RangeError(`there is no object ${place}`)
        const child = index.child(folder, place)
        const object = isContainer(place) ? this.#container(index, child) : this.#item(index, child)
        if (object === null) throw new Error(`file ${child} is no media`)
        return object
      },
      titleAt: (place) =>
        isContainer(place) ? index.title(index.child(folder, place)) : titleOf(fileAt(place)),
      classAt: (place) => (isContainer(place) ? CONTAINER_CLASS : classOf(fileAt(place))),
      sizeAt: (place) => (isContainer(place) ? -1 : (fileAt(place)?.length ?? 0)),
      dateAt: () => this.#torrent.addedAt.getTime(),
    }
  }

  #item(index: FolderIndex, fileIndex: number): MediaObject | null {
    const folder = index.folderOf(fileIndex)
    const file = this.#torrent.files[fileIndex]
    if (folder === null || file === undefined) return null
    return itemOf(this.#torrent, file, this.#folderId(index, folder), this.#catalog)
  }

  #container(index: FolderIndex, folder: number): Container {
    const { name, infoHash, addedAt } = this.#torrent
    const isTop = folder === TOP
    return {
      kind: 'container',
      id: this.#folderId(index, folder),
      parentId: isTop ? ROOT_ID : this.#folderId(index, index.facts(folder).parent),
      title: isTop ? displayTitle(name ?? '', infoHash) : index.title(folder),
      upnpClass: CONTAINER_CLASS,
      childCount: index.childCount(folder),
      addedAt,
    }
  }

  #folderId(index: FolderIndex, folder: number): ObjectId {
    const { infoHash } = this.#torrent
    if (folder === TOP) return encodeObjectId({ kind: 'torrent', infoHash })
    const { depth, firstFile } = index.facts(folder)
    return encodeObjectId({ kind: 'folder', infoHash, depth, firstFile })
  }
}

/** The one file of a torrent that has no folder and no other files. */
function onlyFile({ files }: LibraryTorrent): TorrentFile | null {
  let only: TorrentFile | null = null
  for (const file of files) {
    if (file.padding || file.symlink !== null) continue
    if (only !== null) return null
    only = file
  }
  return only !== null && only.components.length === 1 ? only : null
}

function folderOf(index: FolderIndex, reference: ObjectReference): number | null {
  if (reference.kind === 'torrent') return TOP
  return reference.kind === 'folder' ? index.find(reference.depth, reference.firstFile) : null
}

function classOf(file: TorrentFile | undefined): string {
  const kind = mediaTypeOf(file?.components.at(-1) ?? '')?.kind ?? 'subtitle'
  return kind === 'subtitle' ? '' : ITEM_CLASSES[kind]
}
