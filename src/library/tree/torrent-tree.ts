import type { Steps } from '../../concurrency/steps.ts'
import type { Logger } from '../../log.ts'
import type { TorrentFile } from '../../torrents/metainfo/torrent-file.ts'
import { junkOf } from '../files/junk.ts'
import type { LibraryTorrent } from '../files/library-source.ts'
import { EpisodeMarks } from '../names/episode-marks.ts'
import { displayTitle } from '../names/title.ts'
import {
  CONTAINER_CLASS,
  type Container,
  type Item,
  type MediaObject,
} from '../objects/media-object.ts'
import {
  decodeObjectId,
  encodeObjectId,
  type ObjectId,
  type ObjectReference,
  ROOT_ID,
} from '../objects/object-id.ts'
import {
  type ObjectList,
  type ObjectProperty,
  type PropertyValue,
  propertyOf,
  timeOf,
} from '../objects/object-list.ts'
import type { WhatIsKnown } from './file-resource.ts'
import { FileValues, type ReadNames } from './file-values.ts'
import { FolderIndex, TOP, titleOf } from './folder-index.ts'
import { itemOf, listedKind } from './item.ts'
import { ListedKinds } from './listed-kinds.ts'

/** Lists of folders that TVs page through now; what is remembered of one goes with it. */
const LISTS_KEPT = 16

interface Folders extends ReadNames {
  readonly index: FolderIndex
}

/**
 * The containers and items of a torrent, nested as its files are. Padding, symlinks, files that are
 * no media, junk, and folders without any media are left out. A torrent of one file to be shown is an
 * item without folders around it, every other one a container. Objects are made when they are asked
 * for.
 */
export class TorrentTree {
  /** What of it stands in the root; `null` if no TV could play or show anything of it. */
  readonly top: MediaObject | null
  readonly torrent: LibraryTorrent
  readonly #known: WhatIsKnown
  /** `null` where the torrent is an item, or nothing. */
  readonly #index: FolderIndex | null
  readonly #values: FileValues
  /** `null` until somebody looks. */
  #lists: Map<number, ObjectList> | null = null

  /** A file that cannot be listed is logged and left out. */
  static *grow(torrent: LibraryTorrent, known: WhatIsKnown, log: Logger): Steps<TorrentTree> {
    yield* known.subtitles.grow(torrent.files)
    const { infoHash, files } = torrent
    const isJunk = yield* junkOf(files)
    const kinds = new ListedKinds(files.length)
    const isListed = (file: TorrentFile): boolean => {
      const kind = listedKind(file.components.at(-1) ?? '')
      if (kind === null) return false
      kinds.set(file.index, kind)
      return !isJunk(file)
    }
    const index = yield* FolderIndex.grow(torrent.files, isListed, ({ index }, error) => {
      log.warn({ err: error, infoHash, file: index }, 'file cannot be listed, skipped')
    })
    const only = index.onlyFile()
    const file = only === null ? undefined : files[only]
    if (file !== undefined) {
      return new TorrentTree(torrent, known, null, itemOf(torrent, file, ROOT_ID, known))
    }
    const marks = yield* EpisodeMarks.grow(files, (file) => index.folderOf(file) !== null)
    return new TorrentTree(torrent, known, { index, marks, kinds }, null)
  }

  /** A torrent of which nothing is shown yet. */
  static empty(torrent: LibraryTorrent, known: WhatIsKnown): TorrentTree {
    return new TorrentTree(torrent, known, null, null)
  }

  private constructor(
    torrent: LibraryTorrent,
    known: WhatIsKnown,
    folders: Folders | null,
    item: MediaObject | null,
  ) {
    const index = folders?.index ?? null
    this.torrent = torrent
    this.#known = known
    this.#values = new FileValues(torrent, known.facts, folders)
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
    this.#lists ??= new Map()
    const lists = this.#lists
    const list = lists.get(folder) ?? this.#listOf(index, folder)
    lists.delete(folder)
    lists.set(folder, list)
    const [oldest] = lists.keys()
    if (lists.size > LISTS_KEPT && oldest !== undefined) lists.delete(oldest)
    return list
  }

