import type { LibraryTorrent } from '../../src/library/files/library-source.ts'
import { Library } from '../../src/library/library.ts'
import type { MediaObject } from '../../src/library/objects/media-object.ts'
import type { SortKey } from '../../src/library/sorting/object-order.ts'
import { silentLogger } from '../../src/log.ts'
import { memoryStore, TorrentShelf } from './torrent-shelf.ts'

/** A library, and the shelf on which its torrents are. */
export function libraryOf(...torrents: readonly LibraryTorrent[]): {
  readonly shelf: TorrentShelf
  readonly library: Library
} {
  const shelf = new TorrentShelf(torrents)
  const library = new Library({ source: shelf, updateIds: memoryStore(), log: silentLogger() })
  return { shelf, library }
}

export function childrenOf(
  library: Library,
  id: string,
  sort: readonly SortKey[] = [],
): readonly MediaObject[] {
  return library.children(id, { startingIndex: 0, requestedCount: 0, sort })?.objects ?? []
}

/** What stands in the root of each torrent, without the views. */
export function topsOf(library: Library, sort: readonly SortKey[] = []): readonly MediaObject[] {
  return childrenOf(library, '0', sort).filter(({ id }) => id.length > 1)
}

export function titlesOf(objects: readonly MediaObject[]): readonly string[] {
  return objects.map(({ title }) => title)
}

/** Every path from the root, as a TV shows it. */
export function outline(library: Library, id = '0', prefix = ''): readonly string[] {
  const objects = id === '0' ? topsOf(library) : childrenOf(library, id)
  return objects.flatMap((object) => [
    `${prefix}${object.title}${object.kind === 'container' ? '/' : ''}`,
    ...outline(library, object.id, `${prefix}${object.title}/`),
  ])
}

/** Resolves with the next change. */
export function changeOf(library: Library): Promise<void> {
  return new Promise((resolve) => library.once('changed', resolve))
}
