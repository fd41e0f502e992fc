import type { Logger } from '../log.ts'
import type { TorrentFile } from '../torrents/torrent-file.ts'
import { type Folder, Folders } from './folder.ts'
import { itemOf } from './item.ts'
import type { LibraryTorrent } from './library-source.ts'
import { CONTAINER_CLASS, type Container, type MediaObject } from './media-object.ts'
import { ROOT_ID } from './object-id.ts'
import { byDefault } from './object-order.ts'

/** All objects of one torrent. */
export interface TorrentTree {
  /** What of it stands in the root; `null` if no TV could play or show anything of it. */
  readonly top: MediaObject | null
  readonly objects: ReadonlyMap<string, MediaObject>
  /** Of each container, in default order. */
  readonly children: ReadonlyMap<string, readonly MediaObject[]>
}

/**
 * The containers and items of a torrent, nested as its files are. Padding, symlinks, files that are
 * no media, and folders without any media are left out; a file that cannot be listed is logged and
 * skipped. A torrent of one file without a folder is an item, every other one a container.
 */
export function buildTorrentTree(torrent: LibraryTorrent, log: Logger): TorrentTree {
  const files = torrent.files.filter((file) => !file.padding && file.symlink === null)
  const [only] = files
  if (only !== undefined && files.length === 1 && only.components.length === 1) {
    const item = itemOf(torrent, only, ROOT_ID)
    return treeOf(item, item === null ? [] : [item], new Map())
  }
  const folders = new Folders(torrent)
  for (const file of files) {
    try {
      place(torrent, file, folders)
    } catch (error) {
      const { infoHash } = torrent
      log.warn({ err: error, infoHash, file: file.index }, 'file cannot be listed, skipped')
    }
  }
  return treeOfFolders(torrent, folders.all)
}

function place(torrent: LibraryTorrent, file: TorrentFile, folders: Folders): void {
  const folder = folders.of(file)
  const item = itemOf(torrent, file, folder.id)
  if (item !== null) folder.children.push(item)
}

/** Turns folders into containers, the deepest first: each then knows whether it holds any media. */
function treeOfFolders(torrent: LibraryTorrent, folders: readonly Folder[]): TorrentTree {
  const objects: MediaObject[] = []
  const children = new Map<string, readonly MediaObject[]>()
  let top: MediaObject | null = null
  for (const folder of folders.toReversed()) {
    if (folder.children.length === 0) continue
    folder.children.sort(byDefault)
    const container = containerOf(torrent, folder)
    children.set(container.id, folder.children)
    objects.push(container)
    for (const child of folder.children) if (child.kind === 'item') objects.push(child)
    if (folder.parent === null) top = container
    else folder.parent.children.push(container)
  }
  return treeOf(top, objects, children)
}

function containerOf(torrent: LibraryTorrent, folder: Folder): Container {
  return {
    kind: 'container',
    id: folder.id,
    parentId: folder.parent?.id ?? ROOT_ID,
    title: folder.title,
    upnpClass: CONTAINER_CLASS,
    childCount: folder.children.length,
    addedAt: torrent.addedAt,
  }
}

function treeOf(
  top: MediaObject | null,
  objects: readonly MediaObject[],
  children: ReadonlyMap<string, readonly MediaObject[]>,
): TorrentTree {
  return { top, objects: new Map(objects.map((object) => [object.id, object])), children }
}