  /** The lists of a container of it and of all containers below, the outer before the inner. */
  *lists(reference: ObjectReference): Generator<ObjectList> {
    const index = this.#index
    const top = index === null || this.top === null ? null : folderOf(index, reference)
    if (index === null || top === null) return
    for (const folder of index.foldersBelow(top)) yield this.#listOf(index, folder)
  }

  /** Indices of the files that are shown, folder by folder. */
  *listedFiles(): Generator<number> {
    const index = this.#index
    if (this.top?.kind === 'item') {
      const reference = decodeObjectId(this.top.id)
      if (reference?.kind === 'file') yield reference.fileIndex
    } else if (index !== null) {
      for (const folder of index.foldersBelow(TOP)) {
        for (let place = index.folderCount(folder); place < index.childCount(folder); place++) {
          yield index.child(folder, place)
        }
      }
    }
  }

  /** `null` where it is not shown. */
  item(fileIndex: number): Item | null {
    const object = this.get({ kind: 'file', infoHash: this.torrent.infoHash, fileIndex })
    return object?.kind === 'item' ? object : null
  }

  /** Of a file that is shown. */
  fileTitle(fileIndex: number): string {
    return titleOf(this.torrent.files[fileIndex])
  }

  /** Of a file that is shown; what `propertyOf` says of its item. */
  fileValue(fileIndex: number, property: ObjectProperty): PropertyValue {
    const file = this.torrent.files[fileIndex]
    const value = file === undefined ? null : this.#values.valueOf(file, property)
    if (value !== undefined) return value
    const item = this.item(fileIndex)
    return item === null ? null : propertyOf(item, property)
  }

  #listOf(index: FolderIndex, folder: number): ObjectList {
    const folderCount = index.folderCount(folder)
    const length = index.childCount(folder)
    const objectAt = (place: number): MediaObject => {
      if (place < 0 || place >= length) throw new RangeError(`there is no object ${place}`)
      const child = index.child(folder, place)
      const isFolder = place < folderCount
      const object = isFolder ? this.#container(index, child) : this.#item(index, child)
      if (object === null) throw new Error(`file ${child} is no media`)
      return object
    }
    return {
      length,
      containerCount: folderCount,
      objectAt,
      valueAt: (place, property) => {
        if (place < folderCount && property === 'title') {
          return index.title(index.child(folder, place))
        }
        const file =
          place < folderCount ? undefined : this.torrent.files[index.child(folder, place)]
        const value = file === undefined ? undefined : this.#values.valueOf(file, property)
        return value === undefined ? propertyOf(objectAt(place), property) : value
      },
      numbersOf: (property) => this.#numbersOf(index, folder, property),
    }
  }

  #numbersOf(index: FolderIndex, folder: number, property: ObjectProperty): Float64Array | null {
    const { torrent } = this
    if (property === 'date') {
      return new Float64Array(index.childCount(folder)).fill(timeOf(torrent.addedAt) ?? -1)
    }
    const numberOf = this.#values.numberOf(property)
    if (numberOf === null) return null
    const values = new Float64Array(index.childCount(folder)).fill(property === 'class' ? 0 : -1)
    for (let place = index.folderCount(folder); place < values.length; place++) {
      values[place] = numberOf(index.child(folder, place)) ?? -1
    }
    return values
  }

  #item(index: FolderIndex, fileIndex: number): MediaObject | null {
    const folder = index.folderOf(fileIndex)
    const file = this.torrent.files[fileIndex]
    if (folder === null || file === undefined) return null
    return itemOf(this.torrent, file, this.#folderId(index, folder), this.#known)
  }

  #container(index: FolderIndex, folder: number): Container {
    const { name, infoHash, addedAt } = this.torrent
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
    const { infoHash } = this.torrent
    if (folder === TOP) return encodeObjectId({ kind: 'torrent', infoHash })
    const { depth, firstFile } = index.facts(folder)
    return encodeObjectId({ kind: 'folder', infoHash, depth, firstFile })
  }
}

function folderOf(index: FolderIndex, reference: ObjectReference): number | null {
  if (reference.kind === 'torrent') return TOP
  return reference.kind === 'folder' ? index.find(reference.depth, reference.firstFile) : null
}
